/** What a run's first attempt computed from, for its later attempts; taken down now if nothing was pinned, or what was pinned is not kept here. */
import { readSources } from '../../determinations/determination-store.ts'
import type { LatestAnswers } from '../../households/declared-answers.ts'
import { differs } from '../../kernel/check.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Database } from '../../db/database.ts'
import { declaredAgain, type GatherRequest, gatherInputs } from './gather-inputs.ts'
import { type Assembled, snapshotsFolder } from './run-nation.ts'
import { readInputs, type RunInputs, servedBy, servedHash, writeInputs } from './run-inputs.ts'
import { pinInputs, type StoredRun } from './run-store.ts'
import { openSnapshot, type SnapshotSources } from './snapshot.ts'

export interface PinnedInputs {
  readonly inputs: RunInputs
  readonly hash: string
  /** The declared answers that the inputs name. */
  readonly answers: () => Promise<readonly LatestAnswers[]>
}

/** Nothing of an unfinished run was published: where its inputs are not kept it begins anew, and its manifest names those that it used. */
export async function pinnedInputs(
  database: Database,
  folder: string,
  stored: Pick<StoredRun, 'id' | 'inputs'>,
  request: GatherRequest,
): Promise<PinnedInputs> {
  const kept = stored.inputs === null ? null : await readInputs(folder, stored.inputs)
  if (kept) return { inputs: kept, hash: stored.inputs as string, answers: () => declaredAgain(database, kept) }
  const { inputs, answers } = await gatherInputs(database, request)
  const hash = await writeInputs(folder, inputs)
  await pinInputs(database.pool, stored.id, hash)
  return { inputs, hash, answers: async () => answers }
}

/** What the snapshot was made of and the inputs say otherwise. */
export const madeOfOther = (bundle: Bundle, inputs: RunInputs, { declared, served }: SnapshotSources): string[] => [
  ...differs('declared', inputs.declared.hash, declared),
  ...(inputs.format === 1 ? [] : differs('served', servedHash(servedBy(bundle, inputs)), served)),
]

/** The snapshot that an earlier attempt finished, unless it is no longer kept or was made of other answers or enrolments. */
export async function pinnedSnapshot(
  { pool }: Database,
  folder: string,
  { snapshot: hash, sourceSet }: Pick<StoredRun, 'snapshot' | 'sourceSet'>,
  bundle: Bundle,
  inputs: RunInputs,
): Promise<Assembled | null> {
  if (hash === null || sourceSet === null) return null
  const snapshot = await openSnapshot(snapshotsFolder(folder), hash)
  const sources = await readSources(pool, sourceSet)
  return snapshot && sources && madeOfOther(bundle, inputs, snapshot.manifest.sources).length === 0 ? { snapshot, sources } : null
}
