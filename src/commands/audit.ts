/** `mizan audit export FILE [--after N] | checkpoint FILE | verify | verify FILE [--checkpoint FILE]... [--key FILE]...`: the audit log carried away, signed, and proved whole, with the database or without it. */
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import { keptOutside, makeCheckpoint } from '../audit/checkpoints/make-checkpoint.ts'
import { beginExport, exportLines } from '../audit/export-chain.ts'
import { readCheckpoints } from '../audit/read-checkpoints.ts'
import { chainPending } from '../audit/sequencer.ts'
import { keysOf, trustedKeys } from '../audit/signing-key.ts'
import { verifyChain } from '../audit/verify.ts'
import { carriedKeys, ExportFault, verifyExport } from '../audit/verify-export.ts'
import type { Break } from '../audit/walk-chain.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../kernel/new-id.ts'
import { COMMAND_LINE, type Command, type CommandContext, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

const usage = (): Error =>
  new Error(
    'mizan audit export FILE [--after N] | checkpoint FILE | verify | verify FILE [--checkpoint FILE]... [--key FILE]...\nالمتوقع: export أو checkpoint أو verify',
  )

export const audit: Command = async (context) => {
  const options = {
    after: { type: 'string' },
    checkpoint: { type: 'string', multiple: true },
    key: { type: 'string', multiple: true },
  } as const
  const { values, positionals } = parseArgs({ args: [...context.args], allowPositionals: true, options })
  const [what, file, ...rest] = positionals
  const { checkpoint = [], key = [], after = '0' } = values
  const after10 = /^\d{1,15}$/.test(after) ? Number(after) : null
  if (rest.length > 0 || after10 === null) throw usage()
  if (what === 'verify') return file === undefined ? verifyDatabase(context, checkpoint) : verifyFile(file, checkpoint, key)
  if (file === undefined || !['export', 'checkpoint'].includes(what ?? '')) throw usage()
  return withDatabase(context, (database) =>
    what === 'export' ? exportTo(database, file, after10) : checkpointTo(database, context.config.dataDirectory, file),
  )
}

const event = (action: string, purpose: string, outcome: string, objects: readonly string[]) => ({
  action,
  ...COMMAND_LINE,
  purpose,
  requestId: newId(),
  outcome,
  objects,
})

async function exportTo(database: Database, file: string, after: number): Promise<number> {
  await chainPending(database)
  const begin = await beginExport(database.pool, after)
  const objects = [`links:${begin.after.seq + 1}-${begin.through.seq}`]
  await recordEvent(database.pool, event('audit.exported', 'letting others prove that the audit log is whole', 'told', objects))
  await pipeline(Readable.from(exportLines(database.pool, begin)), createWriteStream(file, { mode: 0o600 }))
  const events = begin.through.seq - begin.after.seq
  tell(`${events} events of the audit log written to ${file}.`, `كُتب ${events} من قيود سجل التدقيق في ${file}.`)
  return 0
}

async function checkpointTo(database: Database, dataDirectory: string, file: string): Promise<number> {
  await chainPending(database)
  const made = await makeCheckpoint(database, dataDirectory)
  if (!made) throw new Error('The audit log is empty.\nسجل التدقيق فارغ.')
  await writeFile(file, `${JSON.stringify({ ...made, algorithm: 'Ed25519' }, null, 2)}\n`)
  const { seq, keyId } = made.checkpoint
  tell(
    `Checkpoint at event ${seq}, signed with key ${keyId}, written to ${file}. Keep it outside this machine.`,
    `كُتبت نقطة التثبّت عند القيد ${seq} موقّعة بالمفتاح ${keyId} في ${file}. احفظها خارج هذا الجهاز.`,
  )
  return 0
}

async function verifyDatabase(context: CommandContext, files: readonly string[]): Promise<number> {
  const sent = await checkpointsOf(files)
  const { dataDirectory } = context.config
  // What no link names is looked for in one statement over all events.
  const config = { ...context.config, statementTimeoutMs: 0 }
  return withDatabase({ ...context, config }, async (database) => {
    await chainPending(database)
    const { texts: kept, otherChains } = await keptOutside(database.pool, dataDirectory)
    const report = await verifyChain(database.pool, { trusted: await trustedKeys(dataDirectory), kept, sent })
    const outcome = report.intact ? 'intact' : (report.broken?.reason ?? 'doubtful checkpoint')
    await recordEvent(database.pool, event('audit.verified', 'proving that the audit log is whole', outcome, [`link:${report.head.seq}`]))
    if (otherChains > 0)
      tell(
        `The data directory has seen ${otherChains} other chains signed: expected only where it served other databases.`,
        `شهد مجلد البيانات توقيع ${otherChains} من السلاسل الأخرى، وهو متوقع فقط إن خدم قواعد بيانات أخرى.`,
      )
    for (const { source, place, reason } of report.doubtful) tellDoubtful(source, place, reason)
    return verdict(report, report.doubtful.length)
  })
}

async function verifyFile(file: string, checkpointFiles: readonly string[], keyFiles: readonly string[]): Promise<number> {
  const checkpoints = await checkpointsOf(checkpointFiles)
  const pems = await Promise.all(keyFiles.map((path) => readFile(path, 'utf8')))
  if (pems.length === 0 && checkpoints.length > 0)
    tell(
      `No --key: signatures are checked with the keys that the checkpoints bring along. Compare: ${[...carriedKeys(checkpoints).keys()].join(', ')}`,
      'لم يُذكر ‎--key: تُفحص التوقيعات بالمفاتيح المرفقة بنقاط التثبّت، فقارن أرقامها بما أعلنته الجهة المشغّلة.',
    )
  try {
    const trusted = pems.length === 0 ? carriedKeys(checkpoints) : keysOf(pems)
    const report = await verifyExport(createReadStream(file), checkpoints, trusted)
    for (const { place, reason } of report.doubtful) tellDoubtful('sent', place, reason)
    return verdict(report, report.doubtful.length)
  } catch (error) {
    if (!(error instanceof ExportFault)) throw error
    tell(`Not proved: line ${error.line}: ${error.message}.`, `لم تثبت السلامة: خلل في السطر ${error.line} من الملف.`)
    return 1
  }
}

const checkpointsOf = async (files: readonly string[]) =>
  (await Promise.all(files.map(async (path) => readCheckpoints(await readFile(path, 'utf8'))))).flat()

const tellDoubtful = (source: string, place: number, reason: string): void =>
  tell(`Checkpoint ${place} (${source}) is not believed: ${reason}.`, `نقطة التثبّت ${place} (${source}) غير موثوقة: ${reason}.`)

interface Verdict {
  readonly links: number
  readonly head: { readonly seq: number; readonly hash: string }
  readonly checkpoints: number
  readonly broken: (Omit<Break, 'reason'> & { readonly reason: string }) | null
}

function verdict({ links, head, checkpoints, broken }: Verdict, doubtful: number): number {
  if (broken) {
    const { seq, reason, provedTo } = broken
    const since = reason === 'checkpoint' ? ` The first bad event is between ${provedTo + 1} and ${seq}.` : ''
    const sinceAr = reason === 'checkpoint' ? ` أول قيد فاسد يقع بين ${provedTo + 1} و${seq}.` : ''
    tell(
      `Not whole: the chain breaks at event ${seq} (${reason}); proved up to ${provedTo}.${since}`,
      `السجل غير سليم: تنقطع السلسلة عند القيد ${seq} (${reason})، والثابت حتى القيد ${provedTo}.${sinceAr}`,
    )
    return 1
  }
  tell(
    `Whole: ${links} events up to ${head.seq}, ${checkpoints} checkpoints agree. Head ${head.hash}`,
    `السجل سليم: ${links} قيدًا حتى القيد ${head.seq}، ووافقته ${checkpoints} من نقاط التثبّت. البصمة الأخيرة ${head.hash}`,
  )
  return doubtful === 0 ? 0 : 1
}
