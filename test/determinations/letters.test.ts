/** What an organisation without grants is told over HTTP, and the letter that tells the person everything and the organisation nothing. */
import { generateKeyPairSync } from 'node:crypto'
import { compactDecrypt, importJWK } from 'jose'
import t from 'tap'
import { createKey } from '../../src/access/key-store.ts'
import type { Permission } from '../../src/access/permissions.ts'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { STEP_BYTES } from '../../src/determinations/letters/seal-letter.ts'
import { application, seededApp } from '../support/seeded-app.ts'

const service = await seededApp(t, 12)
const { database, heads, headers } = service
/** By the database's own grants: NAF has none. */
const app = await buildApp({ database, config: readConfig({ LOG_LEVEL: 'silent' }), version: '0.0.0' })
t.teardown(() => app.close())
const keyOf = async (entity: string, ...permissions: Permission[]) => ({
  authorization: `Bearer ${await createKey(database.pool, { name: 'test', entity, permissions })}`,
})
const naf = await keyOf('NAF', 'determinations:read', 'determinations:write', 'applications:write', 'applications:read', 'letters:write')
const operator = await keyOf('MODEE', 'letters:keys')
const send = async (method: 'GET' | 'POST', url: string, payload?: object, as: Record<string, string> = naf) =>
  app.inject({ method, url, headers: as, ...(payload ? { payload } : {}) })
const [head, other] = heads as [(typeof heads)[number], (typeof heads)[number]]

interface Told {
  readonly id: string
  readonly programmes: readonly {
    readonly programme: string
    readonly outcome: string
    readonly score: unknown
    readonly benefit: unknown
    readonly withheld: readonly { readonly fact: string; readonly custodian: string }[]
    readonly determinations: readonly {
      readonly id: string
      readonly outcome: string
      readonly reasons: { readonly en: readonly string[] }
    }[]
  }[]
}

const body = application(head.number)
const idempotent = { 'idempotency-key': '5b1d2a52-6f6b-4d3c-9a3e-0c5a6f1d2b3c' }
const posted = await send('POST', '/v1/applications', body, { ...naf, ...idempotent })
const told = posted.json<Told>()
const whole = (await service.get(`/v1/applications/${told.id}`)).json<Told>()
const shown = told.programmes.find(({ programme }) => programme === 'unified-cash-transfer') ?? told.programmes[0]
const id = shown?.determinations[0]?.id as string

t.test('an application: outcomes, and nothing of what they rest on', async (t) => {
  t.equal(posted.statusCode, 201)
  t.same(
    told.programmes.map(({ outcome }) => outcome),
    whole.programmes.map(({ outcome }) => outcome),
    'outcomes are told',
  )
  for (const { programme, score, benefit, withheld, determinations } of told.programmes) {
    t.same([score, benefit], [null, null], programme)
    t.ok(withheld.length > 0 && withheld.every(({ custodian }) => custodian !== ''), `${programme} says what is withheld`)
    for (const { reasons } of determinations) t.notMatch(reasons.en.join(), /\d/, `${programme}: no number in its reasons`)
  }
  t.ok(
    whole.programmes.some(({ determinations }) => determinations.some(({ reasons }) => /\d/.test(reasons.en.join()))),
    'there are numbers to withhold',
  )
  const again = await send('POST', '/v1/applications', body, { ...naf, ...idempotent })
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.same(again.json(), told, 'a retry is answered alike')
  t.same((await send('GET', `/v1/applications/${told.id}`)).json(), told)
})

t.test('a determination, its explanation and its replay: no value, no truth of a condition, no hash that would tell one', async (t) => {
  const stored = (await send('GET', `/v1/determinations/${id}`)).json<Record<string, unknown>>()
  t.match(stored, { hash: null, factsHash: null, score: null, missing: [], trace: /^[012]+$/ })
  const full = (await service.get(`/v1/determinations/${id}`)).json<Record<string, string>>()
  t.match(full, { hash: /^[0-9a-f]{64}$/, factsHash: /^[0-9a-f]{64}$/ })
  t.not(stored.trace, full.trace)
  const explained = await send('GET', `/v1/determinations/${id}/explanation?lang=en`)
  t.match(explained.json(), { outcome: full.outcome, score: null, rule: { couldChange: [], missing: [] } })
  t.match(explained.body, /your organisation has no grant to see it/)
  t.match((await send('GET', `/v1/determinations/${id}/explanation?lang=ar`)).body, /لا تملك جهتكم/)
  t.match((await send('GET', `/v1/determinations/${id}/replay`)).json(), { same: true, storedHash: null, replayedHash: null })
})

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' })
const named = { en: 'Sanad', ar: 'سند' }
const added = await send('POST', '/v1/letter-delivery-keys', { entity: 'MODEE', name: named, publicKey: { kty, crv, x, y } }, operator)

t.test('the letter: whole for the person, sealed from the organisation', async (t) => {
  t.ok(publicKey)
  t.equal(added.statusCode, 201)
  const deliveryKey = added.json<{ id: string }>().id
  t.match((await send('GET', '/v1/letter-delivery-keys')).json(), { keys: [{ id: deliveryKey, entity: 'MODEE', name: named }] })
  const made = await send('POST', `/v1/determinations/${id}/letter`, { deliveryKey })
  t.equal(made.statusCode, 201)
  const { sealed, deliveredBy } = made.json<{ sealed: string; deliveredBy: string }>()
  t.equal(deliveredBy, 'MODEE')
  const opened = await compactDecrypt(sealed, await importJWK({ kty: 'EC', crv: 'P-256', x, y, d } as never, 'ECDH-ES+A256KW'))
  t.equal(opened.plaintext.byteLength % STEP_BYTES, 0, 'its length tells nothing')
  t.match(opened.protectedHeader, { kid: deliveryKey, cty: 'text/html', determination: id })
  const html = new TextDecoder().decode(opened.plaintext)
  const explained = (await service.get(`/v1/determinations/${id}/explanation?lang=en`)).json<{ rule: { sentences: string[] } }>()
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
  for (const sentence of explained.rule.sentences) t.ok(html.includes(escaped(sentence)), sentence.slice(0, 40))
  t.match(html, /<section lang="ar" dir="rtl">[\s\S]*بيان أسباب القرار[\s\S]*<section lang="en" dir="ltr">/)
  t.notMatch(html, new RegExp(head.number), 'no National ID')
  t.notMatch(html, /no grant to see it|not shown to you/)
  const { rows } = await database.pool.query<{ event: string }>(
    "select row_to_json(e)::text as event from audit_event e where row_to_json(e)::text like '%letter.sealed%'",
  )
  t.ok(
    rows.some(({ event }) => event.includes(`determination:${id}`) && event.includes('NAF')),
    'audited',
  )
})

t.test('whose key it is: never the asker’s, the agency’s, or one that the asker added', async (t) => {
  const key = { name: named, publicKey: { kty, crv, x, y } }
  const add = async (payload: object, as = operator) => (await send('POST', '/v1/letter-delivery-keys', payload, as)).json()
  const own = await add({ ...key, entity: 'NAF' })
  const refused = { status: 403, code: 'letter-not-sealed-from-asker' }
  t.match((await send('POST', `/v1/determinations/${id}/letter`, { deliveryKey: own.id })).json(), refused)
  const both = await keyOf('HIA', 'letters:keys', 'letters:write')
  t.match((await send('POST', `/v1/determinations/${id}/letter`, { deliveryKey: own.id }, both)).json(), refused, 'of the agency')
  const made = await add({ ...key, entity: 'CSPD' }, both)
  t.match((await send('POST', `/v1/determinations/${id}/letter`, { deliveryKey: made.id }, both)).json(), refused, 'by oneself')
  t.match(await add({ ...key, publicKey: { ...key.publicKey, d }, entity: 'CSPD' }), { status: 400, pointer: '/publicKey/d' })
  t.match(
    await add({ ...key, publicKey: { ...key.publicKey, y: x }, entity: 'CSPD' }),
    { status: 400, pointer: '/publicKey' },
    'no point of the curve',
  )
  t.match(await add({ ...key, entity: 'NOBODY' }), { status: 400, pointer: '/entity' })
  t.match((await send('POST', `/v1/letter-delivery-keys/${made.id}/revoke`, undefined, operator)).json(), { revoked: true })
  t.match((await send('POST', `/v1/letter-delivery-keys/${made.id}/revoke`, undefined, operator)).json(), {
    status: 404,
    code: 'letter-key-unknown',
  })
  t.match((await send('POST', `/v1/determinations/${id}/letter`, { deliveryKey: made.id })).json(), { status: 404 })
  t.match((await send('POST', `/v1/determinations/${made.id}/letter`, { deliveryKey: own.id })).json(), { code: 'determination-not-found' })
  const stranger = { deliveryKey: added.json().id, nationalId: other.number }
  t.match((await send('POST', `/v1/determinations/${id}/letter`, stranger)).json(), { code: 'reader-not-member' })
  await t.rejects(database.pool.query("update letter_delivery_key set entity = 'NAF'"), { code: '23001' })
  t.ok(headers)
})
