/** A worker's part in simulations and impacts: it performs those in the queue, and looks for those whose process died. */
import type { Database } from '../db/database.ts'
import { isLockFree } from '../jobs/held-lock.ts'
import { freeJob, readJob } from '../jobs/queue.ts'
import { startWorker, type Task, type WorkerLog } from '../jobs/start-worker.ts'
import { mayPass, runFailure } from '../targeting/run/run-failure.ts'
import { type PerformDeps, performSimulation, simulationLock } from './perform-simulation.ts'
import { IMPACT_TASK, recoverImpact } from './impact/ask-impact.ts'
import { unattendedImpacts } from './impact/impact-store.ts'
import { performImpact } from './impact/perform-impact.ts'
import { enqueueSimulation, SIMULATION_TASK } from './request-simulation.ts'
import { readSimulation, unattendedSimulations } from './simulation-store.ts'

export interface SimulationLog extends WorkerLog {
  readonly info: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

export interface SimulationWork {
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

const RECOVER_EVERY_MS = 5_000
const TAKEN_SECONDS = 5
const WAITED_SECONDS = 15

export async function workOnSimulations(deps: PerformDeps, log: SimulationLog): Promise<SimulationWork> {
  const { database, laboratory } = deps
  const recover = async (): Promise<void> => {
    try {
      for (const simulation of await recoverSimulations(database)) log.warn({ simulation }, 'a simulation that broke off is queued again')
      for (const impact of await unattendedImpacts(database.pool, WAITED_SECONDS))
        if (await recoverImpact(database, impact)) log.warn({ impact }, 'an impact that broke off is queued again')
    } catch (err) {
      log.error({ err }, 'simulations that broke off cannot be looked for')
    }
  }
  await recover()
  const worker = await startWorker(
    database.pool,
    { [SIMULATION_TASK]: simulationTask(deps, log), [IMPACT_TASK]: impactTask(deps, log) },
    log,
  )
  let recovering: Promise<void> | null = null
  const timer = setInterval(() => {
    recovering ??= recover().finally(() => (recovering = null))
  }, RECOVER_EVERY_MS)
  return {
    ended: worker.ended,
    stop: async () => {
      clearInterval(timer)
      await worker.stop()
      await recovering
      await laboratory.close()
    },
  }
}

/** What failed for good is told by the simulation itself and is no failure of the job. */
function simulationTask(deps: PerformDeps, log: SimulationLog): Task {
  return async (id, { signal, lastAttempt }) => {
    const { status } = (await readSimulation(deps.database.pool, id)) ?? {}
    if (status !== 'queued' && status !== 'running') return
    const started = performance.now()
    try {
      await performSimulation(deps, id, { onProgress: () => undefined, signal, again: !lastAttempt })
      log.info({ simulation: id, milliseconds: Math.round(performance.now() - started) }, 'simulation completed')
    } catch (error) {
      if (signal.aborted) throw error
      const failure = runFailure(error)
      log.warn({ simulation: id, code: failure.code }, 'simulation not completed')
      // The queue tries again, later each time.
      if (mayPass(failure) && !lastAttempt) throw error
    }
  }
}

function impactTask({ laboratory }: PerformDeps, log: SimulationLog): Task {
  return async (id, { signal, lastAttempt }) => {
    const started = performance.now()
    try {
      await performImpact(laboratory, id, { onProgress: () => undefined, signal, again: !lastAttempt })
      log.info({ impact: id, milliseconds: Math.round(performance.now() - started) }, 'impact measured')
    } catch (error) {
      if (signal.aborted) throw error
      const failure = runFailure(error)
      log.warn({ impact: id, code: failure.code }, 'impact not measured')
      if (mayPass(failure) && !lastAttempt) throw error
    }
  }
}

/** Those that nobody performs get a job that some worker can take. */
export async function recoverSimulations(
  { pool, transaction }: Database,
  { takenSeconds = TAKEN_SECONDS, waitedSeconds = WAITED_SECONDS } = {},
): Promise<string[]> {
  const recovered: string[] = []
  for (const id of await unattendedSimulations(pool, waitedSeconds)) {
    const put = await transaction(async ({ client }) => {
      if (!(await isLockFree(client, simulationLock(id)))) return false
      const { status } = (await readSimulation(client, id)) ?? {}
      if (status !== 'running' && status !== 'queued') return false
      const job = await readJob(client, id)
      if (job !== null && !job.spent && (job.lockedSeconds === null || job.lockedSeconds < takenSeconds)) return false
      await freeJob(client, id)
      await enqueueSimulation(client, id, 0)
      return true
    })
    if (put) recovered.push(id)
  }
  return recovered
}
