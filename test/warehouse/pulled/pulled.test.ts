/** A registry that is asked live, from its definition to a determination, against a service bus that delays, fails and answers garbage. */
import { join } from 'node:path'
import t from 'tap'
import { refreshReplica } from '../../../src/households/nation/refresh-replica.ts'
import { assembleHousehold } from '../../../src/households/assemble.ts'
import { expireAnswers } from '../../../src/households/expire-answers.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { agesOf, registriesOf } from '../../../src/warehouse/definitions/registries-in-force.ts'
import { circuit } from '../../../src/warehouse/pulled/circuit.ts'
import { gate } from '../../../src/warehouse/pulled/gate.ts'
import { openReplica } from '../../../src/warehouse/replica/open-replica.ts'
import type { RegistryDefinition } from '../../../src/warehouse/registry-definition.ts'
import { assembleNation } from '../../households/nation/bulk-assembly.ts'
import { authoringApp } from '../../programmes/authoring/support.ts'
import { AS_OF, type Numbered, seededApp } from '../../support/seeded-app.ts'
import { beehives, keepers } from '../definitions/beehives.ts'
import { authorHives } from '../definitions/author-hives.ts'
import { type Mode, serviceBus } from './service-bus.ts'

const bus = await serviceBus(t)
const service = await seededApp(t, 10, { MIZAN_DATA_DIR: t.testdir(), SERVICE_BUS_URL: `${bus.url}/`, SERVICE_BUS_TOKEN: 'bus-token' })
const { database, heads, membersOf, get, post, logged } = service
const head = heads[0] as Numbered
const family = await membersOf(head.householdRef)
const ID = 'bka_beehives'

const pulled = () => {
  const definition = beehives()
  definition.columns.pop()
  return {
    ...definition,
    delivery: 'pulled',
    connector: {
      operation: 'BKA.GetBeehivesByNationalNo',
      path: '/bka/beehives',
      numberField: 'nationalNo',
      rowsAt: '/result',
      columns: { hives: '/counts/hives', counted_on: '/counted_on' },
      notFound: { at: '/status', equals: 'NOT_FOUND' },
      // The bus answers after 20 ms; this process may be busy longer than that with something else.
      timeoutMs: 1_500,
      timeToLiveMinutes: 60,
      callsAtOnce: 2,
    },
  }
}
/** As if the head had been answered about long ago, and nobody else. */
const age = () => database.pool.query(`update warehouse.${ID}_answers set answered_at = 0 where person_ref = $1`, [head.personRef])
async function energyOf(number = head.number) {
  const answer = await post('/v1/determinations', { nationalId: number, asOf: AS_OF, store: true })
  t.equal(answer.statusCode, 201, answer.body)
  return answer.json().programmes.find(({ programme }: { programme: string }) => programme === 'energy-support')
}
const explained = async (energy: { determinations: { id: string }[] }, language = 'en'): Promise<string> =>
  (await get(`/v1/determinations/${energy.determinations[0]?.id}/explanation`, { 'accept-language': language })).body
async function asked(work: () => Promise<unknown>): Promise<number> {
  const before = bus.asked.length
  await work()
  return bus.asked.length - before
}

t.test('a connector reaches one operation of the bus and nothing else', async (t) => {
  t.equal((await post('/v1/entities', keepers)).statusCode, 201)
  const spoilt: [(definition: ReturnType<typeof pulled>) => void, string][] = [
    [(d) => (d.connector.path = '//evil.example/x'), '/definition/connector/path'],
    [(d) => (d.connector.path = '/bka/../admin'), '/definition/connector/path'],
    [(d) => (d.connector.path = '/bka?number=1'), '/definition/connector/path'],
    [(d) => (d.connector.rowsAt = 'result'), '/definition/connector/rowsAt'],
    [(d) => (d.connector.timeoutMs = 60_000), '/definition/connector/timeoutMs'],
    [(d) => delete (d.connector.columns as Partial<typeof d.connector.columns>).hives, '/definition/connector/columns'],
    [(d) => delete (d as Partial<typeof d>).connector, '/definition/connector'],
    [(d) => (d.columns[1].type = 'person'), '/definition/columns/1/type'],
  ]
  for (const [spoil, pointer] of spoilt) {
    const definition = pulled()
    spoil(definition)
    const told = (await post('/v1/registries', { definition })).json()
    t.equal(told.code, 'registry-definition-refused')
    t.ok(
      told.errors.some((one: { pointer: string }) => one.pointer === pointer),
      `${pointer}: ${JSON.stringify(told.errors)}`,
    )
  }
})

t.test('defined and drawn from; members are asked about once, together, and by their numbers in bodies only', async (t) => {
  t.equal((await post('/v1/registries', { definition: pulled() })).statusCode, 201)
  await authorHives(await authoringApp(t, database))
  bus.hives.set(head.number, 12)
  const all = await asked(async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => energyOf()))
    t.same([...new Set(outcomes.map(({ outcome }) => outcome))], ['ineligible'])
    t.match(JSON.stringify(outcomes[0]), /Beehives of the household: 12 hives/)
    t.match(await explained(outcomes[0]), /Beehives of the household: 12 hives \(Beehives, as of/)
  })
  const jordanians = await database.pool.query('select from warehouse.person where person_ref = any ($1) and is_jordanian', [
    family.map(({ personRef }) => personRef),
  ])
  t.equal(all, jordanians.rowCount, 'each member that the registry covers once')
  t.ok(bus.most <= 2, `${bus.most} calls at one time`)
  t.equal(await asked(() => energyOf()), 0, 'what was answered lately is not asked again')
  for (const { url, headers } of bus.asked) {
    t.equal(url, '/bka/beehives')
    t.match(headers, /Bearer bus-token/)
    for (const { number } of family) t.notOk(headers.includes(number))
  }
})

t.test('whoever has none is known to have none; no answer is unknown, never zero, and the reason is told', async (t) => {
  await age()
  bus.mode = 'not-found'
  const none = await energyOf()
  t.equal(none.outcome, 'eligible', 'as before there was such a condition')
  const reasons: [Mode, RegExp, RegExp][] = [
    ['late', /no answer about 1 of the members \(it did not answer in time\)/, /لم يرد الجواب في المهلة/],
    ['failing', /\(the call was refused\)/, /رُفض الطلب/],
    ['hangs-up', /\(the call was refused\)/, /رُفض الطلب/],
    ['elsewhere', /\(the call was refused\)/, /رُفض الطلب/],
    ['garbage', /\(the answer could not be read\)/, /تعذرت قراءة الرد/],
    ['wrong-row', /\(the answer could not be read\)/, /تعذرت قراءة الرد/],
    ['huge', /\(the answer could not be read\)/, /تعذرت قراءة الرد/],
  ]
  for (const [mode, english, arabic] of reasons) {
    await age()
    bus.mode = mode
    const energy = await energyOf()
    t.equal(energy.outcome, 'undetermined', mode)
    t.match(await explained(energy), english)
    t.match(await explained(energy, 'ar'), arabic)
    bus.mode = 'well'
    t.equal((await energyOf()).outcome, 'ineligible', 'asked again, it answers: there is nothing to wait for')
  }
})

t.test('while the circuit is open nobody is asked, which metrics show', async (t) => {
  bus.mode = 'failing'
  await age()
  for (let n = 0; n < 5; n++) await energyOf()
  t.equal(await asked(() => energyOf()), 0)
  t.match(await explained(await energyOf()), /it was not asked, since it keeps failing/)
  const metrics = (await get('/metrics')).body
  t.match(metrics, `mizan_pulled_circuit_state{registry="${ID}",state="open"} 1`)
  t.match(metrics, /mizan_pulled_calls_total\{registry="bka_beehives",outcome="timed-out"\} [1-9]/)
  t.match(metrics, /mizan_pulled_calls_total\{registry="bka_beehives",outcome="circuit-open"\} [1-9]/)
})

t.test('bulk reads the answers that there are, as online does; answers past their age go, with their rows', async (t) => {
  const asOf = dayNumber(AS_OF) as number
  const { catalogue } = await versionsOf(database).inForce(asOf)
  const registries = registriesOf(database)
  const freshness = await agesOf(registries)()
  const slot = catalogue.household.slot('beehivesOwned') as number
  const replica = await openReplica({ file: join(t.testdir(), 'r.duckdb'), memoryMb: 256, threads: 1 }, 'write')
  const { rows: states } = await database.pool.query<{ registry: string }>('select registry from warehouse.registry_state')
  const usable = new Set(states.map(({ registry }) => registry))
  const known = async (): Promise<number> => {
    await refreshReplica({ database, catalogue, connection: replica.connection, file: join(t.testdir(), 'r') })
    const nation = await assembleNation(replica.connection, { catalogue, asOf, usable, size: 50 })
    let count = 0
    for (const [householdRef, { household }] of nation) {
      const alone = await assembleHousehold({ database, catalogue, freshness }, { householdRef, asOf })
      const [a, b] = [alone?.household, household].map((values) => `${values?.lo[slot]}..${values?.hi[slot]}`)
      t.equal(a, b, `household ${householdRef}`)
      if (household.lo[slot] === household.hi[slot]) count++
    }
    return count
  }
  t.ok((await known()) > 0, 'households whose members answered are known')
  const definition = (await registries.one(ID)) as RegistryDefinition
  const answered = dayNumber(new Date().toISOString().slice(0, 10)) as number
  t.equal(await expireAnswers(database, [definition], answered + 515), 0, 'in grace')
  t.ok((await expireAnswers(database, [definition], answered + 525)) > 0)
  t.equal((await database.pool.query(`select from warehouse.${ID}`)).rowCount, 0)
  t.equal(await known(), 0, 'and of nobody it is taken for none')
  replica.close()
})

t.test('such a registry takes no deliveries, and its answers none either; no number is in a log', async (t) => {
  for (const id of [ID, `${ID}_answers`]) {
    const told = await service.app.inject({
      method: 'POST',
      url: `/v1/registries/${id}/loads?delivery=x&asOf=${AS_OF}`,
      headers: { ...service.headers, 'content-type': 'text/csv' },
      payload: 'national_number,hives\n',
    })
    t.match(told.json(), { code: 'registry-pulled', status: 409 })
  }
  t.notOk(logged().includes('bus-token'))
  for (const { number } of [...heads, ...family]) t.notOk(logged().includes(number))
})

t.test('a circuit opens after failures in a row, lets one through, and closes when that one succeeds', async (t) => {
  let now = 0
  const one = circuit({ failures: 3, openMs: 100, now: () => now })
  for (let n = 0; n < 2; n++) one.failed()
  one.succeeded()
  for (let n = 0; n < 3; n++) t.ok(one.tryPass())
  for (let n = 0; n < 3; n++) one.failed()
  t.same([one.state(), one.tryPass()], ['open', false])
  now = 100
  t.same([one.state(), one.tryPass(), one.tryPass()], ['half-open', true, false], 'one at a time')
  one.failed()
  t.same([one.state(), one.tryPass()], ['open', false])
  now = 200
  t.ok(one.tryPass())
  one.succeeded()
  t.same([one.state(), one.tryPass(), one.tryPass()], ['closed', true, true])
})

t.test('a gate lets the next one in when somebody leaves, and nobody twice', async (t) => {
  const door = gate(1)
  const leave = await door.enter(10)
  t.equal(await door.enter(5), null, 'nobody left in time')
  const next = door.enter(1_000)
  leave?.()
  leave?.()
  t.type(await next, 'function')
  t.equal(await door.enter(5), null, 'the place is taken')
})
