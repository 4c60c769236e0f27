/** `mizan verify run <id> | simulation <id> | fit <id> | determination <id>`: computes it again from what is kept, holds every hash against what is stored, and says what differs. */
import { verifyDetermination } from '../determinations/verify-determination.ts'
import type { Check } from '../kernel/check.ts'
import { Problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { verifyRun } from '../targeting/verify/verify-run.ts'
import { type Command, tell } from './command.ts'
import { CONNECTIONS_MIN, runDeps } from './run-deps.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { verifyFit } from '../simulation/fits/verify-fit.ts'
import { openLaboratory } from '../simulation/laboratory.ts'
import { type SimulationCheck, verifySimulation } from '../simulation/verify-simulation.ts'
import { laboratoryDeps } from './laboratory-deps.ts'
import { determinationChecks, fitChecks, runChecks, simulationChecks } from './verify-words.ts'
import { withDatabase } from './with-database.ts'

type Words = Readonly<Record<string, readonly [en: string, ar: string]>>

export const verify: Command = async (context) => {
  const [what = '', id = '', ...rest] = context.args
  if (!['run', 'simulation', 'fit', 'determination'].includes(what) || !/^[0-9a-f-]{36}$/i.test(id) || rest.length > 0)
    throw new Error(
      'mizan verify run <id> | simulation <id> | fit <id> | determination <id>\nالمتوقع: run أو simulation أو fit أو determination ثم الرقم',
    )
  const config = { ...context.config, poolSize: Math.max(context.config.poolSize, CONNECTIONS_MIN) }
  return withDatabase({ ...context, config }, async (database) => {
    const { settings } = runDeps(database, config)
    const { signal } = context
    const count =
      what === 'run'
        ? await told(verifyRun(database, settings, id, { onProgress: () => undefined, signal }), runChecks)
        : what === 'simulation'
          ? await told(simulationVerified(database, config, id, signal), simulationChecks)
          : what === 'fit'
            ? await told(verifyFit(database, id, signal), fitChecks)
            : await told(verifyDetermination(database, id), determinationChecks)
    summary(count)
    return count.different === 0 ? 0 : 1
  })
}

async function* simulationVerified(
  database: Database,
  config: Config,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Check<SimulationCheck>> {
  const laboratory = openLaboratory(laboratoryDeps(database, config))
  try {
    yield* verifySimulation({ database, laboratory }, id, signal)
  } finally {
    await laboratory.close()
  }
}

interface Count {
  readonly checks: number
  readonly different: number
}

/** A line for each check, as soon as it is made. */
async function told(checks: AsyncGenerator<Check<string>>, words: Words): Promise<Count> {
  let [made, different] = [0, 0]
  try {
    for await (const { name, programme, ok, detail } of checks) {
      made++
      if (!ok) different++
      const [en = name, ar = name] = words[name] ?? []
      process.stdout.write(`${ok ? '✓' : '✗'} ${programme === null ? '' : `${programme}: `}${en} / ${ar}${ok ? '' : `\n    ${detail}`}\n`)
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { title, hint } = problemKinds[error.code]
    const about = error.parts.detail === undefined ? '' : `: ${error.parts.detail}`
    throw new Error(`${error.code}: ${title.en}${about}\n${hint.en}\n${title.ar}\n${hint.ar}`, { cause: error })
  }
  return { checks: made, different }
}

function summary({ checks, different }: Count): void {
  if (different === 0) tell(`Verified: ${checks} checks, no difference.`, `تم التحقق. عدد الفحوص ${checks}، ولا فرق.`)
  else
    tell(
      `Not verified: ${different} of ${checks} checks found a difference.`,
      `لم يثبت التحقق. عدد الفحوص ${checks}، ووُجد فرق في ${different} منها.`,
    )
}
