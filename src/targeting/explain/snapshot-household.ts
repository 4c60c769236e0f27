/** One household as the snapshot of a run holds it: only its own rows are read. */
import { householdAt } from '../../determinations/bulk/check-sample.ts'
import type { Reader } from '../../determinations/visible-facts.ts'
import type { AssembledHousehold, SourceState } from '../../households/assembled.ts'
import type { ColumnFile } from '../../households/nation/column-pieces.ts'
import { householdApart } from '../../households/nation/household-apart.ts'
import { problem } from '../../kernel/problem.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { partFiles, type Snapshot } from '../run/snapshot.ts'
import type { PartFile } from '../run/tasks.ts'

export interface SnapshotHouseholdRequest {
  readonly catalogue: Catalogue
  readonly snapshot: Snapshot
  readonly householdRef: number
  /** Day number. */
  readonly asOf: number
  readonly sources: readonly SourceState[]
  /** Who is what in the household on that day: a snapshot holds facts only. */
  readonly members: readonly Reader[]
}

/** Null when nobody of that household was alive and in it on the snapshot's day. Throws when the file is not kept. */
export async function snapshotHousehold(request: SnapshotHouseholdRequest): Promise<AssembledHousehold | null> {
  const { catalogue, snapshot, householdRef, asOf, sources, members } = request
  const place = snapshot.manifest.parts.findIndex(({ from, to }) => from <= householdRef && householdRef < to)
  const file = partFiles(snapshot)[place]
  if (!file) return null
  const part = await keptRows(file, householdRef)
  if (!part) return null
  const { household: households, person: persons, firstMember } = part
  const found = householdAt(catalogue, { households, persons, firstMember }, 0, asOf)
  const known = new Map(members.map((member) => [member.personRef, member]))
  return {
    ...found,
    householdRef,
    sources,
    members: found.members.map(({ personRef: personRow, facts }) => {
      const personRef = part.personRefs[personRow] as number
      const { isHead, relationship } = known.get(personRef) ?? UNKNOWN_MEMBER
      return { personRef, isHead, relationship, facts }
    }),
    applicationId: SOME_APPLICATION,
  }
}

/** Whose membership was corrected since reads as anybody else. */
const UNKNOWN_MEMBER = { isHead: false, relationship: 'other' }
/** A snapshot does not say whose application: a declared fact is known only if there was one. */
const SOME_APPLICATION = 'of the snapshot'

async function keptRows({ path, hash }: PartFile, householdRef: number): Promise<ColumnFile | null> {
  const { rows, isGone } = await householdApart({ path, hash, householdRef })
  if (isGone) throw problem('snapshot-not-kept')
  return rows
}
