/** A published run made ready for questions about single units: its versions, snapshot and sources. */
import { join } from 'node:path'
import { readSources } from '../../determinations/determination-store.ts'
import type { SourceState } from '../../households/assembled.ts'
import { dayNumber } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { type Bundle, type CompiledProgramme, programmeOf } from '../../programmes/bundle.ts'
import type { ListHeader } from '../lists/list-store.ts'
import type { RunDeps } from '../run/perform-run.ts'
import { snapshotsFolder } from '../run/run-nation.ts'
import { readRun, type StoredRun } from '../run/run-store.ts'
import { openSnapshot, type Snapshot } from '../run/snapshot.ts'

export type ExplainDeps = Pick<RunDeps, 'database' | 'versions'> & { readonly dataDirectory: string }

export interface ExplainedRun {
  readonly run: StoredRun
  /** Where runs keep their snapshots and inputs. */
  readonly folder: string
  /** Day number. */
  readonly asOf: number
  readonly list: ListHeader
  readonly bundle: Bundle
  readonly compiled: CompiledProgramme
  readonly snapshot: Snapshot
  readonly sources: readonly SourceState[]
  /** How many the run was about. */
  readonly households: number
}

export async function explainedRun({ database, versions, dataDirectory }: ExplainDeps, list: ListHeader): Promise<ExplainedRun> {
  const run = await readRun(database.pool, list.runId)
  if (!run?.manifest) throw problem('run-not-found')
  const { sourceSet, households } = JSON.parse(run.manifest) as { readonly sourceSet: string; readonly households: number }
  const folder = join(dataDirectory, 'nation')
  const snapshot = await openSnapshot(snapshotsFolder(folder), list.snapshot).catch(() => {
    throw problem('snapshot-damaged')
  })
  if (!snapshot) throw problem('snapshot-not-kept')
  const bundle = await versions.byHash(list.versionSet)
  const compiled = programmeOf(bundle, list.programme)
  const sources = await readSources(database.pool, sourceSet)
  // INVARIANT: a list is published together with what it was made of.
  if (!compiled || !sources) throw new Error(`list ${list.number} speaks of versions or sources that are not stored`)
  return { run, folder, asOf: dayNumber(run.asOf) as number, list, bundle, compiled, snapshot, sources, households }
}
