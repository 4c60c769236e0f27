/** A change of a rule's parameter by two persons who really signed in: one makes it, the other decides; keys, systems and other sites do neither. */
import t from 'tap'
import { insertApproved } from '../../src/access/grants/grant-store.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { demonstrationGrants } from '../../src/programmes/demonstration-grants.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { service } from './service.ts'
import { PASSWORD } from './support.ts'

const { app, database, headers, post, signIn, user } = service
const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

t.test('maker and checker are two sessions', async (t) => {
  await loadShippedVersions(database)
  await user('maker', 'NAF', 'programme-manager', 'checker')
  await user('only.maker', 'NAF', 'programme-manager')
  const checkerId = await user('checker', 'MODEE', 'checker')
  const [maker, onlyMaker, checker] = [await signIn('maker'), await signIn('only.maker'), await signIn('checker')]
  const json = structuredClone(shippedTexts().find(({ kind, id }) => kind === 'parameter' && id === 'elder-age')?.json) as {
    label: { en: string }
  }
  json.label.en = 'Age from which somebody is an elder'
  const saved = await maker.ask('PUT', '/v1/drafts/parameter/elder-age', { source: JSON.stringify(json) })
  t.equal(saved.statusCode, 200, saved.body)
  const draft = { kind: 'parameter', id: 'elder-age', etag: saved.json().etag }
  const change = { title: 'elders', effectiveFrom: dayIn(30), drafts: [draft] }
  t.match((await post('/v1/change-sets', change, headers)).json(), { code: 'person-required', status: 403 }, 'a key submits nothing')
  const set = (await maker.ask('POST', '/v1/change-sets', change)).json()
  t.match(set, { status: 'submitted', author: { id: maker.id, name: 'Person maker', entity: 'NAF' } })

  const url = `/v1/change-sets/${set.id}/approve`
  const payload = { hash: set.hash }
  t.match((await maker.ask('POST', url, payload)).json(), { code: 'approver-is-author' })
  t.match((await onlyMaker.ask('POST', url, payload)).json(), { code: 'permission-missing', expected: 'versions:approve' })
  t.match((await post(url, payload, headers)).json(), { code: 'person-required' })
  // Another site has the browser send the cookie, but not the word; the maker's own word does not help either.
  for (const word of [{}, { 'x-csrf-token': maker.csrf }])
    t.match((await post(url, payload, { cookie: checker.cookie, ...word })).json(), { code: 'csrf-token-missing', status: 403 })
  t.match((await checker.ask('GET', `/v1/change-sets/${set.id}`)).json(), { status: 'submitted' })

  await database.pool.query('update user_account set disabled_at = now() where id = $1', [checkerId])
  t.match((await checker.ask('POST', url, payload)).json(), { code: 'session-ended', status: 401 })
  await database.pool.query('update user_account set disabled_at = null where id = $1', [checkerId])
  const other = await signIn('checker')
  const answers = await Promise.all([checker, other, checker, other].map((session) => session.ask('POST', url, payload)))
  t.same(
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b),
    [200, 409, 409, 409],
    'once, however many sessions the person has',
  )
  t.match((await checker.ask('POST', `/v1/change-sets/${set.id}/activate`, {})).json(), { code: 'permission-missing' })
  const activate = async () => (await onlyMaker.ask('POST', `/v1/change-sets/${set.id}/activate`, {})).json()
  t.match(await activate(), { code: 'grants-missing' }, 'programmes read the parameter through facts that nobody granted them')
  const bundle = await versionsOf(database).inForce(dayNumber(dayIn(0)) as number)
  const used = demonstrationGrants(bundle, [], dayIn(0)).filter(({ decideOnly }) => decideOnly)
  await database.transaction(({ client }) => insertApproved(client, used, 'test'))
  t.match(await activate(), { status: 'scheduled' })
  const { rows } = await database.pool.query(
    "select body::json->>'action' as action, body::json->>'actor' as actor, body::json->>'entity' as entity from audit_event where body like '%' || $1 || '%' order by id",
    [`change-set:${set.id}`],
  )
  t.same(
    rows.map(({ action, actor, entity }) => [action, actor, entity]),
    [
      ['change-set.submitted', maker.id, 'NAF'],
      ['change-set.approved', checkerId, 'MODEE'],
      ['change-set.activated', onlyMaker.id, 'NAF'],
    ],
  )
  t.notOk(service.logged().includes(PASSWORD))
  t.equal((await app.inject({ url: '/v1/me', headers: { cookie: checker.cookie } })).json().kind, 'user')
})
