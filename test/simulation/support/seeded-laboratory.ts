/** A seeded service with a published run of its residents, and the laboratory over that run's snapshot. */
import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { nationFolder } from '../../../src/simulation/baseline.ts'
import { type Laboratory, type LaboratoryDeps, openLaboratory } from '../../../src/simulation/laboratory.ts'
import type { SimulationOutcome } from '../../../src/simulation/simulation-outcome.ts'
import type { Change, Scenario, SimulationRequest } from '../../../src/simulation/scenario-schema.ts'
import { createRun, performRun, type RunDeps } from '../../../src/targeting/run/perform-run.ts'
import { dataDirectory as newDataDirectory } from '../../support/data-directory.ts'
import { application, type SeededApp, seededApp } from '../../support/seeded-app.ts'
import { quietly, runDepsOf, runRequest } from '../../targeting/support/seeded-runs.ts'

export const CASH = 'unified-cash-transfer'

export interface SeededLaboratory extends SeededApp {
  readonly runs: RunDeps
  readonly dataDirectory: string
  /** Id of the published run. */
  readonly run: string
  readonly depsWith: (threads: number) => LaboratoryDeps
  readonly laboratory: Laboratory
  readonly simulate: (scenarios: readonly Scenario[], more?: Partial<SimulationRequest>) => Promise<SimulationOutcome>
}

/** Some applied, and hold a place of the cash transfer: whatever can decide an order or keep a place does. */
export async function seededLaboratory(t: Pick<Test, 'teardown'>, households: number): Promise<SeededLaboratory> {
  const dataDirectory = newDataDirectory(t)
  const made = await seededApp(t, households, { MIZAN_DATA_DIR: dataDirectory })
  const { database, heads, post } = made
  await migrateQueue(database.pool)
  for (const { number } of heads.slice(0, 12)) await post('/v1/applications', application(number), { 'idempotency-key': randomUUID() })
  const reports = heads
    .slice(0, 12)
    .map(({ householdRef }) => ({ programme: CASH, householdRef, state: 'enrolled', on: '2026-01-01', reference: randomUUID() }))
  await post('/v1/enrolments', { reports })
  const runs = runDepsOf(database, dataDirectory)
  const run = await createRun(runs, runRequest())
  await performRun(runs, run, quietly)
  const depsWith = (threads: number): LaboratoryDeps => ({
    database,
    versions: runs.versions,
    folder: nationFolder(dataDirectory),
    settings: { dataDirectory, threads },
  })
  const laboratory = openLaboratory(depsWith(1))
  t.teardown(() => laboratory.close())
  return {
    ...made,
    runs,
    dataDirectory,
    run,
    depsWith,
    laboratory,
    simulate: (scenarios, more = {}) =>
      laboratory.simulate({ name: 'test', baseline: { run }, scenarios: scenarios as Scenario[], ...more }, quietly),
  }
}

/** A scenario of its changes. */
export const scenario = (name: string, ...changes: Change[]): Scenario => ({ name, changes })

/** Places of a programme's text, set. */
export const programmeSet = (id: string, set: Record<string, unknown>): Change => ({ object: 'programme', id, set })
