/** What a run tells of a programme's units is told to whom the programme's list is open, and left out and named for everybody else. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import { readConfig } from '../../../src/config.ts'
import { demonstrationGrants, giveDemonstrationGrants } from '../../../src/programmes/demonstration-grants.ts'
import { registriesOf } from '../../../src/warehouse/definitions/registries-in-force.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { day } from '../../rules/real-rows.ts'
import { ensureEntities } from '../../../src/access/entities/entity-store.ts'
import { createKey } from '../../../src/access/key-store.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import { entities } from '../../../src/warehouse/shared-lists.ts'
import { dataDirectory } from '../../support/data-directory.ts'
import { application, AS_OF, seededApp } from '../../support/seeded-app.ts'
import { quietly, runDepsOf, runRequest } from '../support/seeded-runs.ts'

const CASH = 'unified-cash-transfer'
/** Rights as the demonstration grants them, and no others. */
let held: ReturnType<typeof openGrants> | undefined
const settings = { MIZAN_DATA_DIR: dataDirectory(t) }
const { database, get, post, heads } = await seededApp(t, 60, settings, (opened) => (held = openGrants(opened, readConfig(settings))))
const grants = held as unknown as ReturnType<typeof openGrants>
t.teardown(() => grants.close())
const { pool } = database
await migrateQueue(pool)
await ensureEntities(pool, entities)
const inForce = await versionsOf(database).inForce(day(AS_OF))
await giveDemonstrationGrants(database, grants, async () => demonstrationGrants(inForce, await registriesOf(database).all(), AS_OF))
const deps = runDepsOf(database, dataDirectory(t))
const key = async (entity: string) => ({
  authorization: `Bearer ${await createKey(pool, { name: 'test', entity, permissions: ['runs:read', 'runs:write', 'applications:write', 'ranked-lists:read'] })}`,
})
const [fund, zakat] = [await key('NAF'), await key('ZF')]

interface Told {
  readonly manifest: {
    readonly lists: Readonly<Record<string, unknown>>[]
    readonly undetermined: Readonly<Record<string, unknown>>[]
    readonly conditionsUnmet?: unknown
  }
  readonly manifestHash: string
  readonly detail: string | null
  readonly withheld: string[]
}
const told = async (id: string, who: { authorization: string }): Promise<Told> => (await get(`/v1/runs/${id}`, who)).json<Told>()
const agencyOf = new Map(inForce.programmes.map(({ id, programme }) => [id, programme.source.agency]))
const KEYS = ['leftOut', 'leftOverPassedOn', 'places', 'programme', 'rootHash', 'selected', 'spent', 'stoppedByBudget', 'waitlisted']

t.test('counts, money and hashes of a list are its agency’s', async (t) => {
  const id = await createRun(deps, runRequest())
  await performRun(deps, id, quietly)
  for (const [entity, who] of [
    ['NAF', fund],
    ['ZF', zakat],
  ] as const) {
    const { manifest, manifestHash, withheld } = await told(id, who)
    t.equal(manifestHash, null, 'which one could try values by')
    const expected: string[] = []
    manifest.lists.forEach((list, place) => {
      const isOwn = agencyOf.get(String(list['programme'])) === entity
      t.same(Object.keys(list).toSorted(), isOwn ? KEYS : ['programme'], `${entity} ${String(list['programme'])}`)
      if (!isOwn) expected.push(`/manifest/lists/${place}`)
    })
    manifest.undetermined.forEach((share, place) => {
      const isOwn = agencyOf.get(String(share['programme'])) === entity
      t.same(Object.keys(share).toSorted(), isOwn ? ['percent', 'programme', 'undetermined', 'units'] : ['programme'])
      if (!isOwn) expected.push(`/manifest/undetermined/${place}`)
    })
    t.same(withheld, [...expected, '/manifest/conditionsUnmet', '/manifestHash'])
    const [listed] = (await get('/v1/runs', who)).json<{ runs: object[] }>().runs
    const header = Object.entries(await told(id, who)).filter(([name]) => !['manifest', 'manifestHash', 'withheld'].includes(name))
    t.same(listed, Object.fromEntries(header), 'the list of runs says the same, without manifests')
    const page = await get(`/v1/runs/${id}/programmes/${CASH}/ranked-list`, who)
    t.equal(page.statusCode, entity === 'NAF' ? 200 : 403)
  }
})

t.test('whose conditions are no longer met is counted to their agency, and nobody else learns that there are any', async (t) => {
  const id = await createRun(deps, runRequest())
  await performRun(deps, id, quietly)
  const conditionsUnmet = [...agencyOf.keys()].map((programme) => ({ programme, units: 1 }))
  await pool.query("update run set manifest = (manifest::jsonb || jsonb_build_object('conditionsUnmet', $2::jsonb))::text where id = $1", [
    id,
    JSON.stringify(conditionsUnmet),
  ])
  for (const [entity, who] of [
    ['NAF', fund],
    ['ZF', zakat],
  ] as const) {
    const { manifest, withheld } = await told(id, who)
    t.same(
      manifest.conditionsUnmet,
      entity === 'NAF' ? conditionsUnmet.filter(({ programme }) => agencyOf.get(programme) === entity) : undefined,
    )
    t.ok(withheld.includes('/manifest/conditionsUnmet'))
  }
})

t.test('an entity learns nothing of a family by a run over its one application', async (t) => {
  await post('/v1/applications', application(heads[0]?.number as string), { ...zakat, 'idempotency-key': randomUUID() })
  const id = await createRun(deps, runRequest({ population: 'registrants', registeredBy: 'ZF', entity: 'ZF' }))
  await performRun(deps, id, quietly)
  const { manifest, manifestHash, withheld } = await told(id, zakat)
  t.match(manifest, { households: 1 })
  t.equal(manifestHash, null, 'which one could try values by')
  t.ok(withheld.includes('/manifestHash'))
  t.notMatch((await get(`/v1/runs/${id}/events`, zakat)).payload, /"manifestHash":"/)
  for (const list of manifest.lists.filter(({ programme }) => agencyOf.get(String(programme)) !== 'ZF'))
    t.same(Object.keys(list), ['programme'])
})

t.test('what stopped a run is told without numbers', async (t) => {
  const id = await createRun(deps, runRequest({ undeterminedPercentMax: 0 }))
  await t.rejects(performRun(deps, id, quietly), { code: 'run-undetermined-share' })
  const { rows } = await pool.query<{ detail: string }>('select detail from run where id = $1', [id])
  const detail = rows[0]?.detail ?? ''
  t.match(detail, /: \d+ of \d+$/)
  const agency = agencyOf.get(detail.split(':')[0] ?? '')
  for (const [entity, who] of [
    ['NAF', fund],
    ['ZF', zakat],
  ] as const) {
    const one = await told(id, who)
    t.same([one.detail, one.withheld], entity === agency ? [detail, []] : [null, ['/detail']], entity)
    const stream = (await get(`/v1/runs/${id}/events`, who)).payload
    t.match(stream, /event: end\ndata: \{"status":"failed".*"problem":"run-undetermined-share"/)
    t.notMatch(stream, /detail| of /)
  }
  await pool.query("update run set problem = 'run-enrolled-exceed', detail = $2 where id = $1", [
    id,
    `${CASH}: the enrolled cost 5, the budget is 4`,
  ])
  t.match(await told(id, fund), { detail: /cost 5/ })
  t.match(await told(id, zakat), { detail: null, withheld: ['/detail'] })
  await pool.query("update run set problem = 'run-disagreement', detail = $2 where id = $1", [id, `${CASH} of household 5`])
  t.match(await told(id, zakat), { detail: null, withheld: ['/detail'] })
  await pool.query("update run set problem = 'run-registries-unusable', detail = 'x (missing)' where id = $1", [id])
  t.match(await told(id, zakat), { detail: 'x (missing)', withheld: [] })
})
