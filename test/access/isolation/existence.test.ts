/** A refusal does not tell whether what was asked about is there: what is derived, asked by an entity that was granted none of it, and of what is another entity's. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import { createKey } from '../../../src/access/key-store.ts'
import { allPermissions } from '../../../src/access/permissions.ts'
import { readConfig } from '../../../src/config.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { programmeOf } from '../../../src/programmes/bundle.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import { readRun } from '../../../src/targeting/run/run-store.ts'
import { seededApp } from '../../support/seeded-app.ts'
import { quietly, runDepsOf, runRequest } from '../../targeting/support/seeded-runs.ts'
import { bundle } from './isolation.ts'

const LISTED = 'unified-cash-transfer'
const dataDirectory = t.testdir()
const environment = { MIZAN_DATA_DIR: dataDirectory }
const service = await seededApp(t, 12, environment, (database) => {
  const held = openGrants(database, readConfig(environment))
  t.teardown(() => held.close())
  return held
})
const { database, app, post, heads, membersOf } = service
await migrateQueue(database.pool)
/** Granted nothing. */
const stranger = { authorization: `Bearer ${await createKey(database.pool, { name: 'test', entity: 'ACC', permissions: allPermissions })}` }

interface Request {
  readonly method?: 'GET' | 'POST'
  readonly url: string
  readonly payload?: object
}
const ask = async ({ method = 'GET', url, payload }: Request): Promise<{ status: number; body: Record<string, unknown> }> => {
  const key = method === 'POST' ? { 'idempotency-key': randomUUID() } : {}
  const answer = await app.inject({ method, url, headers: { ...stranger, ...key }, ...(payload ? { payload } : {}) })
  // Every request has its own of these.
  const own = new Set(['requestId', 'instance'])
  const told = Object.entries(answer.json() as Record<string, unknown>).filter(([name]) => !own.has(name))
  return { status: answer.statusCode, body: Object.fromEntries(told) }
}

const [head, other] = heads as [(typeof heads)[number], (typeof heads)[number]]
const made = (await post('/v1/determinations', { nationalId: head.number, store: true })).json()
const determination = made.programmes.find(({ programme }: { programme: string }) => programme === LISTED).determinations[0].id as string
const deps = runDepsOf(database, dataDirectory)
const run = await createRun(deps, runRequest())
await performRun(deps, run, quietly)
const rule = programmeOf(bundle, LISTED)?.rule.source.id as string
const scenarios = [{ name: 'a test', changes: [] }]
const wish = { name: 'a test', baseline: { run }, scenarios }
const simulation = (await post('/v1/simulations', wish, { 'idempotency-key': randomUUID() })).json().id as string

/** What stands in the list of the run, and what the run was not about. */
const inRun = (await readRun(database.pool, run))?.manifest !== null
const { rows: units } = await database.pool.query<{ ref: number; position: number }>(
  `select u.household_ref as ref, u.position from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and l.programme = $2 order by 2`,
  [run, LISTED],
)
const [listed] = units as [(typeof units)[number]]
const NOBODY = 999_999_999
const inList = `/v1/runs/${run}/programmes/${LISTED}/ranked-list`

t.test('what an entity was granted nothing of is refused alike, whether it is there or not', async (t) => {
  t.ok(inRun && listed && heads.length > 2, 'there is a list, and a household in it')
  const pairs: Readonly<Record<string, readonly [Request, Request]>> = {
    'a place of a list': [{ url: `${inList}/${listed.position}` }, { url: `${inList}/${NOBODY}` }],
    'a place of the list in force': [
      { url: `/v1/programmes/${LISTED}/ranked-list/${listed.position}` },
      { url: `/v1/programmes/${LISTED}/ranked-list/${NOBODY}` },
    ],
    'the place of a household': [{ url: `${inList}?householdRef=${listed.ref}` }, { url: `${inList}?householdRef=${NOBODY}` }],
    'a household in a file': [{ url: `${inList}.csv?householdRef=${listed.ref}` }, { url: `${inList}.csv?householdRef=${NOBODY}` }],
    'why a household is in a list': [
      { method: 'POST', url: `/v1/runs/${run}/explanations`, payload: { programme: LISTED, householdRef: listed.ref } },
      { method: 'POST', url: `/v1/runs/${run}/explanations`, payload: { programme: LISTED, householdRef: NOBODY } },
    ],
    'a reader of a place': [
      { url: `${inList}/${listed.position}?readerRef=${head.personRef}` },
      { url: `${inList}/${listed.position}?readerRef=${NOBODY}` },
    ],
  }
  for (const [what, [there, absent]] of Object.entries(pairs)) {
    const [one, two] = [await ask(there), await ask(absent)]
    t.equal(one.status, 403, what)
    t.same(one, two, what)
  }
})

t.test('what is another entity’s is not there', async (t) => {
  const absent = randomUUID()
  const things: Readonly<Record<string, readonly [id: string, of: (id: string) => Request]>> = {
    'a simulation': [simulation, (id) => ({ url: `/v1/simulations/${id}` })],
    'its result': [simulation, (id) => ({ url: `/v1/simulations/${id}/result` })],
    'its result, exactly': [simulation, (id) => ({ url: `/v1/simulations/${id}/result?exact=true` })],
    'its report': [simulation, (id) => ({ url: `/v1/simulations/${id}/report` })],
    'its events': [simulation, (id) => ({ url: `/v1/simulations/${id}/events` })],
    'an end to it': [simulation, (id) => ({ method: 'POST', url: `/v1/simulations/${id}/cancel` })],
  }
  for (const [what, [id, of]] of Object.entries(things)) {
    const [one, two] = [await ask(of(id)), await ask(of(absent))]
    t.equal(one.status, 404, what)
    t.same(one, two, what)
  }
})

t.test('whoever is no member of the household is refused alike, whether anybody has the number or not', async (t) => {
  const [outsider] = await membersOf(other.householdRef)
  const numbers = [outsider?.number as string, '0000000000']
  const dead = await database.pool.query<{ number: string }>(
    `select i.number from warehouse.cspd_death_info d join identity.identifier i on i.person_ref = d.person_ref and i.superseded_by is null
     where not exists (select from household_member m where m.person_ref = d.person_ref and m.household_ref = $1) limit 1`,
    [head.householdRef],
  )
  const asked = [...numbers, ...dead.rows.map(({ number }) => number)]
  const answers = []
  for (const nationalId of asked)
    answers.push(await ask({ method: 'POST', url: `/v1/determinations/${determination}/explanation`, payload: { nationalId } }))
  t.match(answers[0], { status: 422, body: { code: 'reader-not-member' } })
  for (const answer of answers) t.same(answer, answers[0])
})

t.test(
  'a simulation of a fact that is not granted is refused by its route in words that follow from the request and the catalogue alone',
  async (t) => {
    const of = (fact: string): Request => ({
      method: 'POST',
      url: '/v1/simulations',
      payload: {
        name: 'a test',
        baseline: { run },
        scenarios: [
          {
            name: 'a test',
            changes: [{ object: 'rule', id: rule, source: { conditions: { all: [{ fact, operator: 'isKnown', value: true }] } } }],
          },
        ],
      },
    })
    // What the rule reads itself, whatever takes its place.
    const [parameter = ''] = bundle.catalogue.parameters.keys()
    const { expected: own, ...first } = (await ask(of(parameter))).body as { readonly expected: string }
    t.match(first, { code: 'facts-not-granted' })
    const derived = [...bundle.catalogue.facts.values()].filter(({ definition: { kind } }) => kind !== 'parameter')
    t.ok(derived.length > 150, 'facts')
    for (const { id, custodian } of derived) {
      const { status, body } = await ask(of(id))
      // What is made of parameters alone is published as they are.
      const isPublic = bundle.catalogue.baseFactsOf(id).every((base) => bundle.catalogue.facts.get(base)?.definition.kind === 'parameter')
      const refused = isPublic ? [] : [`${id} (${custodian})`]
      const expected = [...new Set([...own.split(', '), ...refused])].toSorted().join(', ')
      t.same({ status, body }, { status: 403, body: { ...first, expected } }, id)
    }
    const { rows } = await database.pool.query<{ count: number }>('select count(*)::int from simulation where entity = $1', ['ACC'])
    t.equal(rows[0]?.count, 0, 'nothing is queued')
  },
)

t.test('a change of an object that there is not says so to everybody, and not that its facts are not granted', async (t) => {
  for (const object of ['definition', 'formula', 'parameter', 'programme', 'rule']) {
    const change = { object, id: 'nope', set: { '/conditions': { fact: 'countedCars' } } }
    const payload = { ...wish, scenarios: [{ name: 'a test', changes: [change] }] }
    t.match(
      await ask({ method: 'POST', url: '/v1/simulations', payload }),
      { status: 422, body: { errors: [{ code: 'change-of-unknown', pointer: '/scenarios/0/changes/0/id' }] } },
      object,
    )
  }
})

t.test('a distribution that is withheld is the same, whether the snapshot holds the fact or nobody has it', async (t) => {
  const key = await createKey(database.pool, { name: 'narrow', entity: 'ACC', permissions: ['versions:read'] })
  const withheld = new Map<string, number>()
  for (const { id, definition } of bundle.catalogue.facts.values()) {
    const answer = await app.inject({ url: `/v1/catalogue/facts/${id}`, headers: { authorization: `Bearer ${key}` } })
    // Parameters are published, and what is made of nothing else.
    if (definition.kind === 'parameter' || answer.json().distribution.state !== 'withheld') continue
    const text = JSON.stringify(answer.json().distribution)
    withheld.set(text, (withheld.get(text) ?? 0) + 1)
  }
  t.equal(withheld.size, 1, [...withheld.keys()].join('\n'))
  t.ok(([...withheld.values()][0] ?? 0) > 150)
})
