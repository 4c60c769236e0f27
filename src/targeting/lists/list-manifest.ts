/** A run's manifest with what it says of each list. */
import { canonicalJson } from '../../kernel/canonical.ts'
import type { ProgrammeList } from '../run/select.ts'

/** Canonical JSON; the root hashes are those of the lists, in their order. */
export const manifestWithLists = (manifest: object, lists: readonly ProgrammeList[], rootHashes: readonly string[]): string =>
  canonicalJson({ ...manifest, lists: lists.map((list, index) => listInManifest(list, rootHashes[index] as string)) })

/** Its hash and its counts. */
export function listInManifest({ programme, allocation }: ProgrammeList, rootHash: string) {
  const { selected, waitlisted, leftOut, spent, places, leftOverPassedOn, stoppedByBudget } = allocation.totals
  return { programme, rootHash, selected, waitlisted, leftOut, spent, places, leftOverPassedOn, stoppedByBudget }
}
