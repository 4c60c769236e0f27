/** `mizan run`: performs a run in this process, shows how far it is, and says what was published. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { currentDay } from '../determinations/as-of.ts'
import { dayNumber, isoOfDay } from '../kernel/date.ts'
import { Problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { createRun, performRun } from '../targeting/run/perform-run.ts'
import { runThreads } from '../targeting/run/run-nation.ts'
import { loadRegistryDefinitions } from '../warehouse/registry-definition.ts'
import { type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

const stages = {
  replica: ['columnar replica', 'النسخة العمودية'],
  relatives: ['relatives', 'الأقارب'],
  facts: ['facts', 'المتغيّرات'],
  score: ['scores', 'الدرجات'],
  judge: ['rules', 'القواعد'],
  select: ['selection', 'الاختيار'],
  publish: ['lists', 'القوائم'],
} as const

export const run: Command = async (context) => {
  const { values } = parseArgs({
    args: [...context.args],
    options: {
      'as-of': { type: 'string' },
      cycle: { type: 'string' },
      'all-residents': { type: 'boolean' },
      governorate: { type: 'string', multiple: true },
      'despite-registries': { type: 'boolean' },
      'undetermined-percent-max': { type: 'string' },
    },
  })
  const { config } = context
  return withDatabase(context, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const asOf = values['as-of'] === undefined ? await currentDay(database.pool, config.timeZone) : dayNumber(values['as-of'])
    if (asOf === null) throw new Error('--as-of: expected a date such as 2026-01-15 / التاريخ المتوقع بصيغة 2026-01-15')
    const threads = config.runThreads || runThreads()
    const deps = {
      database,
      versions: versionsOf(database),
      freshness: loadRegistryDefinitions().map(({ id, custodian, freshness }) => ({ registry: id, custodian, ...freshness })),
      timeZone: config.timeZone,
      settings: { folder: join(config.dataDirectory, 'nation'), memoryMb: config.runMemoryMb, threads, sample: config.runSample },
    }
    const id = await createRun(deps, {
      asOf,
      cycle: values.cycle ?? isoOfDay(asOf).slice(0, 7),
      population: values['all-residents'] === true ? 'residents' : 'registrants',
      governorates: values.governorate ?? [],
      despiteRegistries: values['despite-registries'] === true,
      undeterminedPercentMax: Number(values['undetermined-percent-max'] ?? 100),
      actor: 'command line',
      entity: 'operator',
    })
    const started = performance.now()
    let told = ''
    const onProgress = (stage: keyof typeof stages, done: number, total: number): void => {
      const line = `${stage} ${Math.floor((10 * done) / total)}`
      if (line === told) return
      told = line
      const [en, ar] = stages[stage]
      process.stdout.write(
        `  ${String(Math.round((performance.now() - started) / 100) / 10).padStart(6)} s  ${en} / ${ar} ${Math.floor((100 * done) / total)}%\n`,
      )
    }
    try {
      const hash = await performRun(deps, id, { onProgress, signal: context.signal })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      tell(`Run ${id} published in ${seconds} s; manifest ${hash}.`, `نُشرت عملية التشغيل ${id} خلال ${seconds} ثانية؛ البيان ${hash}.`)
      return 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { title, hint } = problemKinds[error.code]
      throw new Error(`${title.en}: ${error.parts.detail ?? ''}\n${hint.en}\n${title.ar}\n${hint.ar}`, { cause: error })
    }
  })
}
