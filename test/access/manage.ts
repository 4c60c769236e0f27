/** Entities, users, groups, keys and systems over HTTP: each within one's own entity, and never with more than one has. */
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { allPermissions, permissions } from '../../src/access/permissions.ts'
import { allRoles, permissionsOf, roles } from '../../src/access/roles.ts'
import { ensureEntities } from '../../src/access/entities/entity-store.ts'
import { ensureFirstOperator } from '../../src/access/users/first-operator.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { service } from './service.ts'
import { PASSWORD } from './support.ts'

const { app, database, headers, post, sent, session, user } = service
const nobody = '01a20ae3-5581-7377-9bfe-7dbbb80314a9'
const operator = await session(await user('oper', 'MODEE', 'operator'))
const naf = await session(await user('naf.admin', 'NAF', 'entity-admin', 'list-reader'))
const ssc = await session(await user('ssc.admin', 'SSC', 'entity-admin'))
const eventsOf = async (action: string): Promise<{ actor: string; entity: string; objects: string[] }[]> => {
  const { rows } = await database.pool.query("select body::json as body from audit_event where body::json->>'action' = $1 order by id", [
    action,
  ])
  return rows.map(({ body }) => body)
}
const bearer = (word: string) => ({ authorization: `Bearer ${word}` })
const me = async (word: string) => (await app.inject({ url: '/v1/me', headers: bearer(word) })).json()

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

t.test('keys: made, listed, replaced with a time in which both work, ended at once', async (t) => {
  const make = (who: typeof naf, payload: object) => who.ask('POST', '/v1/keys', payload)
  t.match((await make(naf, { name: 'x', permissions: ['runs:write'] })).json(), { code: 'not-yours-to-give', pointer: '/permissions' })
  t.match((await make(naf, { name: 'x', permissions: ['runs:read'], entity: 'SSC' })).json(), { code: 'entity-not-yours' })
  t.match((await make(operator, { name: 'x', permissions: ['runs:read'], entity: 'NOWHERE' })).json(), { code: 'entity-not-found' })
  t.match((await make(naf, { name: 'x', permissions: [] })).json(), { code: 'request-invalid' })
  const first = (await make(naf, { name: 'lists', permissions: ['ranked-lists:read'] })).json()
  t.match(await me(first.key), { kind: 'key', entity: 'NAF', permissions: ['ranked-lists:read'], csrfToken: null })
  const second = (await naf.ask('POST', `/v1/keys/${first.id}/rotate`, { overlapHours: 1 })).json()
  t.match([await me(first.key), await me(second.key)], [{ kind: 'key' }, { kind: 'key' }], 'both work')
  const third = (await naf.ask('POST', `/v1/keys/${second.id}/rotate`, { overlapHours: 0 })).json()
  t.match([await me(second.key), await me(third.key)], [{ code: 'key-unknown' }, { kind: 'key' }])
  t.match((await naf.ask('POST', `/v1/keys/${second.id}/rotate`, {})).json(), { code: 'key-ended', status: 409 })
  for (const id of [third.id, nobody]) t.match((await ssc.ask('DELETE', `/v1/keys/${id}`)).json(), { code: 'key-not-found' })
  t.equal((await naf.ask('DELETE', `/v1/keys/${third.id}`)).statusCode, 204)
  t.match(await me(third.key), { code: 'key-unknown' })
  const listed = (await naf.ask('GET', '/v1/keys')).json().keys
  t.match(
    listed.find(({ id }: { id: string }) => id === third.id),
    { name: 'lists', createdBy: naf.id, lastUsedAt: /^20/, revokedAt: /^20/ },
  )
  t.notMatch(JSON.stringify(listed), /mizan_|[0-9a-f]{64}/, 'neither keys nor hashes')
  t.match((await naf.ask('GET', '/v1/keys?entity=SSC')).json(), { code: 'entity-not-yours' })
  t.same((await eventsOf('key.revoked')).at(-1)?.objects, [third.id])
  // A key manages within its own limits, as a user does.
  const manager = (await make(naf, { name: 'm', permissions: ['keys:write', 'keys:read'] })).json().key
  const byKey = (permissions: string[]) => post('/v1/keys', { name: 'child', permissions }, bearer(manager))
  t.match((await byKey(['users:write'])).json(), { code: 'not-yours-to-give' })
  t.equal((await byKey(['keys:read'])).statusCode, 201)
})

interface System {
  readonly id: string
  readonly secret: string
}
const form = (fields: Record<string, string> | string, more: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  })
const grant = { grant_type: 'client_credentials' }
const tokenOf = async ({ id, secret }: System, scope?: string): Promise<string> =>
  (await form({ ...grant, client_id: id, client_secret: secret, ...(scope === undefined ? {} : { scope }) })).json().access_token
const made = async (permissions: string[]): Promise<System> =>
  (await naf.ask('POST', '/v1/clients', { name: 'portal', permissions })).json()

t.test('systems: a short token by client credentials, for no more than the client has', async (t) => {
  t.match((await naf.ask('POST', '/v1/clients', { name: 'x', permissions: ['runs:write'] })).json(), { code: 'not-yours-to-give' })
  const system = await made(['ranked-lists:read', 'runs:read'])
  const basic = { authorization: `Basic ${Buffer.from(`${system.id}:${system.secret}`).toString('base64')}` }
  const answer = await form(grant, basic)
  t.match(answer.json(), { token_type: 'Bearer', expires_in: 600, scope: 'ranked-lists:read runs:read' })
  t.match([answer.headers['cache-control'], answer.headers['content-type']], ['no-store', /^application\/json/])
  t.match(await me(answer.json().access_token), {
    id: system.id,
    kind: 'client',
    entity: 'NAF',
    permissions: ['ranked-lists:read', 'runs:read'],
  })
  t.match((await me(await tokenOf(system, 'runs:read'))).permissions, ['runs:read'])
  const lists = await app.inject({ url: '/v1/users', headers: bearer(await tokenOf(system)) })
  t.match(lists.json(), { code: 'permission-missing', expected: 'users:read' })
  const own = { client_id: system.id, client_secret: system.secret }
  const refusals: [string, string, Record<string, string> | string, Record<string, string>?][] = [
    ['another secret', 'invalid_client', { ...grant, ...own, client_secret: 'x'.repeat(43) }],
    ['nobody', 'invalid_client', { ...grant, ...own, client_id: nobody }],
    ['NUL', 'invalid_client', `grant_type=client_credentials&client_id=%00&client_secret=x`],
    ['more than it has', 'invalid_scope', { ...grant, ...own, scope: 'runs:read users:write' }],
    ['no scope of ours', 'invalid_scope', { ...grant, ...own, scope: '*' }],
    ['another grant', 'unsupported_grant_type', { ...own, grant_type: 'password' }],
    ['no grant', 'invalid_request', own],
    ['twice', 'invalid_request', 'grant_type=client_credentials&client_id=a&client_id=b&client_secret=c'],
    ['two ways', 'invalid_request', { ...grant, ...own }, basic],
    ['a broken header', 'invalid_client', grant, { authorization: 'Basic ???' }],
  ]
  const bodies = new Map<string, string>()
  for (const [what, error, fields, more] of refusals) {
    const refused = await form(fields, more)
    t.match(refused.json(), { error, error_description: /./, code: /./ }, what)
    t.equal(refused.statusCode, error === 'invalid_client' ? 401 : 400, what)
    if (error === 'invalid_client') bodies.set(what, JSON.stringify({ ...refused.json(), requestId: '' }))
  }
  t.equal(new Set(bodies.values()).size, 1, 'an unknown client and a wrong secret are told the same')
  t.equal((await post('/oauth2/token', grant)).statusCode, 415, 'a form, not JSON')
  t.equal(
    (
      await app.inject({
        method: 'POST',
        url: '/v1/sign-in',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'login=a',
      })
    ).statusCode,
    415,
  )
  t.notOk(service.logged().includes(system.secret))
})

t.test('a secret is replaced with a time in which both work; a system that ends ends at once', async (t) => {
  const system = await made(['runs:read'])
  const next: System = (await naf.ask('POST', `/v1/clients/${system.id}/secret`, { overlapHours: 1 })).json()
  t.ok((await tokenOf(system)) && (await tokenOf(next)))
  const last: System = (await naf.ask('POST', `/v1/clients/${system.id}/secret`, { overlapHours: 0 })).json()
  t.same([await tokenOf(system), await tokenOf(next)], [undefined, undefined])
  const token = await tokenOf(last)
  t.match(await me(token), { kind: 'client' })
  t.match((await ssc.ask('DELETE', `/v1/clients/${system.id}`)).json(), { code: 'client-not-found' })
  t.equal((await naf.ask('DELETE', `/v1/clients/${system.id}`)).statusCode, 204)
  t.match(await me(token), { code: 'key-unknown' })
  t.equal(await tokenOf(last), undefined)
  t.match((await naf.ask('POST', `/v1/clients/${system.id}/secret`, {})).json(), { code: 'client-ended' })
  t.match((await naf.ask('GET', '/v1/clients')).json().clients[0], {
    id: system.id,
    createdBy: naf.id,
    lastUsedAt: /^20/,
    disabledAt: /^20/,
  })
})

t.test('a token of another key, algorithm, kind, issuer or audience, or of another time, is none', async (t) => {
  const system = await made(['runs:read'])
  const token = await tokenOf(system)
  const [head = '', body = '', signature = ''] = token.split('.')
  const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString())
  const write = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = read(head) as { alg: string; typ: string; kid: string }
  t.match(
    [header, read(body)],
    [
      { alg: 'EdDSA', typ: 'at+jwt' },
      { iss: 'mizan', aud: 'mizan', sub: system.id, client_id: system.id, scope: 'runs:read' },
    ],
  )
  const { keys } = (await app.inject({ url: '/.well-known/jwks.json' })).json()
  t.match(keys, [{ kid: header.kid, kty: 'OKP', crv: 'Ed25519' }])
  t.notOk(
    keys.some((key: object) => 'd' in key),
    'public halves only',
  )
  const stranger = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const signed = (head: object, claims: object, secret: Parameters<SignJWT['sign']>[0] = stranger.privateKey) =>
    new SignJWT({ ...read(body), ...claims }).setProtectedHeader({ ...header, ...head }).sign(secret)
  const publicBytes = Buffer.from(JSON.stringify(keys[0]))
  const forged = {
    'another key': await signed({}, {}),
    'a key in its own header': await signed({ jwk: await exportJWK(stranger.publicKey) }, {}),
    'an unknown kid': await signed({ kid: nobody }, {}),
    'a kid that is a path': await signed({ kid: '../../etc/passwd' }, {}),
    'no signature': `${write({ ...header, alg: 'none' })}.${body}.${signature}`,
    'the public key as a secret': await signed({ alg: 'HS256' }, {}, createHash('sha256').update(publicBytes).digest()),
    'another scope': `${head}.${write({ ...read(body), scope: 'users:write' })}.${signature}`,
    'another kind': `${write({ ...header, typ: 'JWT' })}.${body}.${signature}`,
    'not a token': 'aaaa.bbbb.cccc',
  }
  for (const [what, word] of Object.entries(forged)) t.match(await me(word), { code: 'key-unknown' }, what)
  // With the service's own key, as a mistake of ours could sign it.
  const { currentSigningKey } = await import('../../src/access/clients/signing-keys.ts')
  const { lazyKeyring } = await import('../../src/access/keyring.ts')
  const { privateKey } = await currentSigningKey(database, await lazyKeyring(service.dataDirectory)())
  const now = Math.floor(Date.now() / 1000)
  t.match(await me(await signed({}, {}, privateKey)), { kind: 'client' })
  for (const [head, claims] of [
    [{}, { aud: 'other' }],
    [{}, { iss: 'other' }],
    [{ typ: 'JWT' }, {}],
    [{}, { exp: now - 1 }],
    [{}, { nbf: now + 60 }],
    [{}, { sub: naf.id }],
    [{}, { sub: 7 }],
  ] as const)
    t.match(await me(await signed(head, claims, privateKey)), { code: 'key-unknown' }, JSON.stringify([head, claims]))
  t.same(
    (await me(await signed({}, { scope: 'runs:read users:write' }, privateKey))).permissions,
    ['runs:read'],
    'no more than the client has',
  )
})

t.test('the signing key is replaced: tokens of the old one go on, or end with it', async (t) => {
  const system = await made(['runs:read'])
  const rotate = (payload: object, who = operator) => who.ask('POST', '/v1/signing-keys/rotate', payload)
  const kids = async (): Promise<string[]> =>
    (await app.inject({ url: '/.well-known/jwks.json' })).json().keys.map(({ kid }: { kid: string }) => kid)
  const first = await tokenOf(system)
  t.match((await rotate({}, naf)).json(), { code: 'permission-missing' })
  const before = await kids()
  const { kid } = (await rotate({})).json()
  t.same(await kids(), [kid, ...before])
  const second = await tokenOf(system)
  t.match([await me(first), await me(second)], [{ kind: 'client' }, { kind: 'client' }])
  const last = (await rotate({ endOld: true })).json().kid
  t.same(await kids(), [last])
  t.match([await me(first), await me(second)], [{ code: 'key-unknown' }, { code: 'key-unknown' }])
  t.match(await me(await tokenOf(system)), { kind: 'client' })
  const { rows } = await database.pool.query('select private_jwk from signing_key')
  for (const row of rows) t.notMatch(row.private_jwk.toString('latin1'), /"d":/, 'sealed where it lies')
  await database.pool.query("update signing_key set private_jwk = '\\x00'")
  t.match(await me(await tokenOf(system)), { kind: 'client' }, 'a key that cannot be opened is replaced')
})

t.test('nobody is made first where there are users', async (t) => {
  t.equal(await ensureFirstOperator(database), null)
  const all = await app.inject({ url: '/v1/users', headers })
  t.equal(
    all.json().users.every(({ login }: { login: string }) => login !== 'operator'),
    true,
  )
})
