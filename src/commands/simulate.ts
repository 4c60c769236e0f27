/** `mizan simulate <file>`: a simulation performed in this process, its scenarios read from a JSON file, its result written for programs or people. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import Value from 'typebox/value'
import { recordEvent } from '../audit/audit-event.ts'
import { Problem } from '../kernel/problem.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { openBaseline, pinned } from '../simulation/baseline.ts'
import { refuseFinerLines } from '../simulation/line-of.ts'
import { openLaboratory } from '../simulation/laboratory.ts'
import { WELFARE_UNITS, type WelfareUnit } from '../simulation/on-sample/sample-asked.ts'
import { performSimulation } from '../simulation/perform-simulation.ts'
import { newSimulation } from '../simulation/request-simulation.ts'
import { renderApart, reportTask } from '../simulation/report/render-apart.ts'
import { reportNames } from '../simulation/report/report-names.ts'
import { REPORT_LANGUAGES, type ReportLanguage } from '../simulation/report/report-subject.ts'
import { readResult, toldResult } from '../simulation/result.ts'
import { type SimulationRequest, SimulationSchema } from '../simulation/scenario-schema.ts'
import { refuseFew } from '../simulation/simulated-population.ts'
import {
  readSimulation,
  readSimulationResult,
  type StoredResult,
  type StoredSimulation,
  storeSimulation,
} from '../simulation/simulation-store.ts'
import { type Command, tell, OF_NO_ENTITY } from './command.ts'
import { declarationPath } from './declaration-path.ts'
import { laboratoryDeps } from './laboratory-deps.ts'
import { problemText } from './problem-text.ts'
import { CONNECTIONS_MIN } from './run-deps.ts'
import { readDeclaration, storeSampleFile } from './store-sample.ts'
import { withDatabase } from './with-database.ts'

const purpose = 'measuring what a change would do before anyone is affected'

export const simulate: Command = async (context) => {
  const { file, exact, out, report, language, sample, welfareUnit } = askedFor(context.args)
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  const request = requestIn(file)
  const declaration = sample === undefined ? null : readDeclaration(declarationPath(sample))
  return withDatabase({ ...context, config }, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    const deps = laboratoryDeps(database, config)
    const laboratory = openLaboratory(deps)
    const baseline = await openBaseline(deps, request.baseline).catch(inWords)
    const stored =
      sample === undefined || declaration === null
        ? null
        : await storeSampleFile(database, config, { file: sample, declaration, who: OF_NO_ENTITY, purpose }, baseline.bundle).catch(inWords)
    const asked = stored ? { ...request, reference: { sample: stored.id, welfareUnit } } : request
    const made = newSimulation({ ...OF_NO_ENTITY, request: pinned(asked, baseline) })
    const event = (action: string, outcome: string) => ({
      ...OF_NO_ENTITY,
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
      const stored = (await readSimulationResult(database.pool, made.id)) as StoredResult
      const outcome = readResult(stored)
      if (!exact) refuseFew(outcome.households, request)
      const told = toldResult(outcome, exact)
      const text = `${JSON.stringify(told, null, 2)}\n`
      if (out !== undefined) writeFileSync(out, text)
      if (report !== undefined) {
        const simulation = (await readSimulation(database.pool, made.id)) as StoredSimulation
        const names = await reportNames(database.pool, told.versionSet)
        writeFileSync(report, await renderApart(reportTask(simulation, { names, stored, exact, language }), context.signal))
      }
      if (out === undefined && report === undefined) process.stdout.write(text)
      else tell(`Simulation ${made.id} completed; manifest ${hash}.`, `اكتملت المحاكاة ${made.id}؛ البيان ${hash}.`)
      return 0
    } catch (error) {
      return inWords(error)
    } finally {
      await laboratory.close()
    }
  })
}

function requestIn(file: string): SimulationRequest {
  let request: unknown
  try {
    request = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
  }
  if (Value.Check(SimulationSchema, request)) {
    try {
      refuseFinerLines(request)
    } catch (error) {
      inWords(error)
    }
    return request
  }
  const [first] = Value.Errors(SimulationSchema, request)
  throw new Error(`${file}: ${first?.instancePath ?? ''} ${first?.message ?? 'not a simulation'}`)
}

function inWords(error: unknown): never {
  throw error instanceof Problem ? new Error(problemText(error), { cause: error }) : error
}

interface Asked {
  readonly file: string
  readonly exact: boolean
  readonly out: string | undefined
  readonly report: string | undefined
  readonly language: ReportLanguage
  /** A file of a sample, stored with the simulation. */
  readonly sample: string | undefined
  readonly welfareUnit: WelfareUnit
}

function askedFor(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      exact: { type: 'boolean' },
      out: { type: 'string' },
      report: { type: 'string' },
      lang: { type: 'string' },
      sample: { type: 'string' },
      'welfare-unit': { type: 'string' },
    },
  })
  const [file] = positionals
  const language = REPORT_LANGUAGES.find((one) => one === (values.lang ?? 'both'))
  const { sample, 'welfare-unit': unit } = values
  const welfareUnit = WELFARE_UNITS.find((one) => one === (unit ?? WELFARE_UNITS[0]))
  const isWrong = (unit !== undefined && sample === undefined) || (values.lang !== undefined && values.report === undefined)
  if (file === undefined || positionals.length > 1 || language === undefined || welfareUnit === undefined || isWrong)
    throw new Error(
      `mizan simulate <file.json> [--exact] [--out <file>] [--report <file.html> [--lang ar|en|both]] [--sample <file.csv> [--welfare-unit ${WELFARE_UNITS.join('|')}]]`,
    )
  return { file, exact: values.exact === true, out: values.out, report: values.report, language, sample, welfareUnit }
}
