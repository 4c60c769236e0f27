/** The command line: hears signals before anything starts, then hands over to one command. */
import { readConfig } from './config.ts'
import type { Command } from './commands/command.ts'

/** Each command with its line of help; loaded only when asked for, so that `mizan help` needs no database. */
const commands: Readonly<Record<string, { readonly en: string; readonly ar: string; readonly load: () => Promise<Command> }>> = {
  server: { en: 'Start the service', ar: 'تشغيل الخدمة', load: async () => (await import('./commands/server.ts')).server },
  migrate: {
    en: 'Bring the database schema up to date',
    ar: 'تحديث مخطط قاعدة البيانات',
    load: async () => (await import('./commands/migrate.ts')).migrate,
  },
  seed: {
    en: 'Write a synthetic population (--households N --seed S --as-of DATE --replace)',
    ar: 'إنشاء مجتمع سكاني اصطناعي (‎--households N --seed S --as-of DATE --replace)',
    load: async () => (await import('./commands/seed.ts')).seed,
  },
  load: {
    en: 'Load a delivery of a registry (REGISTRY FILE.csv|ndjson|parquet --delivery ID --as-of DATE --full --removed-percent-max N)',
    ar: 'تحميل دفعة من سجل (‎REGISTRY FILE.csv|ndjson|parquet --delivery ID --as-of DATE --full --removed-percent-max N)',
    load: async () => (await import('./commands/load.ts')).load,
  },
  substitute: {
    en: 'Say that numbers were replaced by others: lines NUMBER,CURRENT on standard input (--reason TEXT | --undo ID)',
    ar: 'استبدال أرقام بأخرى: سطور NUMBER,CURRENT من المدخل القياسي (‎--reason TEXT | --undo ID)',
    load: async () => (await import('./commands/substitute.ts')).substitute,
  },
  worker: {
    en: 'Perform queued runs, simulations and fits (the service starts one by itself unless RUN_WORKER=none)',
    ar: 'تنفيذ عمليات التشغيل والمحاكاة والتقدير المنتظرة (تبدأ الخدمة واحدًا بنفسها ما لم يكن RUN_WORKER=none)',
    load: async () => (await import('./commands/worker.ts')).worker,
  },
  run: {
    en: 'Rank and select a population and publish the lists (--as-of DATE --cycle WORD --all-residents --governorate CODE --registered-by ENTITY --despite-registries --resume RUN)',
    ar: 'ترتيب مجتمع سكاني واختيار المستفيدين ونشر القوائم (‎--as-of DATE --cycle WORD --all-residents --governorate CODE --registered-by ENTITY --despite-registries --resume RUN)',
    load: async () => (await import('./commands/run.ts')).run,
  },
  simulate: {
    en: 'Simulate changes over the snapshot of a run (FILE.json --exact --out FILE --report FILE.html --lang ar|en|both)',
    ar: 'محاكاة تغييرات على لقطة عملية تشغيل (‎FILE.json --exact --out FILE --report FILE.html --lang ar|en|both)',
    load: async () => (await import('./commands/simulate.ts')).simulate,
  },
  fit: {
    en: 'Fit a formula on a reference sample (REQUEST.json --sample FILE.csv --declaration FILE.json --out FILE)',
    ar: 'تقدير معادلة من عينة مرجعية (‎REQUEST.json --sample FILE.csv --declaration FILE.json --out FILE)',
    load: async () => (await import('./commands/fit.ts')).fit,
  },
  'reference-sample': {
    en: 'Draw a reference sample of the synthetic population (--households N --facts a,b,c --out FILE.csv --run RUN --seed WORD)',
    ar: 'سحب عينة مرجعية من المجتمع الاصطناعي (‎--households N --facts a,b,c --out FILE.csv --run RUN --seed WORD)',
    load: async () => (await import('./commands/reference-sample.ts')).referenceSample,
  },
  verify: {
    en: 'Compute a published run, a simulation, a fit or a determination again and hold it against what is stored (run ID | simulation ID | fit ID | determination ID)',
    ar: 'إعادة حساب عملية تشغيل منشورة أو محاكاة أو تقدير أو قرار ومقارنته بالمحفوظ (‎run ID | simulation ID | fit ID | determination ID)',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  audit: {
    en: 'Export the audit log, sign where it ends, prove it whole (export FILE --after N | checkpoint FILE | verify | verify FILE --checkpoint FILE --key FILE)',
    ar: 'تصدير سجل التدقيق وتوقيع نهايته وإثبات سلامته (‎export FILE --after N | checkpoint FILE | verify | verify FILE --checkpoint FILE --key FILE)',
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  replica: {
    en: 'Bring the columnar replica up to date, build it anew, compare it with the warehouse (--refresh --rebuild --check)',
    ar: 'تحديث النسخة العمودية أو إعادة بنائها أو مقارنتها بالمستودع (‎--refresh --rebuild --check)',
    load: async () => (await import('./commands/replica.ts')).replica,
  },
  snapshots: {
    en: 'List the snapshots of the data folder, or write one as Parquet (export HASH --to FOLDER)',
    ar: 'سرد لقطات مجلد البيانات أو كتابة إحداها بصيغة Parquet (‎export HASH --to FOLDER)',
    load: async () => (await import('./commands/snapshots.ts')).snapshots,
  },
  retention: {
    en: 'Count or delete what is past its time (--dry-run | --apply)',
    ar: 'عدّ ما انقضت مدة حفظه أو حذفه (‎--dry-run | --apply)',
    load: async () => (await import('./commands/retention.ts')).retention,
  },
  'data-protection': {
    en: 'Write docs/reference/processing-records.md and retention.md (--check compares)',
    ar: 'كتابة docs/reference/processing-records.md وretention.md (‎--check للمقارنة)',
    load: async () => (await import('./commands/data-protection.ts')).dataProtection,
  },
  describe: {
    en: 'Tell a programme or formula of the files in plain language (PROGRAMME|FORMULA --lang ar|en|both --folder FOLDER --on DATE --page FILE.html)',
    ar: 'وصف برنامج أو معادلة من الملفات بلغة بسيطة (‎PROGRAMME|FORMULA --lang ar|en|both --folder FOLDER --on DATE --page FILE.html)',
    load: async () => (await import('./commands/describe.ts')).describe,
  },
  key: {
    en: 'Make an API key, list keys or revoke one (--name NAME --entity ENTITY --permissions a,b | --list | --revoke ID)',
    ar: 'إنشاء مفتاح للواجهة البرمجية أو سرد المفاتيح أو إلغاء أحدها (‎--name NAME --entity ENTITY --permissions a,b | --list | --revoke ID)',
    load: async () => (await import('./commands/key.ts')).key,
  },
  grants: {
    en: 'Hold PostgreSQL’s logins and views against the grants, or make them equal (--check --reconcile)',
    ar: 'مقارنة حسابات الجهات وعروضها في PostgreSQL بالمنح أو مطابقتها لها (‎--check --reconcile)',
    load: async () => (await import('./commands/grants.ts')).grants,
  },
  user: {
    en: 'Make, list, disable or enable users, or give one a new password (make --login L --name N --entity E --roles a,b --contact C | list | disable --login L | enable --login L | reset-password --login L --reset-authenticator)',
    ar: 'إنشاء المستخدمين أو سردهم أو تعطيلهم أو تفعيلهم أو منح كلمة مرور جديدة (‎make --login L --name N --entity E --roles a,b --contact C | list | disable --login L | enable --login L | reset-password --login L --reset-authenticator)',
    load: async () => (await import('./commands/user.ts')).user,
  },
  check: {
    en: 'Check registries, facts, rules, formulas and programmes, and run their cases (FOLDER --suggest PROGRAMME)',
    ar: 'التحقق من السجلات والمتغيّرات والقواعد والمعادلات والبرامج، وتشغيل حالاتها (‎FOLDER --suggest PROGRAMME)',
    load: async () => (await import('./commands/check.ts')).check,
  },
  diff: {
    en: 'Show where two rules decide otherwise, with a smallest household for each kind of change (A.json B.json --unit person --as-of DATE --json)',
    ar: 'عرض ما تختلف فيه قاعدتان، مع أصغر أسرة لكل نوع من التغيير (‎A.json B.json --unit person --as-of DATE --json)',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  impact: {
    en: 'Measure what drafts in files would do to the nation (FILE... --from DATE --exact --json --out FILE)',
    ar: 'قياس أثر مسودات في ملفات على مستوى الدولة (‎FILE... --from DATE --exact --json --out FILE)',
    load: async () => (await import('./commands/impact.ts')).impact,
  },
  schemas: {
    en: 'Write JSON Schemas of policy files for editors (FOLDER --of POLICY-FOLDER)',
    ar: 'كتابة مخططات JSON لملفات السياسات من أجل المحررات (‎FOLDER --of POLICY-FOLDER)',
    load: async () => (await import('./commands/schemas.ts')).schemas,
  },
  export: {
    en: 'Write the versions in force as files, byte for byte (FOLDER --on DATE)',
    ar: 'كتابة النسخ النافذة ملفاتٍ كما هي حرفيًا (‎FOLDER --on DATE)',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  catalogue: {
    en: 'Write docs/reference/catalogue.md (--check compares), or tell what the facts of a file would read anew (cost FILE.json --folder FOLDER)',
    ar: 'كتابة docs/reference/catalogue.md (‎--check للمقارنة)، أو بيان ما ستقرؤه متغيّرات ملف من جديد (‎cost FILE.json --folder FOLDER)',
    load: async () => (await import('./commands/catalogue.ts')).catalogue,
  },
  language: {
    en: 'Write docs/reference/operators.md and diagnostics.md (--check compares)',
    ar: 'كتابة docs/reference/operators.md وdiagnostics.md (‎--check للمقارنة)',
    load: async () => (await import('./commands/language.ts')).language,
  },
  openapi: {
    en: 'Write openapi/openapi.json and the page of errors (--check compares)',
    ar: 'كتابة openapi/openapi.json وصفحة الأخطاء (‎--check للمقارنة)',
    load: async () => (await import('./commands/openapi.ts')).openapi,
  },
  configuration: {
    en: 'Write docs/reference/configuration.md (--check compares)',
    ar: 'كتابة docs/reference/configuration.md (‎--check للمقارنة)',
    load: async () => (await import('./commands/configuration.ts')).configuration,
  },
  measures: {
    en: 'Write docs/reference/measures.md (--check compares)',
    ar: 'كتابة docs/reference/measures.md (‎--check للمقارنة)',
    load: async () => (await import('./commands/measures.ts')).measures,
  },
  registries: {
    en: 'Write docs/reference/registries.md (--check compares)',
    ar: 'كتابة docs/reference/registries.md (‎--check للمقارنة)',
    load: async () => (await import('./commands/registries.ts')).registries,
  },
}

const stop = new AbortController()

// First of all: a signal during a long first start must stop that start, and the database with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait; the embedded server dies with this process.
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  })
}

// What an interrupted command leaves open must not keep the process.
process.exit(await main(process.argv.slice(2)))

async function main([name = 'help', ...args]: string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h') return help(process.stdout)
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) {
    process.stderr.write(`Unknown command: ${name}\nأمر غير معروف: ${name}\n\n`)
    help(process.stderr)
    return 64
  }
  try {
    const command = await entry.load()
    return await command({ config: readConfig(), args, signal: stop.signal })
  } catch (error) {
    if (stop.signal.aborted) return 0
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  }
}

function help(out: NodeJS.WritableStream): number {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { en, ar }]) => `  ${name.padEnd(width)}  ${en}\n  ${' '.repeat(width)}  ${ar}`)
  out.write(
    `npm run mizan -- <command>\n\n${lines.join('\n')}\n\nSettings: docs/reference/configuration.md\nالإعدادات: docs/reference/configuration.md\n`,
  )
  return 0
}
