/** A simulation on an uploaded sample through the API: asked for, performed, told with its provenance, computed again; samples of others are not there. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { allPermissions } from '../../../src/access/permissions.ts'
import { verifySimulation } from '../../../src/simulation/verify-simulation.ts'
import { askedSimulations, type Simulation } from '../support/asked-simulations.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from '../support/seeded-laboratory.ts'

const seeded = await seededLaboratory(t, 150)
const { app, database, get, headers, laboratory, post } = seeded
const { ask, ended, worker } = askedSimulations(seeded)

const declaration = {
  name: 'Survey',
  source: 'Household survey 2027, made for a test',
  synthetic: true,
  columns: { welfare: 'exp', weight: 'w', facts: { householdSize: 'size', headIsJordanian: 'citizen', governorate: 'gov' } },
}
/** Forty rows, the welfare of which rises; every fourth of a head who is no citizen. */
const file = [
  'exp,w,size,citizen,gov',
  ...Array.from({ length: 40 }, (_, row) => `${20 + 5 * row}.5,${1 + (row % 3)},${1 + (row % 6)},${row % 4 !== 0},${row % 2 ? 11 : 21}`),
].join('\n')
const declared = async (): Promise<string> => (await post('/v1/reference-samples', declaration)).json<{ readonly id: string }>().id
const sample = await declared()
const sent = await app.inject({
  method: 'PUT',
  url: `/v1/reference-samples/${sample}/rows`,
  payload: file,
  headers: { ...headers, 'content-type': 'text/csv' },
})
const { contentHash } = sent.json<{ readonly contentHash: string }>()

/** Everybody whose head is a citizen, whatever else: what the sample can tell. */
const wide = scenario(
  'citizens',
  { object: 'rule', id: CASH, set: { '/conditions': { all: [{ fact: 'headIsJordanian', operator: 'equal', value: true }] } } },
  programmeSet(CASH, {
    '/targeting/order': [{ by: 'fact', fact: 'householdSize', direction: 'descending' }, { by: 'tieBreak' }],
    '/targeting/thresholds': null,
    '/targeting/quotas': null,
    '/targeting/exclusions': null,
    '/targeting/places': 60,
    '/targeting/budget': null,
  }),
)
const reference = { sample, welfareUnit: 'JOD/person/month' }

t.test('what is refused, with its place', async (t) => {
  const refused = async (change: object) => (await ask({ reference: { ...reference, ...change } })).json()
  t.match(await refused({ sample: 'x' }), { status: 400, code: 'request-invalid', pointer: '/reference/sample' })
  t.match(await refused({ welfareUnit: 'EUR/month' }), { status: 400, pointer: '/reference/welfareUnit' })
  t.match(await refused({ line: 1 }), { status: 400, pointer: '/reference/line' })
  t.match(await refused({ sample: randomUUID() }), { status: 404, code: 'reference-sample-not-found' })
  t.match(await refused({ sample: await declared() }), { status: 409, code: 'reference-sample-without-rows', pointer: '/reference/sample' })
  const stranger = {
    authorization: `Bearer ${await createKey(database.pool, { name: 'other', entity: 'NAF', permissions: allPermissions })}`,
  }
  t.match((await ask({ reference }, stranger)).json(), { status: 404, code: 'reference-sample-not-found' })
})

t.test('performed and told, with where it comes from and beside the population of the run', async (t) => {
  const work = await worker()
  t.teardown(() => work.stop())
  const asked = (await ask({ reference, scenarios: [wide], line: 100 })).json<Simulation>()
  const done = await ended(asked.id)
  t.match(done, { status: 'completed', manifest: { sample: contentHash } })
  const result = (await get(`/v1/simulations/${asked.id}/result?exact=true`)).json()
  const { households, persons } = result
  const told = (await get(`/v1/simulations/${asked.id}/result`)).json()
  t.match(result.sample, {
    id: sample,
    name: declaration.name,
    source: declaration.source,
    synthetic: true,
    contentHash,
    rowsUsed: 40,
    rowsFaulty: 0,
    welfareUnit: 'JOD/person/month',
    line: 100_000,
    // As many as are disclosed, also to whoever may know exactly: the sample was scaled to them.
    households: told.households,
    withoutWelfare: 0,
    stamp: { en: /synthetic sample/, ar: /./ },
  })
  // Rows 0 to 15 are below the line; weights 1, 2, 3 in turn: 31 of 79.
  t.ok(Math.abs(result.sample.before.households.poverty.headcount - 31 / 79) < 1e-12)
  const [after] = result.scenarios
  const cash = after.onSample.programmes.find(({ programme }: { programme: string }) => programme === CASH)
  t.equal(cash.selected, 60, 'all places of the programme')
  t.equal(cash.entrants.households, 60, 'of the baseline the sample tells too little to select anybody')
  t.ok(result.baseline.onSample.unknownFacts.length > 3)
  t.notOk(result.baseline.onSample.unknownFacts.includes('headIsJordanian'))
  t.match([households, persons], [Number, Number])
  t.equal(told.sample.contentHash, contentHash)
  for (const format of ['csv', 'parquet']) t.equal((await get(`/v1/simulations/${asked.id}/result?format=${format}`)).statusCode, 200)
  t.match((await get(`/v1/simulations/${asked.id}/report?lang=en`)).body, /On an uploaded sample/)

  for await (const check of verifySimulation({ database, laboratory }, asked.id, new AbortController().signal))
    t.match(check, { ok: true, detail: '' })
  const without = (await ask({ scenarios: [wide], line: 100 })).json<Simulation>()
  const plain = await ended(without.id)
  t.notOk('sample' in (plain as unknown as { manifest: object }).manifest)
  const rest = Object.fromEntries(Object.entries(after).filter(([name]) => name !== 'onSample'))
  t.same((await get(`/v1/simulations/${without.id}/result?exact=true`)).json().scenarios[0], rest, 'the sample changes nothing else')
})
