/** Comparisons of published lists, each computed once: neither list ever changes. A page then knows the places of its units and reads only those. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { shelteredHouseholds } from '../../households/sheltered-households.ts'
import { type Change, type ChangedUnit, changedUnits, type ComparisonCounts, type ComparisonPlace, refOf } from './compare-lists.ts'
import type { ListHeader } from './list-store.ts'

export interface Comparison {
  readonly here: ListHeader
  readonly there: ListHeader
  readonly counts: ComparisonCounts
  /** Positions in this list of those that are only here, and of those that moved; positions in the other of those that left. Ascending. */
  readonly positions: Readonly<Record<Change, Uint32Array>>
}

export interface ComparisonPage {
  readonly units: readonly ChangedUnit[]
  readonly next: ComparisonPlace | null
}

export interface ListComparisons {
  readonly of: (here: ListHeader, there: ListHeader) => Promise<Comparison>
  /** At most `limit` changes behind `place`, of one kind or of all; `withoutSheltered` leaves out the households of sheltered persons, and a page may then be shorter. */
  readonly page: (
    comparison: Comparison,
    change: Change | undefined,
    place: ComparisonPlace,
    limit: number,
    withoutSheltered?: boolean,
  ) => Promise<ComparisonPage>
  /** The totals without the households of those who are sheltered now. */
  readonly countsWithoutSheltered: (comparison: Comparison) => Promise<ComparisonCounts>
}

/** A comparison of two national lists that have nothing in common takes 20 MB. */
const KEPT = 4

/** One per process. */
export function listComparisons(database: Database): ListComparisons {
  const kept = new Map<string, Promise<Comparison>>()
  // One at a time: each may take some hundred megabytes of the database's memory.
  let computing: Promise<unknown> = Promise.resolve()
  const compute = (here: ListHeader, there: ListHeader): Promise<Comparison> => {
    const next = computing.then(() => compareLists(database, here, there))
    computing = next.catch(() => undefined)
    return next
  }
  return {
    of(here, there) {
      const key = `${here.number} ${there.number}`
      const found = kept.get(key) ?? compute(here, there)
      // Behind the others, so that the one that nobody asked for longest goes first.
      kept.delete(key)
      kept.set(key, found)
      found.catch(() => kept.delete(key))
      const [oldest] = kept.keys()
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
      return found
    },
    page: (comparison, change, place, limit, withoutSheltered = false) =>
      readPage(database.pool, comparison, change, place, limit, withoutSheltered),
    countsWithoutSheltered: (comparison) => countsWithout(database.pool, comparison),
  }
}

/** One pass over both lists; positions come as bytes, four each, which are read without making a number of every row. */
async function compareLists(database: Database, here: ListHeader, there: ListHeader): Promise<Comparison> {
  const ref = refOf(here)
  const side = (list: number): string => `(SELECT ${ref} AS ref, position, status FROM ranked_unit WHERE list_number = ${list})`
  const packed = (position: string, condition: string): string =>
    `string_agg(int4send(${position}), ''::bytea ORDER BY ${position}) FILTER (WHERE ${condition})`
  const row = await database.transaction(async ({ client }) => {
    // Both sides in memory, 2.3 million units if need be; the timeout is for what a request should take, and this is done once.
    await client.query("SET LOCAL work_mem = '128MB'; SET LOCAL statement_timeout = '60s'")
    const { rows } = await client.query<Packed>(
      `WITH pair AS MATERIALIZED (
         SELECT h.position AS here, t.position AS there, h.status IS DISTINCT FROM t.status AS status_changed
         FROM ${side(here.number)} h FULL JOIN ${side(there.number)} t ON t.ref = h.ref
         WHERE h.ref IS NULL OR t.ref IS NULL OR (h.position, h.status) <> (t.position, t.status))
       SELECT ${packed('here', 'there IS NULL')} AS entered, ${packed('there', 'here IS NULL')} AS left,
         ${packed('here', 'here IS NOT NULL AND there IS NOT NULL')} AS moved,
         count(*) FILTER (WHERE here IS NOT NULL AND there IS NOT NULL AND status_changed)::int AS "statusChanged" FROM pair`,
    )
    return rows[0] as Packed
  })
  const positions = { entered: unpacked(row.entered), left: unpacked(row.left), moved: unpacked(row.moved) }
  const [entered, left, moved] = [positions.entered.length, positions.left.length, positions.moved.length]
  const counts = { entered, left, moved, statusChanged: row.statusChanged, same: here.eligible - entered - moved }
  return { here, there, counts, positions }
}

/** Who is sheltered changes, a comparison does not: so they are taken off when it is told. */
async function countsWithout(db: Queryable, { here, there, counts }: Comparison): Promise<ComparisonCounts> {
  const ref = refOf(here)
  const side = (list: number): string =>
    `(SELECT ${ref} AS ref, position, status FROM ranked_unit WHERE list_number = ${list} AND household_ref = ANY ($1::bigint[]))`
  const { rows } = await db.query<ComparisonCounts>(
    `SELECT (count(*) FILTER (WHERE t.position IS NULL))::int AS entered, (count(*) FILTER (WHERE h.position IS NULL))::int AS left,
       (count(*) FILTER (WHERE (h.position, h.status) <> (t.position, t.status)))::int AS moved, (count(*) FILTER (WHERE h.status <> t.status))::int AS "statusChanged",
       (count(*) FILTER (WHERE (h.position, h.status) = (t.position, t.status)))::int AS same
     FROM ${side(here.number)} h FULL JOIN ${side(there.number)} t ON t.ref = h.ref`,
    [[...(await shelteredHouseholds(db, null))]],
  )
  const kept = rows[0] as ComparisonCounts
  return {
    entered: counts.entered - kept.entered,
    left: counts.left - kept.left,
    moved: counts.moved - kept.moved,
    statusChanged: counts.statusChanged - kept.statusChanged,
    same: counts.same - kept.same,
  }
}

interface Packed {
  readonly entered: Buffer | null
  readonly left: Buffer | null
  readonly moved: Buffer | null
  readonly statusChanged: number
}

function unpacked(bytes: Buffer | null): Uint32Array {
  const positions = new Uint32Array((bytes?.length ?? 0) / 4)
  for (let index = 0; index < positions.length; index++) positions[index] = bytes?.readUInt32BE(index * 4) ?? 0
  return positions
}

async function readPage(
  db: Queryable,
  { here, there, positions }: Comparison,
  change: Change | undefined,
  place: ComparisonPlace,
  limit: number,
  withoutSheltered: boolean,
): Promise<ComparisonPage> {
  const wants = (one: Change): boolean => change === undefined || change === one
  const inHere = (['entered', 'moved'] as const).flatMap((one) =>
    wants(one) && place.among === 'here' ? [...behind(positions[one], place.after, limit + 1)] : [],
  )
  const ofHere = inHere.toSorted((a, b) => a - b).slice(0, limit + 1)
  const after = place.among === 'left' ? place.after : 0
  const ofLeft = wants('left') ? [...behind(positions.left, after, limit + 1 - ofHere.length)] : []
  const more = ofHere.length + ofLeft.length > limit
  if (more) (ofLeft.length > 0 ? ofLeft : ofHere).pop()
  const units = [
    ...(await changedUnits(db, { list: here, other: there, positions: ofHere, left: false, withoutSheltered })),
    ...(await changedUnits(db, { list: there, other: here, positions: ofLeft, left: true, withoutSheltered })),
  ]
  const last: ComparisonPlace =
    ofLeft.length > 0 ? { among: 'left', after: ofLeft.at(-1) ?? 0 } : { among: 'here', after: ofHere.at(-1) ?? 0 }
  return { units, next: more ? last : null }
}

/** At most `count` of the ascending numbers that are greater than `after`. */
function behind(numbers: Uint32Array, after: number, count: number): Uint32Array {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] as number) > after) high = middle
    else low = middle + 1
  }
  return numbers.subarray(low, low + Math.max(0, count))
}
