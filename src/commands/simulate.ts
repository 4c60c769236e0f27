/** `mizan simulate <file>`: a simulation performed in this process, its scenarios read from a JSON file, its result written for programs or people. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import Value from 'typebox/value'
import { recordEvent } from '../audit/audit-event.ts'
import { Problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { openLaboratory } from '../simulation/laboratory.ts'
import { performSimulation } from '../simulation/perform-simulation.ts'
import { newSimulation } from '../simulation/request-simulation.ts'
import { renderApart, reportTask } from '../simulation/report/render-apart.ts'
import { reportNames } from '../simulation/report/report-names.ts'
import { REPORT_LANGUAGES, type ReportLanguage } from '../simulation/report/report-subject.ts'
import { readResult, toldResult } from '../simulation/result.ts'
import { SimulationSchema } from '../simulation/scenario-schema.ts'
import { readSimulation, readSimulationResult, type StoredSimulation, storeSimulation } from '../simulation/simulation-store.ts'
import { type Command, tell } from './command.ts'
import { laboratoryDeps } from './laboratory-deps.ts'
import { CONNECTIONS_MIN } from './run-deps.ts'
import { withDatabase } from './with-database.ts'

const who = { actor: 'command line', entity: 'operator' } as const
const purpose = 'measuring what a change would do before anyone is affected'

export const simulate: Command = async (context) => {
  const { file, exact, out, report, language } = askedFor(context.args)
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  const request: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!Value.Check(SimulationSchema, request)) {
    const [first] = Value.Errors(SimulationSchema, request)
    throw new Error(`${file}: ${first?.instancePath ?? ''} ${first?.message ?? 'not a simulation'}`)
  }
  return withDatabase({ ...context, config }, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const laboratory = openLaboratory(laboratoryDeps(database, config))
    const made = newSimulation({ ...who, request })
    const event = (action: string, outcome: string) => ({
      ...who,
      action,
      purpose,
      requestId: made.id,
      outcome,
      objects: [`simulation:${made.id}`],
    })
    try {
      await database.transaction(async ({ client }) => {
        await storeSimulation(client, made, null)
        await recordEvent(client, event('simulation.requested', 'queued'))
      })
      const hash = await performSimulation({ database, laboratory }, made.id, { onProgress: () => undefined, signal: context.signal })
      if (exact) await recordEvent(database.pool, event('simulation.read-exact', 'told'))
      const result = (await readSimulationResult(database.pool, made.id)) as string
      const told = toldResult(readResult(result), exact)
      const text = `${JSON.stringify(told, null, 2)}\n`
      if (out !== undefined) writeFileSync(out, text)
      if (report !== undefined) {
        const stored = (await readSimulation(database.pool, made.id)) as StoredSimulation
        const names = await reportNames(database.pool, told.versionSet)
        writeFileSync(report, await renderApart(reportTask(stored, { names, result, exact, language }), context.signal))
      }
      if (out === undefined && report === undefined) process.stdout.write(text)
      else tell(`Simulation ${made.id} completed; manifest ${hash}.`, `اكتملت المحاكاة ${made.id}؛ البيان ${hash}.`)
      return 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      throw new Error(problemText(error), { cause: error })
    } finally {
      await laboratory.close()
    }
  })
}

function problemText({ code, parts: { detail, errors = [] } }: Problem): string {
  const { title, hint } = problemKinds[code]
  const faults = errors.map(({ pointer, message, expected }) => `${pointer}: ${message}${expected === undefined ? '' : ` (${expected})`}`)
  return [`${code}: ${title.en}${detail === undefined ? '' : `: ${detail}`}`, ...faults, hint.en, title.ar, hint.ar].join('\n')
}

interface Asked {
  readonly file: string
  readonly exact: boolean
  readonly out: string | undefined
  readonly report: string | undefined
  readonly language: ReportLanguage
}

function askedFor(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { exact: { type: 'boolean' }, out: { type: 'string' }, report: { type: 'string' }, lang: { type: 'string' } },
  })
  const [file] = positionals
  const language = REPORT_LANGUAGES.find((one) => one === (values.lang ?? 'both'))
  if (file === undefined || positionals.length > 1 || language === undefined || (values.lang !== undefined && values.report === undefined))
    throw new Error('mizan simulate <file.json> [--exact] [--out <file>] [--report <file.html> [--lang ar|en|both]]')
  return { file, exact: values.exact === true, out: values.out, report: values.report, language }
}
