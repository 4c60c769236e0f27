/** Where a sheltered person lives is in no list, file, query or explanation, and neither a condition, an order nor a filter finds it. */
import t from 'tap'
import { decideGrant, insertGrant } from '../../src/access/grants/grant-store.ts'
import { openGrants } from '../../src/access/grants/open-grants.ts'
import type { EntityPool } from '../../src/access/grants/wall/entity-connections.ts'
import { followTable } from '../../src/app/follow-table.ts'
import { shelteredPersons } from '../../src/warehouse/sheltered.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { withEveryFact, withEveryList } from '../support/granted.ts'
import { application } from '../support/seeded-app.ts'
import { definitions, rightsTo } from '../queries/rights.ts'
import { GOVERNORATES, publishMade, startedRun } from '../targeting/support/published.ts'
import { protectionApp } from './support.ts'

const granted = (entity: string) => rightsTo(entity, { cspd_personal_address: 'all', cspd_personal_info: 'all' }, { kind: 'listing' })
const service = await protectionApp(t, 14, {}, (database) => ({
  rights: async (entity) => granted(entity),
  reported: async (entity) => withEveryList(withEveryFact(granted(entity))),
  connectionOf: async () => database.pool,
}))
const { post, get, heads, keyWith, database, membersOf, events } = service
const { pool } = database
// Cases of the seed would be found too.
await pool.query("update warehouse.mosd_social_cases set status = 'closed'")
const jordanian = (
  await pool.query<{ person_ref: number; governorate_code: string }>(
    'select person_ref, governorate_code from warehouse.cspd_personal_address where governorate_code is not null',
  )
).rows
const placed = heads.filter(({ personRef }) => jordanian.some((row) => row.person_ref === personRef))
const [her, other] = placed as [(typeof heads)[number], (typeof heads)[number]]
const governorateOf = (personRef: number): string => jordanian.find((row) => row.person_ref === personRef)?.governorate_code as string
const agency = await keyWith(
  'queries:write',
  'queries:run',
  'queries:read',
  'ranked-lists:read',
  'determinations:write',
  'determinations:read',
  'applications:write',
  'runs:read',
)
const others = { headers: agency }
const run = await startedRun(database)
await publishMade(database, run, [
  {
    programme: 'cash',
    units: [her, other].map(({ householdRef }, index) => ({
      householdRef,
      status: 'selected',
      governorate: index,
      liwa: index,
      kada: index,
      score: index + 1,
    })),
  },
])

const address = 'cspd_personal_address.governorate_code'
const query = async (definition: object) => {
  const base = {
    name: { en: 'Addresses', ar: 'العناوين' },
    purpose: 'planning visits',
    registries: ['cspd_personal_address', 'cspd_personal_info'],
  }
  const answer = await post('/v1/queries/run', { definition: { ...base, limit: 500, ...definition }, parameters: {} }, others.headers)
  t.equal(answer.statusCode, 200, answer.body)
  return answer.json().rows as Record<string, unknown>[]
}
const listed = async (url = '', headers: Record<string, string> = others.headers) =>
  (await get(`/v1/runs/${run}/programmes/cash/ranked-list${url}`, headers)).json().units as Record<string, unknown>[]

const known = async (): Promise<number> => (await query({ columns: [address] })).filter((row) => row[address] !== null).length
const hers = { fact: address, operator: 'equal', value: governorateOf(her.personRef) }
const found = async (): Promise<number> => (await query({ columns: ['cspd_personal_info.gender'], where: { all: [hers] } })).length

/** What a query about one person by number tells of the address. */
const ofNumber = async (nationalId: string): Promise<unknown> => {
  const definition = {
    name: { en: 'An address', ar: 'عنوان' },
    purpose: 'planning a visit',
    registries: ['cspd_personal_address'],
    columns: [address],
    parameters: [{ id: 'who', type: 'nationalId' }],
  }
  return (await post('/v1/queries/run', { definition, parameters: { who: nationalId } }, others.headers)).json().rows[0]?.[address]
}
const household = await membersOf(her.householdRef)
const livingThere = jordanian.filter((row) => household.some(({ personRef }) => personRef === row.person_ref))
const housemate = household.find(
  ({ personRef }) => personRef !== her.personRef && livingThere.some((row) => row.person_ref === personRef),
) as (typeof household)[number]

t.test('an officer’s word holds at once, for queries, lists and files, and ends', async (t) => {
  const before = { known: await known(), found: await found() }
  t.match(await listed(), [{ governorate: '11', liwa: '1101' }, { governorate: '12' }])
  t.equal((await post('/v1/sheltered-persons', { nationalIds: [her.number] })).statusCode, 204)
  t.equal((await post('/v1/sheltered-persons', { nationalIds: [her.number] })).statusCode, 204, 'twice is no fault')
  const nearby = livingThere.filter((row) => row.governorate_code === governorateOf(her.personRef)).length
  t.ok(nearby > 1, 'who lives with her has the same address')
  t.same({ known: await known(), found: await found() }, { known: before.known - livingThere.length, found: before.found - nearby })
  t.equal(await ofNumber(housemate.number), null)
  t.equal(await ofNumber(other.number), governorateOf(other.personRef))
  const last = (await query({ columns: ['cspd_personal_info.gender', address], order: [{ by: address, direction: 'descending' }] })).at(-1)
  t.equal(last?.[address], null, 'where it is not known it stands last, whatever it is')
  const groups = await query({ columns: undefined, groupBy: [address], aggregates: [{ id: 'n', function: 'count', of: address }] })
  t.equal(groups.length > 0, true)
  const [unit, neighbour] = await listed()
  t.match(unit, {
    householdRef: her.householdRef,
    governorate: null,
    liwa: null,
    kada: null,
    branchOffice: null,
    governorateRank: null,
    status: 'selected',
  })
  t.match(neighbour, { governorate: '12' })
  t.same(await listed('?governorate=11'), [], 'a filter does not find it')
  t.equal((await listed('?governorate=12')).length, 1)
  const csv = await get(`/v1/runs/${run}/programmes/cash/ranked-list.csv`, others.headers)
  t.notMatch(csv.body, /1101/)
  t.match(csv.body, /1201/)
  t.match(await listed('', service.headers), [{ governorate: '11', liwa: '1101' }, {}], 'whoever has the permission sees it')
  t.equal((await post('/v1/sheltered-persons/end', { nationalIds: [her.number] })).statusCode, 204)
  t.match((await post('/v1/sheltered-persons/end', { nationalIds: [her.number] })).json(), {
    code: 'not-sheltered',
    pointer: '/nationalIds/0',
  })
  t.same({ known: await known(), found: await found() }, before)
  t.equal(await ofNumber(housemate.number), governorateOf(housemate.personRef))
  t.match(await events('address.kept'), [{ personRef: her.personRef, outcome: 'kept' }, {}, { outcome: 'ended' }])
})

t.test('all the numbers are known, or nobody is sheltered', async (t) => {
  const refused = await post('/v1/sheltered-persons', { nationalIds: [her.number, '0000000000'] })
  t.match(refused.json(), { code: 'person-not-found', pointer: '/nationalIds/1' })
  t.same([...(await shelteredPersons(pool, null))], [])
  t.match((await post('/v1/sheltered-persons', { nationalIds: ['12'] })).json(), { code: 'national-id-malformed' })
})

t.test('a case of the ministry that is open does the same, and one that is closed does not', async (t) => {
  const add = (status: string, kind = 'protection') =>
    pool.query(
      `insert into warehouse.mosd_social_cases (person_ref, case_no, kind, status, load_id, seq) values ($1, 'SC-X', $2, $3, 1, 1)
       on conflict (person_ref, case_no) do update set status = excluded.status, kind = excluded.kind`,
      [her.personRef, kind, status],
    )
  await add('closed')
  t.same([...(await shelteredPersons(pool, null))], [])
  await add('open', 'visit')
  t.same([...(await shelteredPersons(pool, null))], [])
  await add('open')
  t.same([...(await shelteredPersons(pool, null))], [her.personRef])
  t.same([...(await shelteredPersons(pool, [other.personRef]))], [])
  t.same(await listed('?liwa=1101'), [])
  // A definition that no longer says so takes it back; tables of others are left alone.
  const without = definitions.filter(({ id }) => id === 'mosd_social_cases').map(({ shelters: _shelters, ...definition }) => definition)
  await ensureRegistryTables(database, without)
  t.same([...(await shelteredPersons(pool, null))], [])
  await ensureRegistryTables(database, definitions)
  t.same([...(await shelteredPersons(pool, null))], [her.personRef])
})

t.test('of the household nobody but who is sheltered is told where it lives', async (t) => {
  const answer = await post('/v1/determinations', { nationalId: her.number, store: true }, others.headers)
  t.equal(answer.statusCode, 201)
  const { rows: ids } = await pool.query<{ id: string }>(
    'select d.id from determination d join fact_snapshot s on s.id = d.snapshot_id where s.household_ref = $1 and d.person_ref is null',
    [her.householdRef],
  )
  const address = definitions.find(({ id }) => id === 'cspd_personal_address')
  const { codes } = address?.columns.find(({ name }) => name === 'governorate_code') ?? {}
  const governorate = codes?.[governorateOf(her.personRef)]?.en as string
  /** Whether an explanation to the head names the governorate. */
  const isTold = async (headers: Record<string, string>): Promise<boolean> => {
    const explain = ({ id }: { id: string }) => post(`/v1/determinations/${id}/explanation?lang=en`, { nationalId: her.number }, headers)
    const answers = await Promise.all(ids.map(explain))
    t.ok(answers.every(({ statusCode }) => statusCode === 200))
    return answers.some(({ body }) => body.includes(governorate))
  }
  t.equal(await isTold(others.headers), true, 'the head is sheltered: to herself it is told')
  const member = (await membersOf(her.householdRef)).find(({ personRef }) => personRef !== her.personRef) as { number: string }
  await pool.query("update warehouse.mosd_social_cases set status = 'closed'")
  await post('/v1/sheltered-persons', { nationalIds: [member.number] })
  t.equal(await isTold(others.headers), false, 'another member is: to the head it is not')
  t.equal(await isTold(service.headers), true, 'nor is it kept from whoever has the permission')
  const posted = await post('/v1/applications', application(her.number), {
    ...others.headers,
    'idempotency-key': '01a20ae3-5581-4377-9bfe-7dbbb80314a9',
  })
  t.equal(posted.statusCode, 201)
  t.notOk(posted.body.includes(governorate), 'nor in the answer to an application')
})

t.test('PostgreSQL keeps it from an entity whatever the service asks: registries and lists, conditions and orders', async (t) => {
  const grants = openGrants(database, { dataDirectory: t.testdir(), timeZone: 'Asia/Amman', entityPoolSize: 1 })
  t.teardown(grants.close)
  const places = ['governorate', 'liwa', 'kada', 'branch_office', 'governorate_rank']
  const given: readonly (readonly [string, string, readonly string[]])[] = [
    ['CSPD', 'cspd_personal_address', ['governorate_code', 'liwa_code']],
    ['NAF', 'list:cash', ['household_ref', 'status', ...places]],
  ]
  await database.transaction(async ({ client }) => {
    for (const [custodian, registry, items] of given) {
      const why = { purpose: 'a test', legalBasis: 'a law', illustrative: false, from: '2020-01-01', to: null, requestedBy: 'a' }
      const grant = { consumer: 'GAM', custodian, registry, items, rows: { kind: 'listing' as const }, decideOnly: false, ...why }
      await decideGrant(client, { id: await insertGrant(client, grant), status: 'approved', by: 'b', note: null })
    }
    await grants.reconcile(client, 'GAM')
  })
  const { schema, connect } = (await grants.connectionOf('GAM')) as EntityPool
  const client = await connect()
  t.teardown(() => client.release())
  const seen = async (sql: string): Promise<Record<string, unknown>[]> => (await client.query(sql.replaceAll('$', `"${schema}"`))).rows
  const ofHer = `select governorate_code as g, liwa_code as l from $.cspd_personal_address where person_ref = ${her.personRef}`
  const unit = `select ${places.join(', ')} from $."list:cash" where household_ref = ${her.householdRef}`
  await pool.query("update warehouse.mosd_social_cases set status = 'closed'")
  await pool.query('update warehouse.sheltered_person set ended_at = now(), ended_by = $1 where ended_at is null', ['x'])
  t.match(await seen(ofHer), [{ g: governorateOf(her.personRef) }])
  t.match(await seen(unit), [{ governorate: '11', liwa: '1101', kada: '110101' }])
  t.equal((await post('/v1/sheltered-persons', { nationalIds: [her.number] })).statusCode, 204)
  t.same(await seen(ofHer), [{ g: null, l: null }])
  const ofHousemate = `select governorate_code as g from $.cspd_personal_address where person_ref = ${housemate.personRef}`
  t.same(await seen(ofHousemate), [{ g: null }], 'nor by who lives with her')
  t.same(await seen(unit), [Object.fromEntries(places.map((place) => [place, null]))])
  t.same(await seen(`${ofHer} and governorate_code is not null`), [], 'no condition finds it')
  t.same(await seen('select household_ref from $."list:cash" where governorate = \'11\''), [], 'nor one on the list')
  t.match(
    await seen('select governorate from $."list:cash" where governorate is not null'),
    [{ governorate: '12' }],
    'of others it is told',
  )
  await t.rejects(seen('select 1 from warehouse.sheltered'), { code: '42501' }, 'nor who is sheltered')
  await t.rejects(seen('select 1 from sheltered_household'), { code: '42501' })
  const before = (await seen('select 1 from $.cspd_personal_address where governorate_code is null')).length
  // A column that becomes an address at run time is one at once.
  const definition = definitions.find(({ id }) => id === 'cspd_personal_address') as (typeof definitions)[number]
  const marked = (address: boolean) => ({
    ...definition,
    columns: definition.columns.map(({ address: _, ...column }) => (address ? { ...column, address: true as const } : column)),
  })
  await database.transaction(({ client: own }) => followTable(own, marked(false), grants))
  t.match(await seen(ofHer), [{ g: governorateOf(her.personRef) }])
  await database.transaction(({ client: own }) => followTable(own, marked(true), grants))
  t.equal((await seen('select 1 from $.cspd_personal_address where governorate_code is null')).length, before)
})

t.test('the list of a run about some governorates names nobody sheltered, nor does anything that is told of it', async (t) => {
  const filler = 9_000_000
  const ofPlace = async (governorate: string, refs: readonly number[]): Promise<string> => {
    const id = await startedRun(database, undefined, JSON.stringify({ population: 'residents', governorates: [governorate] }))
    const units = refs.map((householdRef) => ({
      householdRef,
      status: 'selected' as const,
      governorate: GOVERNORATES.indexOf(governorate),
    }))
    await publishMade(database, id, [{ programme: 'cash', units }])
    return id
  }
  const [here, there] = [await ofPlace('11', [her.householdRef, filler, filler + 1]), await ofPlace('12', [other.householdRef])]
  const explaining = { headers: await keyWith('ranked-lists:read', 'ranked-lists:explain') }
  const path = `/v1/runs/${here}/programmes/cash`
  const refs = async (url: string, headers: Record<string, string> = others.headers) => {
    const { units, next } = (await get(`${path}/ranked-list${url}`, headers)).json()
    return { refs: units.map(({ householdRef }: { householdRef: number }) => householdRef), isAll: next === null }
  }
  const compared = async (a: string, b: string, headers: Record<string, string> = others.headers) => {
    const { counts, changes } = (await get(`/v1/runs/${a}/programmes/cash/comparison?with=${b}`, headers)).json()
    return { counts, refs: changes.map(({ householdRef }: { householdRef: number }) => householdRef) }
  }
  const codeOf = async (id: string): Promise<string> =>
    (await post(`/v1/runs/${id}/explanations`, { programme: 'cash', householdRef: her.householdRef }, explaining.headers)).json().code
  await pool.query('update warehouse.sheltered_person set ended_at = now(), ended_by = $1 where ended_at is null', ['x'])
  t.same((await refs('')).refs, [her.householdRef, filler, filler + 1])
  t.match(await compared(here, there), { counts: { entered: 3, left: 1 } })
  t.equal((await post('/v1/sheltered-persons', { nationalIds: [her.number] })).statusCode, 204)
  t.same(await refs(''), { refs: [filler, filler + 1], isAll: true })
  t.same(await refs('?limit=1'), { refs: [filler], isAll: false }, 'a page is full all the same')
  t.same((await refs(`?householdRef=${her.householdRef}`)).refs, [])
  t.same((await refs('?status=selected')).refs, [filler, filler + 1])
  t.same((await refs('', service.headers)).refs, [her.householdRef, filler, filler + 1], 'whoever has the permission sees it')
  const csv = await get(`${path}/ranked-list.csv?fields=householdRef`, others.headers)
  t.same(csv.body.trim().split('\r\n').slice(1), [String(filler), String(filler + 1)])
  t.same(await compared(here, there), {
    counts: { entered: 2, left: 1, moved: 0, statusChanged: 0, same: 0 },
    refs: [filler, filler + 1, other.householdRef],
  })
  t.match(await compared(there, here), { counts: { entered: 1, left: 2 }, refs: [other.householdRef, filler, filler + 1] })
  t.match(await compared(run, here), { counts: { entered: 1, left: 2 } }, 'nor between the nation and a place')
  t.match(await compared(here, there, service.headers), { counts: { entered: 3 } })
  t.equal(await codeOf(here), 'unit-not-in-run')
  t.equal(await codeOf(there), 'unit-not-in-run')
  const atPosition = async (position: number): Promise<string> =>
    (await get(`${path}/ranked-list/${position}`, explaining.headers)).json().code
  t.equal(await atPosition(1), 'unit-not-in-list')
  t.equal(await atPosition(1), await atPosition(9))
  t.not(await atPosition(2), 'unit-not-in-list')
  t.equal((await post('/v1/sheltered-persons/end', { nationalIds: [her.number] })).statusCode, 204)
})

t.test('nothing of it is in the log', async (t) => t.notMatch(service.logged(), her.number))
