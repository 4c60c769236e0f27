/** Notices that a published run gives rise to, written in bulk: that data about an adult are processed, and that a household or a person was selected. */
import { OPERATOR } from '../../access/operator.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { holdLock } from '../../jobs/held-lock.ts'

/** Households, and units of a list, of one statement and transaction: whoever determines a household meanwhile waits that long at most. */
const HOUSEHOLDS_AT_ONCE = 4_096
const UNITS_AT_ONCE = 4_096
const UNHURRIED = 'SET LOCAL statement_timeout = 0'

interface DueRun {
  readonly id: string
  readonly asOf: string
  readonly registrantsOnly: boolean
  readonly publishedAt: Date
}

export interface TellingOfRuns {
  readonly signal: AbortSignal
  /** Hears of a run whose notices could not be written: it is due again at the next look. */
  readonly onFailed: (runId: string, err: unknown) => void
}

/**
 * Writes the notices of every run that put lists into force and was not told yet, in the order of their publication; resolves to how
 * many. One process at a time: nothing is done where another is at it. Whoever breaks off begins the run again: what is there is not
 * written twice. A run that cannot be told does not hold up those after it.
 */
export async function tellOfRuns(database: Database, { signal, onFailed }: TellingOfRuns): Promise<number> {
  const lock = await holdLock(database.pool, 'notices of runs', { waitMs: 0, signal })
  if (!lock) return 0
  try {
    const watched = AbortSignal.any([signal, lock.lost])
    let notices = 0
    for (const run of await dueRuns(database.pool))
      try {
        notices += await tellOfRun(database, run, watched)
      } catch (err) {
        watched.throwIfAborted()
        onFailed(run.id, err)
      }
    return notices
  } finally {
    await lock.release()
  }
}

/** SQL: lists of some governorates, or of one entity's registrants, are not in force, and nobody is told of them. */
const OF_ALL = `(coalesce(jsonb_array_length(r.request::jsonb -> 'governorates'), 0) = 0 and r.request::jsonb ->> 'registeredBy' is null)`

async function dueRuns(db: Queryable): Promise<DueRun[]> {
  const { rows } = await db.query<DueRun>(
    `select r.id, r.as_of::text as "asOf", coalesce(r.request::jsonb ->> 'population' = 'registrants', false) as "registrantsOnly", r.finished_at as "publishedAt" from run r
     where r.status = 'completed' and not exists (select from told_run t where t.run_id = r.id) and ${OF_ALL} order by r.finished_at, r.id`,
  )
  return rows
}

/**
 * Its published lists, each with the last one before it that was told: whom a run selected that could not be told is new to the next.
 * A list after which a later one was told is nobody's news any more.
 */
async function untoldLists(db: Queryable, run: DueRun): Promise<PublishedList[]> {
  const told = 'select e.number from ranked_list e join run r on r.id = e.run_id join told_run t on t.run_id = r.id'
  const { rows } = await db.query<PublishedList>(
    `select l.number, l.programme, l.unit,
       (${told} where e.programme = l.programme and e.published_at < l.published_at and ${OF_ALL} order by e.published_at desc, e.number desc limit 1) as earlier,
       (select coalesce(max(position), 0) from ranked_unit where list_number = l.number) as last
     from ranked_list l where l.run_id = $1 and l.published_at is not null
       and not exists (${told} where e.programme = l.programme and e.published_at > l.published_at and ${OF_ALL}) order by l.programme`,
    [run.id],
  )
  return rows
}

async function tellOfRun(database: Database, run: DueRun, signal: AbortSignal): Promise<number> {
  let notices = await tellRegistered(database, run, signal)
  let unreceived = 0
  for (const list of await untoldLists(database.pool, run)) {
    const told = await tellSelected(database, run, list, signal)
    notices += told.notices
    unreceived += told.unreceived
  }
  await database.transaction(async ({ client }) => {
    await client.query('insert into told_run (run_id, notices) values ($1, $2)', [run.id, notices])
    await recordEvent(client, {
      action: 'notices.arose',
      actor: 'worker',
      entity: OPERATOR,
      purpose: 'telling adult members what is done with their data',
      requestId: run.id,
      outcome: `${notices} notices, ${unreceived} selected units without a receiver`,
      objects: [`run:${run.id}`],
    })
  })
  return notices
}

/** SQL: members of households, alive on the day $2; `which` says of which households. */
const living = (
  which: string,
): string => `from household_member m left join warehouse.cspd_personal_info civil on civil.person_ref = m.person_ref left join warehouse.rbd_residents resident on resident.person_ref = m.person_ref
  where ${which} and m.valid_from <= $2::date and (m.valid_to is null or m.valid_to > $2::date)
    and not exists (select from warehouse.cspd_death_info dead where dead.person_ref = m.person_ref and dead.death_date <= $2::date)`

/** Of one of them: whose age nobody knows counts as of age. */
const OF_AGE = `coalesce(civil.birth_date, resident.birth_date, '-infinity') <= $2::date - interval '18 years'`

/** A household that applies at this very moment may tell a member the same: then it is told twice, never not at all. */
async function tellRegistered({ pool, transaction }: Database, run: DueRun, signal: AbortSignal): Promise<number> {
  const { rows } = await pool.query<{ last: number }>('select coalesce(max(household_ref), 0) as last from household_member')
  const registered = run.registrantsOnly ? 'and exists (select from registrant g where g.household_ref = m.household_ref)' : ''
  let notices = 0
  for (let from = 0; from <= (rows[0]?.last ?? 0); from += HOUSEHOLDS_AT_ONCE) {
    signal.throwIfAborted()
    notices += await transaction(async ({ client }) => {
      await client.query(UNHURRIED)
      const { rowCount } = await client.query({
        name: `notices-registered${run.registrantsOnly ? '-of-registrants' : ''}`,
        text: `insert into person_notice (id, kind, person_ref, household_ref, run_id) select uuidv7(), 'registered', a.person_ref, a.household_ref, $1
               from (select distinct on (m.person_ref) m.person_ref, m.household_ref ${living(`m.household_ref >= $3 and m.household_ref < $4 ${registered}`)}
                 and ${OF_AGE} order by m.person_ref, m.household_ref) a
               where not exists (select from person_notice n where n.person_ref = a.person_ref and n.kind = 'registered')`,
        values: [run.id, run.asOf, from, from + HOUSEHOLDS_AT_ONCE],
      })
      return rowCount ?? 0
    })
  }
  return notices
}

interface PublishedList {
  readonly number: number
  readonly programme: string
  readonly unit: 'household' | 'person'
  /** The last list before that was told. */
  readonly earlier: number | null
  /** Position of its last unit. */
  readonly last: number
}

interface Told {
  readonly notices: number
  /** Selected units in whose home there is no adult and no living head. */
  readonly unreceived: number
}

/** Whoever was not selected before is told; a notice that waits for one who still is speaks of this run, and of one who is not any more it goes. */
async function tellSelected({ transaction }: Database, run: DueRun, list: PublishedList, signal: AbortSignal): Promise<Told> {
  let [notices, unreceived] = [0, 0]
  for (let after = 0; after < list.last; after += UNITS_AT_ONCE) {
    signal.throwIfAborted()
    const told = await transaction(async ({ client }) => {
      await client.query(UNHURRIED)
      const { rows } = await client.query<Told>(
        selectedStatement(list, [
          run.id,
          run.asOf,
          list.programme,
          list.number,
          after,
          after + UNITS_AT_ONCE,
          list.earlier,
          run.publishedAt,
        ]),
      )
      return rows[0] as Told
    })
    notices += told.notices
    unreceived += told.unreceived
  }
  await transaction(async ({ client }) => {
    await client.query(UNHURRIED)
    // Who holds one may have sent it: it stays until it is said that it was delivered, or that it was not.
    await client.query(
      'delete from person_notice where programme = $2 and run_id <> $1 and delivered_at is null and (taken_as is null or free_from <= now())',
      [run.id, list.programme],
    )
  })
  return { notices, unreceived }
}

/**
 * SQL, by what a list is of: the turn in which a member `m` of the unit's home comes to be told; those of the first turn that anybody has are.
 * No turn: never.
 */
const TURN = {
  household: 'case when m.is_adult then 1 when m.is_head then 2 end',
  person: `case when m.is_adult and m.person_ref = u.person_ref then 1 when m.is_adult and m.is_head then 2 when m.is_adult then 3 when m.is_head then 4 end`,
} as const

/**
 * Every adult of a selected household is told. A selected person who is of age is told alone; of a child, the head of the household is, or its
 * other adults. Where no adult lives, the head is. Of each home that a person belongs to it is asked whether it is new. A notice that waits is
 * taken over; of a new selection it is nobody's any more, once a run, so that word of an earlier selection does not settle it.
 */
function selectedStatement({ unit }: PublishedList, values: readonly unknown[]): { name: string; text: string; values: unknown[] } {
  const same = unit === 'household' ? '' : 'and e.person_ref = u.person_ref'
  return {
    name: `notices-selected-${unit}`,
    text: `with unit as materialized (select u.position, u.household_ref, u.person_ref, not exists (select from ranked_unit e
            where e.list_number = $7 and e.household_ref = u.household_ref and e.status = 'selected' ${same}) as is_new
          from ranked_unit u where u.list_number = $4 and u.position > $5 and u.position <= $6 and u.status = 'selected'),
        member as materialized (select distinct on (m.person_ref, m.household_ref) m.person_ref, m.household_ref, m.is_head, ${OF_AGE} as is_adult
          ${living('m.household_ref in (select household_ref from unit)')} order by m.person_ref, m.household_ref, m.is_head desc),
        candidate as (select u.position, u.household_ref, u.is_new, m.person_ref, ${TURN[unit]} as turn from unit u join member m on m.household_ref = u.household_ref),
        told as materialized (select c.* from (select *, min(turn) over (partition by position) as first from candidate) c where c.turn = c.first),
        receiver as (select person_ref, coalesce(min(household_ref) filter (where is_new), min(household_ref)) as household_ref, bool_or(is_new) as is_new
          from told group by person_ref),
        waiting as (select n.id, n.person_ref from person_notice n join receiver r on n.person_ref = r.person_ref where n.programme = $3 and n.delivered_at is null order by n.id for update of n),
        renewed as (update person_notice n set run_id = $1, household_ref = r.household_ref, arose_at = case when r.is_new then now() else n.arose_at end,
            free_from = case when r.is_new then now() else n.free_from end, taken_as = case when not r.is_new then n.taken_as end, taken_by = case when not r.is_new then n.taken_by end
          from waiting w, receiver r where n.id = w.id and r.person_ref = n.person_ref and (n.run_id <> $1 or (r.is_new and n.arose_at <= $8))),
        written as (insert into person_notice (id, kind, person_ref, household_ref, run_id, programme)
          select uuidv7(), 'selected', r.person_ref, r.household_ref, $1, $3 from receiver r where r.is_new
            and not exists (select from waiting w where w.person_ref = r.person_ref)
            and not exists (select from person_notice n where n.person_ref = r.person_ref and n.programme = $3 and n.run_id = $1) returning id)
      select (select count(*) from written) as notices, (select count(*) from unit u where not exists (select from told t where t.position = u.position)) as unreceived`,
    values: [...values],
  }
}
