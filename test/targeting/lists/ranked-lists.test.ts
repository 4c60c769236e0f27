/** A published run through the API: pages, filters, cursors, and counts held against plain SQL. */
import { join } from 'node:path'
import t from 'tap'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { createRun, performRun, type RunDeps, type RunRequest } from '../../../src/targeting/run/perform-run.ts'
import { freshness } from '../../households/seeded-warehouse.ts'
import { day } from '../../rules/real-rows.ts'
import { application, AS_OF, seededApp } from '../../support/seeded-app.ts'

const { app, database, get, post, heads, keyWith } = await seededApp(t, 300)
const deps: RunDeps = {
  database,
  versions: versionsOf(database),
  freshness: async () => freshness,
  timeZone: 'Asia/Amman',
  settings: { folder: join(t.testdir(), 'nation'), memoryMb: 512, threads: 2, sample: 10, snapshotsKept: 6 },
}
const request = (change: Partial<RunRequest> = {}): RunRequest => ({
  asOf: day(AS_OF),
  cycle: 'november',
  population: 'residents',
  governorates: [],
  despiteRegistries: true,
  undeterminedPercentMax: 100,
  actor: 'test',
  entity: 'NAF',
  ...change,
})
const perform = async (change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await createRun(deps, request(change))
  await performRun(deps, id, { onProgress: () => undefined, signal: new AbortController().signal })
  return id
}

interface Unit {
  readonly position: number
  readonly householdRef: number
  readonly status: string
  readonly governorate: string | null
  readonly liwa: string | null
  readonly kada: string | null
  readonly branchOffice: string | null
  readonly dependsOnMissing: boolean
  readonly missingFacts: readonly string[] | null
}
interface Page {
  readonly run: string
  readonly counts: Readonly<Record<'eligible' | 'selected' | 'waitlisted' | 'leftOut', number>>
  readonly units: readonly Unit[]
  readonly next: string | null
}

async function pages(url: string, query: string): Promise<Unit[]> {
  const units: Unit[] = []
  let cursor = ''
  for (;;) {
    const answer = await get(`${url}?limit=7${query}${cursor}`)
    const page = answer.json<Page>()
    units.push(...page.units)
    if (page.next === null) return units
    cursor = `&cursor=${page.next}`
  }
}

const early = await get('/v1/programmes/unified-cash-transfer/ranked-list')
const first = await perform()
const URL = '/v1/programmes/unified-cash-transfer/ranked-list'

t.test('before the first run there is no list', async (t) => {
  t.equal(early.statusCode, 404)
  t.equal(early.json<{ code: string }>().code, 'ranked-list-not-found')
})

t.test('the counts of every list are those of plain SQL over the published table', async (t) => {
  const { rows } = await database.pool.query<{ programme: string; status: string; units: number; rows_in_order: boolean }>(
    `select l.programme, u.status, count(*)::int as units from ranked_unit u join ranked_list l on l.number = u.list_number join published_list p on p.list_number = l.number group by 1, 2`,
  )
  for (const { id } of (await deps.versions.inForce(day(AS_OF))).programmes) {
    const { counts, run } = (await get(`/v1/programmes/${id}/ranked-list?limit=1`)).json<Page>()
    const count = (status: string): number => rows.find((row) => row.programme === id && row.status === status)?.units ?? 0
    t.equal(run, first)
    t.same([counts.selected, counts.waitlisted, counts.leftOut], [count('selected'), count('waitlisted'), count('left-out')], id)
    t.equal(counts.eligible, count('selected') + count('waitlisted') + count('left-out'))
  }
})

t.test('pages give every unit once, in order, under every filter', async (t) => {
  const all = await pages(URL, '')
  t.same(
    all.map(({ position }) => position),
    all.map((_, index) => index + 1),
  )
  t.ok(all.length > 50, `${all.length} units`)
  t.same(await pages(`/v1/runs/${first}/programmes/unified-cash-transfer/ranked-list`, ''), all)
  const selected = await pages(URL, '&status=selected')
  t.same(
    selected,
    all.filter(({ status }) => status === 'selected'),
  )
  const [some] = all
  const governorate = some?.governorate as string
  t.same(
    await pages(URL, `&governorate=${governorate}`),
    all.filter((unit) => unit.governorate === governorate),
  )
  t.same(await pages(URL, `&householdRef=${some?.householdRef}`), [some])
  t.same(
    (await pages(URL, '&percentileFrom=1&percentileTo=100&dependsOnMissing=true')).length +
      (await pages(URL, '&dependsOnMissing=false')).length,
    all.length,
  )
  t.same(Object.keys((await get(`${URL}?fields=householdRef,score&limit=1`)).json<Page>().units[0] ?? {}), ['householdRef', 'score'])
})

t.test('units are found by liwa, kada, office and missing fact; places lie within each other', async (t) => {
  const all = await pages(URL, '')
  for (const name of ['liwa', 'kada', 'branchOffice'] as const) {
    const code = all.find((unit) => unit[name] !== null)?.[name] as string
    t.same(
      await pages(URL, `&${name}=${code}`),
      all.filter((unit) => unit[name] === code),
      `${name} ${code}`,
    )
  }
  const placed = all.filter(({ kada }) => kada !== null)
  t.ok(placed.length > all.length / 2)
  for (const { governorate, liwa, kada, branchOffice } of placed) {
    t.ok(kada?.startsWith(liwa as string) && liwa?.startsWith(governorate as string))
    t.match(branchOffice, /^NAF-/)
  }
  const uncertain = all.filter(({ dependsOnMissing }) => dependsOnMissing)
  t.ok(uncertain.length > 0 && uncertain.every(({ missingFacts }) => (missingFacts ?? []).length > 0))
  t.ok(all.every(({ dependsOnMissing, missingFacts }) => dependsOnMissing || missingFacts === null))
  const fact = uncertain[0]?.missingFacts?.[0] as string
  t.same(
    await pages(URL, `&missingFact=${fact}`),
    all.filter(({ missingFacts }) => missingFacts?.includes(fact)),
  )
  for (const url of [URL, `${URL}.csv`]) {
    const answer = await get(`${url}?missingFact=${fact}x`)
    t.match(answer.json(), { status: 400, pointer: 'querystring/missingFact', detail: `did you mean "${fact}"?` }, url)
  }
})

t.test('what a client gets wrong is told', async (t) => {
  const code = async (query: string): Promise<unknown> => {
    const answer = await get(`${URL}?${query}`)
    return [answer.statusCode, answer.json<{ code: string }>().code]
  }
  t.same(await code('fields=scor'), [400, 'request-invalid'])
  t.same(await code('limit=0'), [400, 'request-invalid'])
  t.same(await code('status=chosen'), [400, 'request-invalid'])
  t.same(await code('cursor=abc'), [400, 'cursor-unknown'])
  const { next } = (await get(`${URL}?limit=2`)).json<Page>()
  t.same(await code(`limit=2&status=selected&cursor=${next}`), [400, 'cursor-unknown'], 'another filter')
  const other = await get(`/v1/programmes/energy-support/ranked-list?cursor=${next}`)
  t.equal(other.statusCode, 404, 'a list of another programme')
  t.equal((await get('/v1/runs/018f0000-0000-7000-8000-000000000000')).statusCode, 404)
  const headers = await keyWith('runs:read')
  t.equal((await app.inject({ url: URL, headers })).statusCode, 403)
})

t.test('a district, sub-district or office of another governorate than the one asked for is told, not answered by nobody', async (t) => {
  const elsewhere = { liwa: '1201', kada: '120101', branchOffice: 'NAF-12' }
  for (const [name, code] of Object.entries(elsewhere))
    for (const url of [URL, `${URL}.csv`, `/v1/runs/${first}/programmes/unified-cash-transfer/ranked-list`]) {
      const answer = (await get(`${url}?${name}=${code}&governorate=11`)).json<{ expected: string }>()
      t.match(answer, {
        status: 400,
        code: 'request-invalid',
        pointer: `querystring/${name}`,
        detail: 'it lies in governorate 12, not in 11',
      })
      const expected = answer.expected.split(', ')
      t.ok(expected.length > 1 && !expected.includes(code))
      t.equal((await get(`${url}?${name}=${expected[0]}&governorate=11`)).statusCode, 200, `${expected[0]} lies there`)
      t.equal((await get(`${url}?${name}=${code}`)).statusCode, 200, 'without a governorate')
      t.equal((await get(`${url}?${name}=${code}&governorate=12`)).statusCode, 200)
    }
})

t.test('a newer list takes over in one step; a sequence of pages stays on its list', async (t) => {
  const { next } = (await get(`${URL}?limit=5`)).json<Page>()
  const second = await perform({ cycle: 'december' })
  t.equal((await get(`${URL}?limit=1`)).json<Page>().run, second)
  const page = (await get(`${URL}?limit=5&cursor=${next}`)).json<Page>()
  t.equal(page.run, first)
  t.equal(page.units[0]?.position, 6)
  t.equal(
    (await get(`/v1/runs/${first}/programmes/unified-cash-transfer/ranked-list?limit=1`)).statusCode,
    200,
    'the previous list is kept',
  )
})

t.test('a run says what it came to, and another of the same request comes to the same lists', async (t) => {
  const again = await perform()
  const [a, b] = await Promise.all(
    [first, again].map(async (id) =>
      (await get(`/v1/runs/${id}`)).json<{ status: string; manifestHash: string; manifest: { lists: unknown } }>(),
    ),
  )
  t.equal(a?.status, 'completed')
  t.equal(a?.manifestHash, b?.manifestHash)
  t.equal((await get('/v1/runs')).json<{ runs: unknown[] }>().runs.length, 3)
})

t.test('a run is about registrants unless told otherwise', async (t) => {
  const [head] = heads
  await post('/v1/applications', application(head?.number as string), { 'idempotency-key': '018f0000-0000-4000-8000-000000000001' })
  const id = await perform({ population: 'registrants' })
  const { manifest } = (await get(`/v1/runs/${id}`)).json<{ manifest: { households: number } }>()
  t.equal(manifest.households, 1)
})

t.test('what stops a run is kept with it, and nothing is published', async (t) => {
  const before = (await get(`${URL}?limit=1`)).json<Page>().run
  const refused = async (change: Partial<RunRequest>): Promise<unknown> => {
    const id = await createRun(deps, request(change))
    await t.rejects(performRun(deps, id, { onProgress: () => undefined, signal: new AbortController().signal }))
    const { status, problem, detail } = (await get(`/v1/runs/${id}`)).json<{ status: string; problem: string; detail: string }>()
    return [status, problem, typeof detail]
  }
  t.same(await refused({ despiteRegistries: false }), ['failed', 'run-registries-unusable', 'string'])
  t.same(await refused({ undeterminedPercentMax: 0 }), ['failed', 'run-undetermined-share', 'string'])
  t.same(await refused({ asOf: day(AS_OF) - 1 }), ['failed', 'run-population-empty', 'string'])
  const stop = new AbortController()
  const id = await createRun(deps, request({ cycle: 'never' }))
  const stopped = performRun(deps, id, { onProgress: (stage) => stage === 'select' && stop.abort(), signal: stop.signal })
  await t.rejects(stopped)
  t.equal((await get(`/v1/runs/${id}`)).json<{ status: string }>().status, 'cancelled')
  t.equal((await get(`${URL}?limit=1`)).json<Page>().run, before)
  t.same((await database.pool.query('select from ranked_list where published_at is null')).rowCount, 0)
})
