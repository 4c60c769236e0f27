/** Notices are taken by one deliverer at a time, come back when it breaks down, and arise in bulk from published runs. */
import t from 'tap'
import { pastTime } from '../../src/data-protection/retention/apply-retention.ts'
import { tellOfRuns } from '../../src/data-protection/notices/notices-of-runs.ts'
import { workOnRunNotices } from '../../src/data-protection/notices/work-on-run-notices.ts'
import { application, AS_OF } from '../support/seeded-app.ts'
import { type MadeList, publishMade, shippedSet, startedRun } from '../targeting/support/published.ts'
import { protectionApp } from './support.ts'

const service = await protectionApp(t, 12)
const { post, get, heads, database, events } = service
const { pool } = database
const { signal } = new AbortController()
const tell = () =>
  tellOfRuns(database, {
    signal,
    onFailed: (_, err) => {
      throw err
    },
  })
const CASH = 'unified-cash-transfer'
const REHABILITATION = 'rehabilitation'
const HOUSING = 'housing'
const IN_KIND = 'in-kind'
const ENERGY = 'energy-support'
const HEALTH = 'health-insurance'

interface Shown {
  readonly id: string
  readonly kind: string
  readonly nationalId: string
  readonly householdRef: number
  readonly snapshotId: string | null
  readonly runId: string | null
  readonly programme: string | null
  readonly heldUntil: string | null
  readonly text: { readonly en: string; readonly ar: string }
}
const waiting = async (): Promise<Shown[]> => (await get('/v1/notices?limit=500')).json().notices
const take = async (body: object = {}): Promise<{ taken: string; notices: Shown[] }> => (await post('/v1/notices/take', body)).json()
const delivered = ({ id, snapshotId }: Shown, taken?: string) =>
  post(`/v1/notices/${id}/delivered`, { snapshotId, channel: 'letter', ...(taken ? { taken } : {}) })
/** As if the time for which it was taken were over. */
const expire = () => pool.query('update person_notice set free_from = now() - interval $$1 second$$ where delivered_at is null')
const ids = (notices: readonly Shown[]): string[] => notices.map(({ id }) => id).toSorted()
const publish = async (...lists: MadeList[]): Promise<string> => {
  const run = await startedRun(database, await shippedSet(database))
  await publishMade(database, run, lists)
  return run
}
const adults = async (on: string): Promise<{ person: number; household: number; number: string }[]> =>
  (
    await pool.query(
      `select distinct m.person_ref as person, m.household_ref as household, i.number from household_member m
         join identity.identifier i on i.person_ref = m.person_ref and i.superseded_by is null
         left join warehouse.cspd_personal_info p on p.person_ref = m.person_ref left join warehouse.rbd_residents r on r.person_ref = m.person_ref
       where m.valid_from <= $1 and (m.valid_to is null or m.valid_to > $1) and extract(year from age($1::date, coalesce(p.birth_date, r.birth_date, '1900-01-01'))) >= 18
         and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref and d.death_date <= $1)`,
      [on],
    )
  ).rows

t.test('deliverers who ask together get different ones, and each says what became of its own', async (t) => {
  for (const [index, { number }] of heads.slice(0, 4).entries())
    await post('/v1/applications', application(number), { 'idempotency-key': `01a20ae3-5581-4377-9bfe-7dbbb803150${index}` })
  const all = await waiting()
  t.ok(all.length >= 8 && all.every(({ heldUntil, runId }) => heldUntil === null && runId === null))
  const [a, b] = (await Promise.all([take({ limit: 4 }), take({ limit: 4 })])) as [
    Awaited<ReturnType<typeof take>>,
    Awaited<ReturnType<typeof take>>,
  ]
  t.same([a.notices.length, b.notices.length, new Set([...ids(a.notices), ...ids(b.notices)]).size], [4, 4, 8])
  t.ok((await waiting()).filter(({ heldUntil }) => heldUntil !== null).length === 8)
  const rest = await take({ limit: 500 })
  t.equal(rest.notices.length, all.length - 8, 'what is held is given to nobody else')
  const [first, second] = a.notices as [Shown, Shown]
  t.match((await delivered(first)).json(), { code: 'notice-taken', status: 409 }, 'without the word')
  t.match((await delivered(first, b.taken)).json(), { code: 'notice-taken' }, 'by the word of another')
  const twice = await Promise.all([delivered(first, a.taken), delivered(first, a.taken)])
  t.same(
    twice.map(({ statusCode }) => statusCode).toSorted((x, y) => x - y),
    [204, 404],
  )
  const back = (taken: string, body: object = {}) => post(`/v1/notices/${second.id}/returned`, { taken, ...body })
  t.match((await back(b.taken)).json(), { code: 'notice-not-found' })
  t.equal((await back(a.taken, { retryAfterSeconds: 60 })).statusCode, 204)
  t.same((await take()).notices, [], 'not before its time')
  t.match(await events('notice.returned'), [{ outcome: 'again after 60 s' }])
  t.equal((await events('notices.taken')).length, 4)
  await expire()
  const again = await take({ limit: 500 })
  t.same(
    ids(again.notices),
    ids(all).filter((id) => id !== first.id),
    'of a deliverer that broke down none is lost',
  )
  const third = a.notices[2] as Shown
  t.match((await delivered(third, a.taken)).json(), { code: 'notice-taken' }, 'who was too late is told that another has it')
  t.equal((await delivered(third, again.taken)).statusCode, 204)
})

t.test('a run tells every adult once that data are processed, and whoever is newly selected', async (t) => {
  const [one, two, three] = heads.map(({ householdRef }) => householdRef) as [number, number, number]
  const before = new Set((await waiting()).map(({ id }) => id))
  const first = await publish({
    programme: CASH,
    units: [
      { householdRef: one, status: 'selected', score: 1 },
      { householdRef: two, status: 'selected', score: 2 },
      { householdRef: three, status: 'waitlisted', score: 3 },
    ],
  })
  const grown = await adults(AS_OF)
  const { rows: told } = await pool.query<{ person: number }>("select person_ref as person from person_notice where kind = 'registered'")
  const known = new Set(told.map(({ person }) => person))
  const unknown = new Set(grown.map(({ person }) => person).filter((person) => !known.has(person)))
  const selected = (notices: readonly Shown[]): Shown[] => notices.filter(({ kind }) => kind === 'selected')
  const numbersIn = (...households: number[]): string[] =>
    grown
      .filter(({ household }) => households.includes(household))
      .map(({ number }) => number)
      .toSorted()
  const receivers = (notices: readonly Shown[]): string[] =>
    selected(notices)
      .map(({ nationalId }) => nationalId)
      .toSorted()
  t.ok(unknown.size > 10 && known.size > 0)
  t.equal(await tell(), unknown.size + numbersIn(one, two).length)
  const written = (await waiting()).filter(({ id }) => !before.has(id))
  t.equal(written.filter(({ kind }) => kind === 'registered').length, unknown.size)
  t.same(receivers(written), numbersIn(one, two))
  t.match(selected(written)[0], {
    runId: first,
    programme: CASH,
    snapshotId: null,
    text: { en: /selected for “Unified Cash Transfer/, ar: /اختيرت أسرتك/ },
  })
  t.equal(await tell(), 0, 'once')
  t.match(await events('notices.arose'), [{ outcome: `${written.length} notices`, objects: [`run:${first}`] }])

  const held = await take({ limit: 500 })
  const sent = selected(held.notices).find(({ householdRef }) => householdRef === one) as Shown
  const second = await publish({
    programme: CASH,
    units: [
      { householdRef: two, status: 'selected', score: 2 },
      { householdRef: three, status: 'selected', score: 3 },
      { householdRef: one, status: 'left-out' },
    ],
  })
  t.same(selected((await take({ limit: 500 })).notices), [], 'of a list that is no longer in force nothing is told')
  t.equal(await tell(), numbersIn(three).length, 'who was selected before is not told again')
  const now = selected(await waiting())
  t.same([receivers(now), [...new Set(now.map(({ runId }) => runId))]], [numbersIn(two, three), [second]])
  t.equal((await delivered(sent, held.taken)).statusCode, 204, 'what was sent before the list changed is on record')
  await expire()
  await publish({ programme: CASH, units: [{ householdRef: one, status: 'selected', score: 1 }] })
  await tell()
  t.same(receivers(await waiting()), numbersIn(one), 'what no longer holds is withdrawn, and who lost a place and got one is told anew')
})

t.test('a later determination is not held up by the notice that it renews', async (t) => {
  const { number } = heads[0] as (typeof heads)[number]
  const apply = (last: string) =>
    post('/v1/applications', application(number), { 'idempotency-key': `01a20ae3-5581-4377-9bfe-7dbbb80316${last}` })
  await apply('01')
  const { taken, notices } = await take({ limit: 500 })
  const kept = notices.find(({ kind, nationalId }) => kind === 'determined' && nationalId === number) as Shown
  const back = await post(`/v1/notices/${kept.id}/returned`, { taken, retryAfterSeconds: 2_592_000 })
  t.equal(back.statusCode, 204)
  t.match((await delivered(kept, taken)).json(), { code: 'notice-not-found' }, 'a word that was given back settles nothing')
  await apply('02')
  const renewed = (await waiting()).find(({ id }) => id === kept.id) as Shown
  t.not(renewed.snapshotId, kept.snapshotId)
  t.equal(renewed.heldUntil, null, 'it may be taken at once')
  t.match((await delivered(kept, taken)).json(), { code: 'notice-not-found' }, 'what was told before')
  t.ok((await take({ limit: 500 })).notices.some(({ id }) => id === kept.id))
})

t.test('word of an earlier selection does not settle a later one', async (t) => {
  const { householdRef, number } = heads[3] as (typeof heads)[number]
  const selects = (status: 'selected' | 'left-out') => publish({ programme: HOUSING, units: [{ householdRef, status, score: 1 }] })
  const mine = async () => (await waiting()).find(({ programme, nationalId }) => programme === HOUSING && nationalId === number)
  await selects('selected')
  await tell()
  const { taken, notices } = await take({ limit: 500 })
  const held = notices.find(({ programme, nationalId }) => programme === HOUSING && nationalId === number) as Shown
  await selects('selected')
  await tell()
  t.ok((await mine())?.heldUntil, 'who stays selected is told by whoever holds the notice')
  await selects('left-out')
  await tell()
  t.equal(await mine(), undefined)
  const run = await selects('selected')
  await tell()
  t.match(await mine(), { id: held.id, runId: run, heldUntil: null }, 'selected anew after a gap')
  t.match((await delivered(held, taken)).json(), { code: 'notice-not-found' })
  const again = await take({ limit: 500 })
  t.equal((await delivered(held, again.taken)).statusCode, 204)
})

t.test('a held selection that lapsed goes when it is returned, and has an end', async (t) => {
  const { householdRef, number } = heads[2] as (typeof heads)[number]
  const selects = (status: 'selected' | 'left-out') => publish({ programme: IN_KIND, units: [{ householdRef, status, score: 1 }] })
  const kept = async () =>
    (await pool.query<{ id: string }>('select id from person_notice where programme = $1 and delivered_at is null', [IN_KIND])).rows.map(
      ({ id }) => id,
    )
  await selects('selected')
  await tell()
  const { taken, notices } = await take({ limit: 500 })
  const held = notices.find(({ programme, nationalId }) => programme === IN_KIND && nationalId === number) as Shown
  const back = async () => {
    const { statusCode } = await post(`/v1/notices/${held.id}/returned`, { taken })
    return [statusCode, (await kept()).includes(held.id), (await events('notice.returned')).at(-1)?.outcome]
  }
  const past = async (now: Date) => (await pastTime(pool, { now })).find(({ table }) => table === 'person_notice')?.rows
  const inSixYears = new Date(Date.now() + 6 * 365 * 86_400_000)
  const ended = (await past(inSixYears)) as number
  await selects('selected')
  t.equal(await past(inSixYears), ended, 'a run whose notices are not written yet may take it over')
  await tell()
  t.equal(await past(inSixYears), ended, 'and did')
  await selects('left-out')
  t.equal(await past(inSixYears), ended)
  await tell()
  t.ok((await kept()).includes(held.id), 'who holds it may have sent it')
  t.equal(await past(inSixYears), ended + (await kept()).length)
  t.equal(await past(new Date()), 0, 'not before its time')
  t.same(await back(), [204, false, 'withdrawn: not selected any more'])
})

t.test('a list of persons tells the person, and of a child the head', async (t) => {
  const grown = await adults(AS_OF)
  const { rows } = await pool.query<{ child: number; household: number; head: number }>(
    `select m.person_ref as child, m.household_ref as household, h.person_ref as head from household_member m join household_member h on h.household_ref = m.household_ref and h.is_head
     where m.valid_to is null and h.valid_to is null and h.person_ref = any ($1) and not m.person_ref = any ($1)
       and not exists (select from warehouse.cspd_death_info d where d.person_ref in (m.person_ref, h.person_ref)) order by 1 limit 1`,
    [grown.map(({ person }) => person)],
  )
  const [{ child, household, head }] = rows as [(typeof rows)[number]]
  const other = grown.find((one) => one.household !== household) as (typeof grown)[number]
  const run = await publish({
    programme: REHABILITATION,
    unit: 'person',
    units: [
      { householdRef: household, personRef: child, status: 'selected', score: 1 },
      { householdRef: other.household, personRef: other.person, status: 'selected', score: 2 },
    ],
  })
  await tell()
  const { rows: told } = await pool.query<{ person: number }>(
    'select person_ref as person from person_notice where run_id = $1 and programme = $2',
    [run, REHABILITATION],
  )
  t.same(
    told.map(({ person }) => person).toSorted((a, b) => a - b),
    [head, other.person].toSorted((a, b) => a - b),
  )
})

/** Who was told by a run, of a programme, and by which home. */
const toldBy = async (run: string, programme: string): Promise<[number, number][]> =>
  (
    await pool.query<{ person: number; home: number }>(
      'select person_ref as person, household_ref as home from person_notice where run_id = $1 and programme = $2 order by 1, 2',
      [run, programme],
    )
  ).rows.map(({ person, home }) => [person, home])
const join = (person: number, household: number) =>
  pool.query(
    `insert into household_member (person_ref, household_ref, is_head, relationship, basis, valid_from)
     select $1, household_ref, false, relationship, basis, valid_from from household_member where household_ref = $2 limit 1`,
    [person, household],
  )
const leave = (person: number, household: number) =>
  pool.query('delete from household_member where person_ref = $1 and household_ref = $2', [person, household])
/** Runs the test with every member of the household but these born this year, and takes it back. */
const withAdults = async (household: number, only: readonly number[], run: () => Promise<void>): Promise<void> => {
  const tables = ['cspd_personal_info', 'rbd_residents']
  const kept = await Promise.all(
    tables.map((table) =>
      pool.query<{ person_ref: number; birth_date: string | null }>(
        `select person_ref, birth_date from warehouse.${table} where person_ref in (select person_ref from household_member where household_ref = $1)`,
        [household],
      ),
    ),
  )
  for (const table of tables)
    await pool.query(
      `update warehouse.${table} set birth_date = case when person_ref = any ($2) then date '1980-01-01' else date '2020-01-01' end
       where person_ref in (select person_ref from household_member where household_ref = $1)`,
      [household, only],
    )
  await run()
  for (const [index, table] of tables.entries())
    for (const { person_ref: person, birth_date: born } of kept[index]?.rows ?? [])
      await pool.query(`update warehouse.${table} set birth_date = $2 where person_ref = $1`, [person, born])
}
/** Heads of homes of two and more who all live. */
const homes = async (): Promise<{ household: number; head: number; others: number[] }[]> =>
  (
    await pool.query(
      `select household_ref as household, min(person_ref) filter (where is_head) as head, array_agg(person_ref order by person_ref) filter (where not is_head) as others
       from household_member m where valid_to is null and household_ref = any ($1) group by household_ref
       having count(*) > 2 and bool_and(not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref))
         and bool_and(exists (select from warehouse.cspd_personal_info p where p.person_ref = m.person_ref)) order by 1`,
      [heads.map(({ householdRef }) => householdRef)],
    )
  ).rows

t.test('whoever belongs to two homes is told when the second is selected too', async (t) => {
  const [six, seven] = (await homes()) as [Awaited<ReturnType<typeof homes>>[number], Awaited<ReturnType<typeof homes>>[number]]
  await join(seven.head, six.household)
  const selects = (...households: number[]) =>
    publish({ programme: CASH, units: households.map((householdRef, index) => ({ householdRef, status: 'selected', score: index })) })
  await selects(six.household)
  await tell()
  await pool.query("update person_notice set delivered_at = now(), delivered_by = 'test', channel = 'letter' where delivered_at is null")
  const both = await selects(six.household, seven.household)
  await tell()
  t.ok(
    (await toldBy(both, CASH)).some(([person, home]) => person === seven.head && home === seven.household),
    'the head of the second home',
  )

  const child = seven.others[0] as number
  await withAdults(seven.household, [seven.head], async () => {
    const run = await publish({
      programme: REHABILITATION,
      unit: 'person',
      units: [
        { householdRef: six.household, personRef: six.head, status: 'selected', score: 1 },
        { householdRef: seven.household, personRef: child, status: 'selected', score: 2 },
      ],
    })
    await tell()
    t.same(
      (await toldBy(run, REHABILITATION)).filter(([, home]) => home === seven.household),
      [[seven.head, seven.household]],
      'of the child its head, who is a member elsewhere too',
    )
  })
  await leave(seven.head, six.household)
})

t.test('of a home without an adult its head is told, of a child whose head is none an adult; who is left is counted', async (t) => {
  const [{ household, head, others }] = (await homes()).slice(2) as [Awaited<ReturnType<typeof homes>>[number]]
  const [child, spouse] = others as [number, number]
  const settled = () =>
    pool.query("update person_notice set delivered_at = now(), delivered_by = 'test', channel = 'letter' where delivered_at is null")
  const ofChild = async (): Promise<string> => {
    await settled()
    await publish({ programme: REHABILITATION, unit: 'person', units: [] })
    const run = await publish({
      programme: REHABILITATION,
      unit: 'person',
      units: [{ householdRef: household, personRef: child, status: 'selected', score: 1 }],
    })
    await tell()
    return run
  }
  const ofHome = async (): Promise<string> => {
    await settled()
    await publish({ programme: CASH, units: [] })
    const run = await publish({ programme: CASH, units: [{ householdRef: household, status: 'selected', score: 1 }] })
    await tell()
    return run
  }
  await withAdults(household, [], async () => {
    t.same(await toldBy(await ofHome(), CASH), [[head, household]], 'a child that heads a home')
    t.same(await toldBy(await ofChild(), REHABILITATION), [[head, household]])
  })
  await withAdults(household, [spouse], async () => {
    t.same(await toldBy(await ofHome(), CASH), [[spouse, household]])
    t.same(await toldBy(await ofChild(), REHABILITATION), [[spouse, household]], 'the head is of no age to be told')
  })
  await withAdults(household, [], async () => {
    await pool.query('update household_member set is_head = false where person_ref = $1 and household_ref = $2', [head, household])
    t.same(await toldBy(await ofHome(), CASH), [], 'nobody is there')
    t.match((await events('notices.arose')).at(-1), { outcome: '0 notices, 1 selected units without a receiver' })
    await pool.query('update household_member set is_head = true where person_ref = $1 and household_ref = $2', [head, household])
  })
})

t.test('a run that cannot be told does not hold up later ones, and is told when it can be', async (t) => {
  const [stays, comes, early] = heads.slice(4, 7).map(({ householdRef }) => householdRef) as [number, number, number]
  const units = (...households: number[]) =>
    households.map((householdRef, index) => ({ householdRef, status: 'selected' as const, score: index }))
  const homesOf = async (run: string, programme: string) => [...new Set((await toldBy(run, programme)).map(([, home]) => home))]
  const first = await publish({ programme: ENERGY, units: units(stays) })
  await tell()
  const broken = await publish({ programme: ENERGY, units: units(stays, comes) }, { programme: HEALTH, units: units(early) })
  const later = await publish({ programme: ENERGY, units: units(stays, comes) })
  await pool.query(`create function refuse_telling() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$`)
  await pool.query(
    `create trigger refuse before insert on told_run for each row when (new.run_id = '${broken}') execute function refuse_telling()`,
  )
  const failed: string[] = []
  await tellOfRuns(database, { signal, onFailed: (run) => failed.push(run) })
  await tellOfRuns(database, { signal, onFailed: (run) => failed.push(run) })
  t.same(failed, [broken, broken], 'tried again each time')
  t.same(
    (await homesOf(later, ENERGY)).toSorted((a, b) => a - b),
    [stays, comes].toSorted((a, b) => a - b),
    'who is new since the last told list',
  )
  await pool.query('drop trigger refuse on told_run')
  await tell()
  t.same(await homesOf(broken, HEALTH), [early], 'of what is still in force')
  t.same([await homesOf(first, ENERGY), await homesOf(broken, ENERGY)], [[], []], 'and nothing of what a later list replaced')
  t.equal((await homesOf(later, ENERGY)).length, 2, 'whose notices stay')
})

t.test('a worker looks for runs that nobody was told of, and stops when it is asked to', async (t) => {
  await publish({ programme: CASH, units: heads.map(({ householdRef }, index) => ({ householdRef, status: 'selected', score: index })) })
  const told = await new Promise<object>((resolve) => {
    const log = { info: resolve, error: (_: object, message: string) => t.fail(message) }
    const work = workOnRunNotices(database, log, 10)
    t.teardown(work.stop)
  })
  t.match(told, { notices: Number })
  t.equal(await tell(), 0)
})
