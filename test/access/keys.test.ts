import t from 'tap'
import { createKey, ensureFirstKey, keyFinder, revokeKey } from '../../src/access/key-store.ts'
import { allPermissions } from '../../src/access/permissions.ts'
import { testApp } from '../support/app.ts'
import { testDatabase } from '../support/database.ts'

t.test('the first key is made once, even by services that start together', async (t) => {
  const database = await testDatabase(t)
  const keys = await Promise.all(Array.from({ length: 5 }, () => ensureFirstKey(database)))
  const made = keys.filter((key) => key !== null)
  t.equal(made.length, 1)
  const principal = await keyFinder(database.pool)(made[0] as string)
  t.same([...(principal?.permissions ?? [])].toSorted(), allPermissions.toSorted())
  const { rows } = await database.pool.query('select to_jsonb(api_key)::text as row from api_key')
  t.notMatch(rows[0].row, (made[0] as string).slice(6), 'only the hash is kept')
})

t.test('a revoked key ends within five seconds', async (t) => {
  const database = await testDatabase(t)
  let now = 0
  const find = keyFinder(database.pool, () => now)
  const key = await createKey(database.pool, { name: 'k', entity: 'NAF', permissions: ['evaluate:run'] })
  const principal = await find(key)
  t.match(principal, { entity: 'NAF', name: 'k' })
  await revokeKey(database.pool, principal?.id ?? '')
  now = 4_999
  t.ok(await find(key))
  now = 5_001
  t.equal(await find(key), null)
  t.equal(await find(key), null)
})

t.test('a route refuses without a key, with an unknown one and without its permission', async (t) => {
  const { app, headers, keyWith } = await testApp(t)
  app.get('/guarded', { config: { permission: 'audit:read' } }, async () => ({ ok: true }))
  const ask = async (authorization?: string) =>
    app.inject({ url: '/guarded', headers: authorization === undefined ? {} : { authorization } })
  const none = await ask()
  t.match(none.json(), { code: 'key-missing', status: 401 })
  t.equal(none.headers['www-authenticate'], 'Bearer')
  for (const bad of ['Basic abc', 'Bearer', 'Bearer short', `Bearer ${'a'.repeat(500)}`])
    t.match((await ask(bad)).json(), { code: 'key-missing' }, bad)
  t.match((await ask(`Bearer mizan_${'a'.repeat(43)}`)).json(), { code: 'key-unknown', status: 401 })
  t.match((await ask((await keyWith('evaluate:run')).authorization)).json(), {
    code: 'permission-missing',
    status: 403,
    expected: 'audit:read',
  })
  t.same((await ask(headers.authorization)).json(), { ok: true })
})
