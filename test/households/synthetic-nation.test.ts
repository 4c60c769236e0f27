/** A seeded population as the rest of the system finds it: tables, membership, states of registries, dirt, demonstration families. */
import t from 'tap'
import { findHousehold } from '../../src/households/find-household.ts'
import { seedDemonstration, seedPopulation } from '../../src/households/synthetic-nation.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { demonstrationFamilies, demonstrationNumber } from '../../src/warehouse/population/demonstration-families.ts'
import { dirt, registryStates } from '../../src/warehouse/population/dirt.ts'
import { loadPopulation } from '../../src/warehouse/population/load-population.ts'
import { NONE, type Person, personIndex, SLOTS } from '../../src/warehouse/population/person.ts'
import { openPopulation, syntheticKey } from '../../src/warehouse/population/population.ts'
import { has } from '../../src/warehouse/population/traits.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { testDatabase } from '../support/database.ts'

const asOf = '2026-01-15'
const households = 1_200

t.test('a seeded population', async (t) => {
  const database = await testDatabase(t)
  const { pool } = database
  const definitions = loadRegistryDefinitions()
  const seeded = await seedPopulation(database, { households, seed: 1, asOf })
  const all = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows

  await t.test('every registry has its rows and its state; one was never loaded, one is stale, one is in its grace', async (t) => {
    const states = new Map(
      (await all('SELECT registry, as_of, row_count, seq FROM warehouse.registry_state')).map((row) => [row.registry, row]),
    )
    t.equal(states.size, definitions.length - 1)
    t.notOk(states.has(registryStates.neverLoaded.registry))
    for (const { id, freshness } of definitions) {
      const state = states.get(id)
      const [{ count }] = await all(`SELECT count(*) FROM warehouse.${id}`)
      if (state === undefined) {
        t.equal(count, 0)
        continue
      }
      t.equal(state.row_count, count, id)
      const age = (dayNumber(asOf) as number) - (dayNumber(state.as_of) as number)
      if (id === registryStates.stale.registry) t.ok(age > freshness.maxAgeDays + freshness.graceDays, `${id} is stale`)
      else if (id === registryStates.inGrace.registry)
        t.ok(age > freshness.maxAgeDays && age <= freshness.maxAgeDays + freshness.graceDays, `${id} is in its grace`)
      else t.ok(age <= freshness.maxAgeDays, `${id} is fresh`)
    }
    const [{ seqs, last }] = await all('SELECT count(DISTINCT seq) AS seqs, max(seq) AS last FROM warehouse.registry_state')
    t.equal(seqs, states.size)
    t.equal(last, states.size, 'one sequence, without gaps in a new database')
    const [{ day }] = await all("SELECT max(as_of) AS day FROM warehouse.load WHERE kind = 'synthetic' AND loaded_at IS NOT NULL")
    t.equal(day, asOf)
  })

  await t.test('every value is one that its definition allows, as the loader would', async (t) => {
    for (const { id, columns } of definitions) {
      const faults = columns.flatMap(({ name, type, codes, min, max }) => [
        ...(type === 'category'
          ? [
              `(${name} IS NOT NULL AND ${name} <> ALL (ARRAY[${Object.keys(codes ?? {})
                .map((code) => `'${code}'`)
                .join()}]))`,
            ]
          : []),
        ...(min === undefined ? [] : [`${name} < ${min}`]),
        ...(max === undefined ? [] : [`${name} > ${max}`]),
        ...(type === 'person'
          ? [`(${name} IS NOT NULL AND NOT EXISTS (SELECT FROM warehouse.person p WHERE p.person_ref = r.${name}))`]
          : []),
      ])
      const unknown = '(NOT EXISTS (SELECT FROM warehouse.person p WHERE p.person_ref = r.person_ref))'
      t.same(await all(`SELECT * FROM warehouse.${id} r WHERE ${[...faults, unknown].join(' OR ')} LIMIT 3`), [], id)
    }
  })

  await t.test('membership by the rules is what the population was drawn with', async (t) => {
    const population = openPopulation({ households, seed: 1, asOfDay: dayNumber(asOf) as number, key: syntheticKey(1) })
    const drawn = new Map<number, number>()
    let doubled = 0
    for (let i = 0; i < households; i++) {
      const household = population.at(i)
      for (const person of household.persons.slice(0, household.members)) {
        drawn.set(person.ref, household.persons[0]?.ref as number)
        if (person.secondRecord !== NONE && person.slot > 1) doubled++
      }
    }
    const found = await all(
      `SELECT m.person_ref, h.person_ref AS head FROM household_member m JOIN household_member h ON h.household_ref = m.household_ref AND h.is_head`,
    )
    const same = found.filter((row) => drawn.get(row.person_ref) === row.head).length
    t.ok(
      same / drawn.size > 0.985,
      `${same} of ${drawn.size}; the rest is dirt: missing rows, deaths not yet registered, lost custody orders`,
    )
    const [{ several }] = await all(
      'SELECT count(*) AS several FROM (SELECT FROM household_member GROUP BY person_ref HAVING count(*) > 1) AS x',
    )
    t.ok(several <= doubled + 1, 'nobody counts in two but where registries truly conflict')
    const [{ dead }] = await all('SELECT count(*) AS dead FROM household_member JOIN warehouse.cspd_death_info USING (person_ref)')
    t.equal(dead, 0)
  })

  await t.test('the demonstration families are what their descriptions say', async (t) => {
    const find = (family: number, member: number) => findHousehold(pool, demonstrationNumber(family, member))
    t.match(await find(1, 1), { kind: 'found', isHead: true })
    t.match(await find(1, 2), { kind: 'dead' })
    const mother = await find(5, 1)
    t.match(await find(5, 2), {
      kind: 'found',
      householdRef: mother.kind === 'found' && mother.householdRef,
      relationship: 'child',
      basis: 'custody',
    })
    t.match(await find(7, 1), { kind: 'found', basis: 'residency' })
    t.same(await findHousehold(pool, '0000000899'), await find(8, 1))
    t.match(await find(9, 1), { kind: 'dead' })
    t.match(await find(9, 2), { kind: 'found', isHead: true })
    t.match(await find(10, 3), { kind: 'several-households' })
    t.match(await find(12, 1), { kind: 'no-household' })
    t.match(await find(15, 2), { kind: 'found', relationship: 'spouse', basis: 'residency' })
    t.same(await findHousehold(pool, '9999999999'), { kind: 'not-found' })
    t.equal(await findHousehold(pool, "1' OR '1'='1").then(({ kind }) => kind), 'not-found')
    const wages = await all(
      `SELECT count(*), count(gross_wage) AS known FROM warehouse.ssc_salaries JOIN identity.identifier USING (person_ref) WHERE number = $1`,
      [demonstrationNumber(4, 1)],
    )
    t.same(wages, [{ count: 12, known: 0 }], 'wages without an amount')
    const cars = await all(`SELECT model_year FROM warehouse.dvld_car_info JOIN identity.identifier USING (person_ref) WHERE number = $1`, [
      demonstrationNumber(3, 1),
    ])
    t.same(cars, [{ model_year: 2024 }])
    const living = demonstrationFamilies.flatMap(({ id, members }) => members.map((_, order) => demonstrationNumber(id, order + 1)))
    t.equal((await all('SELECT FROM identity.identifier WHERE number = ANY ($1)', [living])).length, living.length)
  })

  await t.test('true welfare stands for nearly every household, and only there', async (t) => {
    const [{ count, poorest, richest }] = await all(
      'SELECT count(*), min(percentile) AS poorest, max(percentile) AS richest FROM synthetic.true_welfare',
    )
    t.ok(count > households * 0.99)
    t.ok(poorest >= 0 && richest <= 1)
    t.same(await all("SELECT relname FROM pg_class WHERE relname LIKE 'welfare_of%'"), [])
  })

  await t.test('persons, counts and totals agree', async (t) => {
    const [{ persons, numbers }] = await all(
      'SELECT (SELECT count(*) FROM warehouse.person) AS persons, (SELECT count(DISTINCT person_ref) FROM identity.identifier) AS numbers',
    )
    t.equal(persons, seeded.persons)
    t.equal(numbers, persons)
    const [{ superseded }] = await all(
      'SELECT count(*) AS superseded FROM identity.identifier old JOIN identity.identifier now ON now.number = old.superseded_by AND now.person_ref = old.person_ref',
    )
    t.ok(
      superseded > persons * dirt.supersededNumbers * 0.3 && superseded < persons * dirt.supersededNumbers * 3,
      `${superseded} superseded numbers`,
    )
    const [{ next }] = await all("SELECT nextval('identity.person_counter') AS next")
    t.ok(next > personIndex(households + demonstrationFamilies.length, 0), 'new persons come after the synthetic ones')
    t.ok(next < (households + demonstrationFamilies.length + 2) * SLOTS)
  })

  await t.test('a filled database is refused, or replaced when asked to, with the same rows', async (t) => {
    await t.rejects(seedPopulation(database, { households, seed: 1, asOf }), /empty database/)
    t.equal(await seedDemonstration(database, { seedHouseholds: 10, seed: 1 }, asOf), null)
    const digest = `SELECT md5(string_agg(x::text, '' ORDER BY person_ref, registration_number)) AS md5 FROM (SELECT * FROM warehouse.dvld_car_info) AS x`
    const strip = async () =>
      (await all(digest.replace('SELECT *', 'SELECT person_ref, registration_number, model_year, estimated_value')))[0].md5
    const before = await strip()
    const members = await all('SELECT person_ref, household_ref FROM household_member ORDER BY 1, 2')
    t.same(await seedPopulation(database, { households, seed: 1, asOf, replace: true }), seeded)
    t.equal(await strip(), before)
    t.same(await all('SELECT person_ref, household_ref FROM household_member ORDER BY 1, 2'), members)
  })
})

t.test('a population that broke off half way is written anew', async (t) => {
  const database = await testDatabase(t)
  const definitions = loadRegistryDefinitions()
  const request = { households: 60, seed: 2, asOfDay: dayNumber(asOf) as number, definitions, connections: 4 }
  await loadPopulation(database, request)
  t.equal((await database.pool.query('SELECT FROM warehouse.registry_state')).rowCount, 0, 'nothing counts as loaded yet')
  const broken = loadPopulation(database, {
    ...request,
    observe: () => {
      throw new Error('disk full')
    },
  })
  await t.rejects(broken, /disk full/)
  const seeded = await seedDemonstration(database, { seedHouseholds: 60, seed: 2 }, asOf)
  t.equal(seeded?.households, 60 + demonstrationFamilies.length)
  t.equal((await database.pool.query('SELECT FROM warehouse.registry_state')).rowCount, definitions.length - 1)
  t.match(await findHousehold(database.pool, demonstrationNumber(1, 1)), { kind: 'found' })
})

t.test('dirt occurs at its stated rates (20,000 households)', async (t) => {
  const asOfDay = dayNumber(asOf) as number
  const population = openPopulation({ households: 20_000, seed: 11, asOfDay, key: syntheticKey(11) })
  const count = {
    deaths: 0,
    late: 0,
    wives: 0,
    wivesTwice: 0,
    children: 0,
    childrenTwice: 0,
    withoutBooklet: 0,
    widows: 0,
    notRenewed: 0,
    jordanian: 0,
    lately: 0,
    unregistered: 0,
  }
  for (let i = 0; i < 20_000; i++) {
    const household = population.at(i)
    if (!household.jordanian) continue
    count.jordanian++
    for (const person of household.persons.slice(0, household.count) as Person[]) {
      if (person.deathDay !== NONE) {
        count.deaths++
        if (person.deathRegisteredDay - person.deathDay > 60) count.late++
        if (!has(person, 'deceased')) count.unregistered++
        if (person.record !== NONE && person.slot > 17) count.lately++
      } else if (person.slot === 1 && person.fatherRef !== NONE) {
        count.wives++
        if (person.secondRecord !== NONE) count.wivesTwice++
      } else if (has(person, 'child')) {
        count.children++
        if (person.secondRecord !== NONE) count.childrenTwice++
        if (person.record === NONE) count.withoutBooklet++
      }
    }
    if (has(household.persons[0] as Person, 'widowed') && household.persons[0]?.female) {
      count.widows++
      if (household.persons[0]?.recordRole === 1) count.notRenewed++
    }
  }
  const near = (share: number, stated: number, note: string) =>
    t.ok(share > stated * 0.7 && share < stated * 1.3, `${note}: ${share.toFixed(5)}, stated ${stated}`)
  near(count.late / count.deaths, dirt.lateDeaths, 'late deaths')
  near(count.childrenTwice / count.children, dirt.childrenOnTwoBooklets, 'children on two booklets')
  near(count.withoutBooklet / count.children, dirt.withoutBooklet, 'on no booklet')
  near(count.notRenewed / count.widows, dirt.bookletsNotRenewed, 'booklets not renewed')
  near(count.lately / count.jordanian, dirt.deadOnBooklet, 'dead on the booklet')
  t.ok(
    count.wivesTwice > 0 && count.wivesTwice / count.wives < dirt.wivesOnTwoBooklets * 1.1,
    'wives on two booklets: of those whose father lives',
  )
  t.ok(count.unregistered > 0 && count.unregistered / count.deaths < dirt.lateDeaths)
})
