/** Pages of a list that is longer than a block of traits, with any filters at once, held against plain SQL; and lists that were published before their units had traits. */
import fc from 'fast-check'
import t from 'tap'
import { migrate, readMigrations } from '../../../src/db/migrate.ts'
import { type ListFilters, listOfRun, listPage } from '../../../src/targeting/lists/list-store.ts'
import { shownPage } from '../../../src/targeting/lists/shown-page.ts'
import { officeOfLiwa } from '../../../src/targeting/branch-offices.ts'
import { STATUSES } from '../../../src/targeting/outcome.ts'
import { testDatabase } from '../../support/database.ts'
import { GOVERNORATES, type MadeUnit, PLACES, publishMade, startedRun } from '../support/published.ts'

const UNITS = 70_000
const FACTS = ['rooms', 'incomeMonthly', 'rare']

/** Spread as plain arithmetic spreads them: statuses in runs, governorates mixed, a fact that two units in all miss. */
const unit = (place: number): MadeUnit => {
  const area = (place * 7_919) % 13
  return {
    householdRef: 5_000_000 + ((place * 48_271) % 99_991) * 3,
    status: place < 20_000 ? 'selected' : place < 21_000 ? 'waitlisted' : 'left-out',
    ...(area < 3 ? { governorate: area, liwa: area, kada: area } : { governorate: area % 3 }),
    ...(place % 11 === 0 ? {} : { tier: place % 4 === 0 ? 0 : 254 }),
    ...(place % 9 === 0 ? {} : { percentile: 1 + Math.floor((place * 100) / UNITS) }),
    ...(place % 6 === 0
      ? { dependsOnMissing: true, missingFacts: place % 36_000 === 6 ** 4 * 6 ? FACTS : FACTS.slice(0, 1 + (place % 2)) }
      : {}),
  }
}

const database = await testDatabase(t)
const { pool } = database
const run = await startedRun(database)
await publishMade(database, run, [{ programme: 'cash', units: Array.from({ length: UNITS }, (_, place) => unit(place)) }])
const list = (await listOfRun(pool, run, 'cash'))?.number as number

const CONDITIONS: Readonly<Record<keyof ListFilters, string>> = {
  governorate: 'governorate = $',
  liwa: 'liwa = $',
  kada: 'kada = $',
  branchOffice: 'branch_office = $',
  status: 'status = $',
  tier: 'tier = $',
  percentileFrom: 'percentile >= $',
  percentileTo: 'percentile <= $',
  dependsOnMissing: 'depends_on_missing = $',
  missingFact: 'depends_on_missing and $ = any (missing_facts)',
  householdRef: 'household_ref = $',
}

async function plainPage(filters: ListFilters, after: number, limit: number): Promise<number[]> {
  const values: unknown[] = [list, after, limit]
  const conditions = Object.entries(filters).map(
    ([name, value]) => `and ${CONDITIONS[name as keyof ListFilters].replace('$', `$${values.push(value)}`)}`,
  )
  const { rows } = await pool.query<{ position: number }>(
    `select position from ranked_unit where list_number = $1 and position > $2 ${conditions.join(' ')} order by position limit $3`,
    values,
  )
  return rows.map(({ position }) => position)
}

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const filtersAsked = fc.record(
  {
    governorate: some([...GOVERNORATES, '99']),
    liwa: some(PLACES.liwa),
    kada: some(PLACES.kada),
    branchOffice: some(PLACES.liwa.map((liwa) => officeOfLiwa(liwa) as string)),
    status: some(STATUSES),
    tier: some([0, 1, 254]),
    percentileFrom: fc.integer({ min: 1, max: 100 }),
    percentileTo: fc.integer({ min: 1, max: 100 }),
    dependsOnMissing: fc.boolean(),
    missingFact: some([...FACTS, 'nobodys']),
    householdRef: fc.integer({ min: 0, max: UNITS - 1 }).map((place) => unit(place).householdRef),
  },
  { requiredKeys: [] },
)

t.test('any filters anywhere in the list', async (t) => {
  let found = 0
  const property = fc.asyncProperty(
    filtersAsked,
    fc.integer({ min: 0, max: UNITS }),
    fc.integer({ min: 1, max: 60 }),
    async (filters, after, limit) => {
      // Of many filters at once hardly any unit is left: two or three of them are what people ask for.
      const kept = Object.fromEntries(Object.entries(filters).slice(after % 5, (after % 5) + 3)) as ListFilters
      const page = await listPage(pool, list, kept, after, limit)
      found += page.length
      t.same(
        page.map(({ position }) => position),
        await plainPage(kept, after, limit),
        JSON.stringify({ ...kept, after, limit }),
      )
    },
  )
  await fc.assert(property, { numRuns: 150 })
  t.ok(found > 500, `${found} units found`)
})

t.test('a rare fact far behind, the two sides of a block, and the end of the list', async (t) => {
  for (const [filters, after] of [
    [{ missingFact: 'rare' }, 0],
    [{ missingFact: 'rare', status: 'left-out' }, 100],
    [{ status: 'left-out' }, 65_530],
    [{ status: 'left-out' }, 65_535],
    [{ status: 'left-out' }, 65_536],
    [{}, 65_530],
    [{ status: 'waitlisted', kada: '110101' }, 0],
    [{ status: 'selected' }, 30_000],
    [{ dependsOnMissing: false }, UNITS - 3],
    [{ dependsOnMissing: false }, UNITS],
  ] as const) {
    const page = await listPage(pool, list, filters, after, 20)
    t.same(
      page.map(({ position }) => position),
      await plainPage(filters, after, 20),
      JSON.stringify([filters, after]),
    )
  }
  t.equal((await listPage(pool, list, { missingFact: 'rare' }, 0, 20)).length > 0, true)
})

t.test('households of sheltered persons are passed over where an address is asked for, and the page is full all the same', async (t) => {
  const page = await listPage(pool, list, { kada: '110101' }, 0, 10)
  const hidden = page.slice(2, 5).map(({ householdRef }) => householdRef)
  await pool.query(
    `with own as (select ref, row_number() over () as person from unnest($1::bigint[]) ref),
       lives as (insert into household_member (household_ref, person_ref, is_head, relationship, basis, valid_from)
         select ref, person, true, 'head', 'booklet', '2020-01-01' from own)
     insert into warehouse.sheltered_person (id, person_ref, sheltered_by, entity) select gen_random_uuid(), person, 'test', 'MOSD' from own`,
    [hidden],
  )
  const asked = async (filters: ListFilters, limit: number): Promise<number[]> =>
    (await shownPage(pool, { list: { number: list, ofGovernorates: false }, filters, after: 0, limit, mayReadAddresses: false })).map(
      ({ householdRef }) => householdRef,
    )
  const shown = await asked({ kada: '110101' }, 10)
  t.equal(shown.length, 10)
  t.same(
    shown.filter((ref) => hidden.includes(ref)),
    [],
  )
  t.same(
    await asked({ status: 'selected' }, 10),
    (await listPage(pool, list, { status: 'selected' }, 0, 10)).map(({ householdRef }) => householdRef),
  )
})

t.test('where the governorate is unknown there is no rank in it', async (t) => {
  const ofOne = await testDatabase(t)
  const { pool: other } = ofOne
  const id = await startedRun(ofOne)
  await publishMade(ofOne, id, [
    {
      programme: 'cash',
      units: [
        { householdRef: 1, status: 'selected', score: 1 },
        { householdRef: 2, status: 'selected', score: 2, governorate: 0 },
      ],
    },
  ])
  await other.query(
    'begin; set local session_replication_role = replica; update ranked_unit set governorate_rank = 7; update ranked_unit set governorate = null where household_ref = 1; commit',
  )
  const number = (await listOfRun(other, id, 'cash'))?.number as number
  const units = await listPage(other, number, {}, 0, 5)
  t.match(units, [
    { governorate: null, governorateRank: null },
    { governorate: '11', governorateRank: 7 },
  ])
})

t.test('units of a household are found by their index from the moment on in which the list is published', async (t) => {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `explain select * from ranked_unit o where o.list_number = ${list} and o.household_ref = 5000003 limit 1`,
  )
  t.match(rows.map((row) => row['QUERY PLAN']).join('\n'), new RegExp(`Index Scan using ranked_unit_${list}_household_ref_idx .*rows=1 `))
})

t.test('what a list was published with never changes', async (t) => {
  for (const sql of ["update listed_trait set trait = 'status:nobody'", 'delete from listed_trait where block = 0'])
    await t.rejects(pool.query(sql), { code: '23001' }, sql)
})

t.test('traits that are not those of the units are noticed', async (t) => {
  await pool.query(`alter table listed_trait disable trigger user;
    update listed_trait set trait = 'kada:none' where trait = 'kada:120101'; update listed_trait set trait = 'kada:120101' where trait = 'kada:130101';
    alter table listed_trait enable trigger user`)
  await t.rejects(listPage(pool, list, { kada: '120101' }, 0, 5), /are not those of its units/)
  await pool.query(`alter table listed_trait disable trigger user;
    update listed_trait set trait = 'kada:130101' where trait = 'kada:120101'; update listed_trait set trait = 'kada:120101' where trait = 'kada:none';
    alter table listed_trait enable trigger user`)
})

t.test('a list that was published before gets the same traits, byte for byte, and loses its many indexes', async (t) => {
  const before = await testDatabase(t, { empty: true })
  const all = readMigrations()
  await migrate(
    before.pool,
    all.filter(({ name }) => name < '0036'),
  )
  for (const table of ['version_set', 'run', 'ranked_list', 'ranked_unit']) {
    if (table === 'ranked_unit')
      await before.pool.query(`create table ranked_unit_${list} partition of ranked_unit for values in (${list});
        create index on ranked_unit_${list} (list_number, tier, position) where tier is not null`)
    const { rows } = await pool.query<{ rows: string }>(`select json_agg(x)::text as rows from ${table} x`)
    await before.pool.query(`insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1)`, [
      rows[0]?.rows,
    ])
  }
  t.ok((await migrate(before.pool, all)).includes('0036_traits_of_listed_units.sql'))
  const hash =
    'select count(*)::int as traits, md5(string_agg(x::text, \'\' order by x.block, x.trait collate "C")) as hash from listed_trait x'
  const [there, here] = [(await before.pool.query(hash)).rows[0], (await pool.query(hash)).rows[0]]
  t.same(there, here)
  t.ok(here.traits > 100)
  const { rows: indexes } = await before.pool.query<{ text: string }>(
    'select indexdef as text from pg_indexes where tablename = $1 order by 1',
    [`ranked_unit_${list}`],
  )
  t.same(
    indexes.map(({ text }) => text.replace(/.* USING btree /, '')),
    ['(household_ref)', '(person_ref) WHERE (person_ref IS NOT NULL)', '(list_number, "position")'],
  )
  t.same(
    (await listPage(before.pool, list, { status: 'waitlisted', kada: '110101' }, 0, 5)).map(({ position }) => position),
    await plainPage({ status: 'waitlisted', kada: '110101' }, 0, 5),
  )
})

t.test('where the traits of a block are lost, whoever filters by them is told so, never that there is nobody', async (t) => {
  await pool.query(`create table lost as select * from listed_trait where list_number = ${list} and block = 1;
    alter table listed_trait disable trigger user; delete from listed_trait where list_number = ${list} and block = 1; alter table listed_trait enable trigger user`)
  t.teardown(() => pool.query('insert into listed_trait select * from lost; drop table lost'))
  for (const filters of [{ status: 'left-out' }, { status: 'selected' }, { kada: 'nowhere' }] as const)
    await t.rejects(listPage(pool, list, filters, 65_530, 20), /the traits of block 1 of list \d+ are missing/, JSON.stringify(filters))
  t.equal((await listPage(pool, list, { status: 'selected' }, 0, 20)).length, 20, 'what the first block tells is told')
  t.equal((await listPage(pool, list, {}, 65_530, 20)).length, 20, 'without filters no trait is asked for')
})

t.test('a list whose traits were not kept is not published; one without units has none', async (t) => {
  await pool.query(`create function lose_trait() returns trigger language plpgsql as 'begin return null; end';
    create trigger lose_trait before insert on listed_trait for each row execute function lose_trait()`)
  const units = [unit(1), unit(2)]
  const [empty, losing] = [await startedRun(database), await startedRun(database)]
  await t.rejects(
    publishMade(database, losing, [{ programme: 'losing', units }]),
    /the traits of list \d+ are missing: nothing is published/,
  )
  t.equal(await listOfRun(pool, losing, 'losing'), null)
  await publishMade(database, empty, [{ programme: 'empty', units: [] }])
  const nobody = (await listOfRun(pool, empty, 'empty'))?.number as number
  t.same(await listPage(pool, nobody, { status: 'selected' }, 0, 20), [])
  await pool.query('drop function lose_trait() cascade')
  await publishMade(database, losing, [{ programme: 'losing', units }])
  t.not(await listOfRun(pool, losing, 'losing'), null, 'the next attempt publishes it')
})
