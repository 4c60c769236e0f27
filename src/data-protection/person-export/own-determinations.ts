/** Determinations that concern a person, with the facts that this person may see of them: another member's stay that member's. */
import type { Queryable } from '../../db/queryable.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { readDetermination } from '../../determinations/determination-store.ts'
import { recall } from '../../determinations/recall.ts'
import { readerOf, visibleFacts, withSheltered } from '../../determinations/visible-facts.ts'
import { Problem } from '../../kernel/problem.ts'
import { type FactJson, factJson } from '../../language/fact-json.ts'
import type { FactSpace, FactValues } from '../../language/fact-space.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { Subject } from './subject.ts'

export interface OwnDetermination {
  readonly id: string
  readonly programme: string
  readonly outcome: string
  readonly determinedAt: string
  readonly asOf: string
  /** The person's own outcome, or the household's. */
  readonly of: 'person' | 'household'
  /** Of the first determination of a snapshot; null where its versions cannot be had again. */
  readonly facts?: { readonly household: Record<string, FactJson>; readonly person: Record<string, FactJson> } | null
}

interface Found {
  readonly id: string
  readonly programme: string
  readonly outcome: string
  readonly at: Date
  readonly asOf: string
  readonly personRef: number | null
  readonly snapshot: string
}

export async function* ownDeterminations(
  db: Queryable,
  versions: Versions,
  { personRefs, households }: Subject,
  mayReadAddresses: boolean,
): AsyncGenerator<OwnDetermination> {
  const { rows } = await db.query<Found>(
    `select d.id, d.programme, d.outcome, d.created_at as at, s.as_of as "asOf", d.person_ref as "personRef", d.snapshot_id as snapshot
     from determination d join fact_snapshot s on s.id = d.snapshot_id
     where s.household_ref = any ($1::bigint[]) and (d.person_ref is null or d.person_ref = any ($2::bigint[])) order by s.created_at, s.id, d.id`,
    [[...new Set(households.map(({ householdRef }) => householdRef))], personRefs],
  )
  let snapshotNow: string | null = null
  let facts: OwnDetermination['facts'] | 'not a member' = null
  for (const { id, programme, outcome, at, asOf, personRef, snapshot } of rows) {
    const isFirst = snapshotNow !== snapshot
    snapshotNow = snapshot
    if (isFirst) facts = await factsOf(db, versions, id, { personRefs, mayReadAddresses })
    // Who joined or left the household is not told of it without him or her.
    if (facts === 'not a member') continue
    const one = { id, programme, outcome, determinedAt: at.toISOString(), asOf, of: personRef === null ? 'household' : 'person' } as const
    yield isFirst ? { ...one, facts: facts ?? null } : one
  }
}

async function factsOf(
  db: Queryable,
  versions: Versions,
  id: string,
  { personRefs, mayReadAddresses }: { readonly personRefs: readonly number[]; readonly mayReadAddresses: boolean },
): Promise<OwnDetermination['facts'] | 'not a member'> {
  const stored = await readDetermination(db, id)
  if (!stored) return null
  const recalled = await recall(versions, stored).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'replay-not-possible') return null
    throw error
  })
  if (!recalled) return null
  const { bundle } = recalled
  const assembled = await withSheltered(db, recalled.assembled, mayReadAddresses)
  const member = assembled.members.find(({ personRef }) => personRefs.includes(personRef))
  if (!member) return 'not a member'
  const isVisible = visibleFacts(bundle.catalogue, readerOf(assembled, member.personRef), member, assembled.sheltered)
  const wanted = factsAssembled(bundle)
  const shown = ({ types }: FactSpace, { lo, hi }: FactValues): Record<string, FactJson> =>
    Object.fromEntries(
      types.flatMap((type, slot): [string, FactJson][] =>
        wanted.has(type.id) && isVisible(type.id) ? [[type.id, factJson(type, lo[slot] as number, hi[slot] as number)]] : [],
      ),
    )
  return { household: shown(bundle.catalogue.household, assembled.household), person: shown(bundle.catalogue.person, member.facts) }
}
