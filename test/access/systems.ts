/** Keys, and systems that take tokens: made, replaced with an overlap, ended at once; and tokens that are none. */
import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { lazyKeyring } from '../../src/access/keyring.ts'
import { currentSigningKey } from '../../src/access/clients/signing-keys.ts'

import type { System } from './service.ts'
import { operator, naf, ssc, nobody, eventsOf, bearer, me, form, grant, tokenOf, service } from './service.ts'

const { app, database, post } = service

const made = async (permissions: string[]): Promise<System> =>
  (await naf.ask('POST', '/v1/clients', { name: 'portal', permissions })).json()

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
