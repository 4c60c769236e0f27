/** Entities, users, groups, keys and systems over HTTP: each within one's own entity, and never with more than one has. */
import t from 'tap'
import { allPermissions, permissions } from '../../src/access/permissions.ts'
import { allRoles, permissionsOf, roles } from '../../src/access/roles.ts'
import { ensureEntities } from '../../src/access/entities/entity-store.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { PASSWORD } from './support.ts'

import { operator, naf, ssc, nobody, eventsOf, me, tokenOf, service } from './service.ts'

const { database, post, sent, session, user } = service

t.test('every permission is somebody’s, every role has both languages and may do something', async (t) => {
  t.same([...permissionsOf(allRoles)].toSorted(), allPermissions.toSorted())
  t.same(permissionsOf(['a role that was taken away']), new Set())
  t.same(permissionsOf(['intake', 'auditor']), new Set([...roles.intake.permissions, ...roles.auditor.permissions]), 'several roles add up')
  for (const { en, ar } of [...Object.values(roles), ...Object.values(permissions)])
    t.ok(/[a-z]/i.test(en) && /\p{Script=Arabic}/u.test(ar), en)
  const told = (await naf.ask('GET', '/v1/roles')).json().roles
  t.same(
    told.map(({ id }: { id: string }) => id),
    allRoles,
  )
  const powerful = allRoles.filter((role) => (roles[role].permissions as readonly string[]).includes('access:every-entity'))
  t.same(powerful, ['operator'], 'only operators reach beyond their entity')
  const judges = allRoles.filter((role) => permissionsOf([role]).has('versions:approve') && permissionsOf([role]).has('versions:write'))
  t.same(judges, [], 'no role makes and approves')
})

t.test('entities: the shipped list, kept up, and those that operators add', async (t) => {
  const list = async () => (await naf.ask('GET', '/v1/entities')).json().entities
  const before = await list()
  t.equal(before.length, entities.length)
  const wanted = { id: 'WAJ', names: { en: 'Water Authority', ar: 'سلطة المياه' }, kind: 'authority' }
  const add = (payload: object) => operator.ask('POST', '/v1/entities', payload)
  t.match((await naf.ask('POST', '/v1/entities', wanted)).json(), { code: 'permission-missing' })
  const taken = before.some(({ id }: { id: string }) => id === 'WAJ')
  t.equal((await add(taken ? { ...wanted, id: 'WAJ2' } : wanted)).statusCode, 201)
  t.match((await add({ ...wanted, id: 'naf' })).json(), { code: 'entity-taken', status: 409 }, 'differs by case only')
  t.match((await add({ ...wanted, id: 'N F' })).json(), { code: 'request-invalid', pointer: '/id' })
  t.match((await add({ ...wanted, id: 'NАF' })).json(), { code: 'request-invalid', pointer: '/id' }, 'a Cyrillic letter')
  await database.pool.query("update entity set name_en = 'old name' where id = 'NAF'")
  await ensureEntities(database.pool, entities)
  const after = await list()
  t.equal(after.length, before.length + 1)
  t.same(
    after.find(({ id }: { id: string }) => id === 'NAF'),
    before.find(({ id }: { id: string }) => id === 'NAF'),
  )
})

t.test('an administrator makes a user, who sets a password by the token that is sent', async (t) => {
  const make = (payload: object) => naf.ask('POST', '/v1/users', payload)
  const made = await make({ login: 'Rania.K', name: 'Rania K', roles: ['list-reader'], contact: 'rania@example.jo', language: 'en' })
  t.equal(made.statusCode, 201)
  const { id } = made.json()
  t.match(made.json(), {
    login: 'rania.k',
    entity: 'NAF',
    roles: ['list-reader'],
    hasPassword: false,
    secondFactor: 'sent',
    disabledAt: null,
  })
  t.match((await post('/v1/sign-in', { login: 'rania.k', password: PASSWORD })).json(), { code: 'sign-in-refused' }, 'no password yet')
  const token = sent('password', 'rania.k').at(-1)
  t.equal((await post('/v1/password/reset', { token, password: 'quiet river stone lamp' })).statusCode, 204)
  t.ok((await service.signIn('rania.k', 'quiet river stone lamp')).csrf)
  t.match((await make({ login: 'RANIA.K', name: 'x', roles: [] })).json(), { code: 'login-taken', status: 409 })
  for (const login of ['9871234567', 'u9871234567', 'аmal', 'a b c', '.amal', 'ab'])
    t.match((await make({ login, name: 'x', roles: [] })).json(), { code: login === 'ab' ? 'request-invalid' : 'login-not-usable' }, login)
  t.match((await make({ login: 'other', name: 'x', roles: ['emperor'] })).json(), { code: 'request-invalid' })
  t.match((await operator.ask('POST', '/v1/users', { login: 'other', name: 'x', roles: [], entity: 'NOWHERE' })).json(), {
    code: 'entity-not-found',
  })
  t.match((await eventsOf('user.made')).at(-1), { actor: naf.id, entity: 'NAF', objects: [id, 'role list-reader'] })
  t.equal((await naf.ask('POST', `/v1/users/${id}/password-token`)).statusCode, 204)
  t.not(sent('password', 'rania.k').at(-1), token)
  const page = (await naf.ask('GET', '/v1/users')).json().users
  t.same([...new Set(page.map(({ entity }: { entity: string }) => entity))], ['NAF'], 'only one’s own')
  const all = (await operator.ask('GET', '/v1/users')).json().users
  t.ok(all.some(({ entity }: { entity: string }) => entity === 'SSC'))
})

t.test('nobody reaches another entity, nor gives, nor touches somebody who has, what they do not have', async (t) => {
  const analyst = await user('naf.analyst', 'NAF', 'analyst')
  const reader = await user('naf.reader', 'NAF', 'list-reader')
  const stranger = await user('ssc.reader', 'SSC', 'list-reader')
  const give = (roles: string[], entity = 'NAF') => naf.ask('POST', '/v1/users', { login: 'gift', name: 'x', roles, entity })
  for (const role of allRoles.filter((role) => !['entity-admin', 'list-reader'].includes(role)))
    t.match((await give([role])).json(), { code: 'not-yours-to-give', status: 403, pointer: '/roles' }, role)
  t.match((await give(['list-reader'], 'SSC')).json(), { code: 'entity-not-yours', status: 403 })
  const change = (id: string, payload: object) => naf.ask('PATCH', `/v1/users/${id}`, payload)
  t.match((await change(reader, { roles: ['operator'] })).json(), { code: 'not-yours-to-give' })
  // Whoever may change where codes go, or set the second step back, could sign in as that user.
  for (const payload of [{ contact: 'me@example.jo' }, { secondFactor: 'sent' }, { disabled: true }, { roles: ['list-reader'] }])
    t.match((await change(analyst, payload)).json(), { code: 'not-yours-to-give' }, JSON.stringify(payload))
  t.match((await naf.ask('POST', `/v1/users/${analyst}/password-token`)).json(), { code: 'not-yours-to-give' })
  for (const id of [stranger, nobody]) {
    const unseen = (answer: { json: () => object }) => t.match({ ...answer.json(), requestId: '' }, { code: 'user-not-found', status: 404 })
    unseen(await naf.ask('GET', `/v1/users/${id}`))
    unseen(await change(id, { name: 'x' }))
    unseen(await naf.ask('POST', `/v1/users/${id}/password-token`))
  }
  t.match((await naf.ask('GET', '/v1/users?entity=SSC')).json(), { code: 'entity-not-yours' })
  t.match((await change(reader, { disabled: false, endKeys: true })).json(), { code: 'request-invalid', pointer: '/endKeys' })
  t.match((await change(reader, { name: 'Reader', roles: [] })).json(), { name: 'Reader', roles: [] })
  t.match((await operator.ask('PATCH', `/v1/users/${analyst}`, { roles: ['checker'] })).json(), { roles: ['checker'] })
})

t.test('groups give their roles to their members, from the next request on', async (t) => {
  const member = await session(await user('naf.member', 'NAF'))
  const name = { en: 'Lists', ar: 'القوائم' }
  const group = (await naf.ask('POST', '/v1/groups', { name, roles: ['list-reader'] })).json()
  t.match(group, { entity: 'NAF', name, roles: ['list-reader'], members: [] })
  t.match((await naf.ask('POST', '/v1/groups', { name, roles: ['checker'] })).json(), { code: 'not-yours-to-give' })
  const set = (who: typeof naf, method: 'PUT' | 'DELETE', id: string, of = group.id) => who.ask(method, `/v1/groups/${of}/members/${id}`)
  t.match((await set(naf, 'PUT', member.id)).json(), { members: [member.id] })
  t.match((await set(naf, 'PUT', member.id)).json(), { members: [member.id] }, 'twice is once')
  t.match((await member.ask('GET', '/v1/me')).json(), { roles: ['list-reader'], groups: [group.id] })
  t.match((await set(naf, 'PUT', naf.id)).json(), { code: 'own-account' })
  t.match((await set(naf, 'PUT', ssc.id)).json(), { code: 'user-not-found' })
  t.match((await set(operator, 'PUT', ssc.id)).json(), { code: 'user-not-found' }, 'a group is of one entity')
  t.match((await set(ssc, 'PUT', ssc.id, group.id)).json(), { code: 'own-account' })
  t.match((await set(ssc, 'PUT', member.id)).json(), { code: 'group-not-found' })
  t.match((await ssc.ask('PATCH', `/v1/groups/${group.id}`, { roles: [] })).json(), { code: 'group-not-found' })
  t.match((await naf.ask('PATCH', `/v1/groups/${group.id}`, { roles: ['operator'] })).json(), { code: 'not-yours-to-give' })
  const checkers = (await operator.ask('POST', '/v1/groups', { name, roles: ['checker'], entity: 'NAF' })).json()
  t.match((await set(naf, 'PUT', member.id, checkers.id)).json(), { code: 'not-yours-to-give' }, 'a group with more than one has')
  await set(operator, 'PUT', member.id, checkers.id)
  t.match((await member.ask('GET', '/v1/me')).json(), { roles: ['checker', 'list-reader'] })
  t.match(
    (await naf.ask('PATCH', `/v1/users/${member.id}`, { contact: 'me@example.jo' })).json(),
    { code: 'not-yours-to-give' },
    'nor a member of one',
  )
  await set(operator, 'DELETE', member.id, checkers.id)
  t.match((await naf.ask('PATCH', `/v1/groups/${group.id}`, { roles: [] })).json(), { roles: [] })
  const mine = (await member.ask('GET', '/v1/me')).json()
  t.same([mine.roles, mine.permissions], [[], []])
  t.same((await ssc.ask('GET', '/v1/groups')).json().groups, [])
  t.equal((await naf.ask('GET', '/v1/groups')).json().groups.length, 2)
})

t.test('who is disabled is out at the next request, with the keys that are to end too', async (t) => {
  const leaver = await session(await user('naf.leaver', 'NAF', 'entity-admin'))
  const { key } = (await leaver.ask('POST', '/v1/keys', { name: 'own', permissions: ['users:read'] })).json()
  const made = (await leaver.ask('POST', '/v1/clients', { name: 'own', permissions: ['users:read'] })).json()
  const token = await tokenOf(made)
  const [before, system] = [await me(key), await me(token)]
  t.match([before, system], [{ kind: 'key' }, { kind: 'client' }], 'remembered from now on')
  await naf.ask('PATCH', `/v1/users/${leaver.id}`, { disabled: true })
  t.match((await leaver.ask('GET', '/v1/me')).json(), { code: 'session-ended' })
  t.match(await me(key), { kind: 'key' }, 'keys are the entity’s')
  await naf.ask('PATCH', `/v1/users/${leaver.id}`, { disabled: true, endKeys: true })
  t.match(await me(key), { code: 'key-unknown' })
  t.match(await me(token), { code: 'key-unknown' })
  t.match((await eventsOf('user.changed')).at(-1)?.objects, [leaver.id, 'disabled', 'endKeys', 'disabled', before.id, made.id])
  await naf.ask('PATCH', `/v1/users/${leaver.id}`, { disabled: false })
  t.match((await leaver.ask('GET', '/v1/me')).json(), { code: 'session-ended' }, 'the old session stays ended')
})
