/** One's own account: a forgotten password, one that must be changed, an authenticator, another contact. */
import { generateSync } from 'otplib'
import t from 'tap'
import { hashPassword } from '../../src/access/sign-in/password-hash.ts'
import { setPassword } from '../../src/access/users/user-store.ts'
import { PASSWORD } from './support.ts'

import { service } from './service.ts'

const { app, database, post, sent, signIn, user } = service
const begin = async (login: string): Promise<string> => (await post('/v1/sign-in', { login, password: PASSWORD })).json().challenge

t.test('another contact needs the password', async (t) => {
  await user('hind', 'NAF', 'entity-admin')
  const session = await signIn('hind')
  const ask = (payload: object) => session.ask('PATCH', '/v1/me', payload)
  t.match((await ask({ current: 'wrong password here', contact: 'x@example.jo' })).json(), { code: 'current-password-refused' })
  t.match((await ask({ current: PASSWORD })).json(), { code: 'request-invalid' })
  t.equal((await ask({ current: PASSWORD, contact: 'hind@example.jo', language: 'ar' })).statusCode, 204)
  const own = `/v1/users/${session.id}`
  t.match((await session.ask('GET', own)).json(), { contact: 'hind@example.jo', language: 'ar' })
  for (const change of [{ contact: 'y@example.jo' }, { secondFactor: 'sent' }, { roles: [] }, { disabled: true }])
    t.match((await session.ask('PATCH', own, change)).json(), { code: 'own-account', status: 409 })
  const key = service.headers
  t.match((await app.inject({ method: 'PATCH', url: '/v1/me', headers: key, payload: { current: 'x', contact: 'y' } })).json(), {
    code: 'person-required',
  })
})

t.test('one password, however the keyboard writes its letters', async (t) => {
  const id = await user('hiba', 'NAF', 'analyst')
  const words = 'قلعة عجلون أعلى التلال'
  await setPassword(database.pool, id, await hashPassword(words.normalize('NFD')), false)
  t.not(words.normalize('NFD'), words.normalize('NFC'))
  t.match((await post('/v1/sign-in', { login: 'hiba', password: words.normalize('NFC') })).json(), { challenge: /./ })
})

t.test('a forgotten password: a token for who has the name, the same answer for who has not', async (t) => {
  await user('iman', 'NAF', 'analyst')
  const old = await signIn('iman')
  const begun = await begin('iman')
  const ask = (login: string) => post('/v1/password/forgotten', { login })
  const [known, stranger] = await Promise.all([ask('iman'), ask('nobody-has-this')])
  t.same([known.statusCode, known.body], [204, ''])
  t.same([stranger.statusCode, stranger.body], [204, ''])
  let token = ''
  for (let wait = 0; token === '' && wait < 100; wait++) {
    token = sent('password', 'iman').at(-1) ?? ''
    await new Promise((resolve) => void setTimeout(resolve, 10))
  }
  const reset = (password: string, with_ = token) => post('/v1/password/reset', { token: with_, password })
  t.match((await reset('iman iman iman')).json(), { code: 'password-refused', status: 422, pointer: '/password' })
  t.match((await reset('short')).json(), { code: 'password-refused', expected: '12 to 128 characters' })
  const answers = await Promise.all(Array.from({ length: 10 }, () => reset('seven lanterns by the wadi')))
  t.equal(answers.filter(({ statusCode }) => statusCode === 204).length, 1, 'once')
  for (const answer of answers.filter(({ statusCode }) => statusCode !== 204)) t.match(answer.json(), { code: 'token-refused' })
  t.match((await reset('seven lanterns by the wadi', 'x'.repeat(43))).json(), { code: 'token-refused' })
  t.equal((await old.ask('GET', '/v1/me')).statusCode, 401, 'sessions of the old password ended')
  t.match((await post('/v1/sign-in/verify', { challenge: begun, code: sent('code', 'iman').at(-1) ?? '' })).json(), {
    code: 'code-refused',
  })
  t.match((await post('/v1/sign-in', { login: 'iman', password: PASSWORD })).json(), { code: 'sign-in-refused' })
  t.ok((await signIn('iman', 'seven lanterns by the wadi')).csrf)
})

t.test('the password must be changed first, then everything is open', async (t) => {
  const id = await user('jana', 'NAF', 'auditor')
  await database.pool.query('update user_account set must_change_password = true where id = $1', [id])
  const first = await signIn('jana')
  t.match((await first.ask('GET', '/v1/me')).json(), { mustChangePassword: true })
  t.match((await first.ask('GET', '/v1/users')).json(), { code: 'password-change-required', status: 403 })
  t.match((await first.ask('POST', '/v1/me/totp', { current: PASSWORD })).json(), { code: 'password-change-required' })
  const change = (current: string, password: string) => first.ask('POST', '/v1/me/password', { current, password })
  t.match((await change('not the present one', 'twelve camels at dawn')).json(), { code: 'current-password-refused', pointer: '/current' })
  t.match((await change(PASSWORD, PASSWORD)).json(), { code: 'password-refused' })
  const second = await signIn('jana')
  const changed = await change(PASSWORD, 'twelve camels at dawn')
  t.match(changed.json(), { mustChangePassword: false })
  t.equal((await first.ask('GET', '/v1/me')).statusCode, 401, 'the session is another one')
  t.equal((await second.ask('GET', '/v1/me')).statusCode, 401, 'all others ended')
  const cookie = String(changed.headers['set-cookie']).split(';')[0] as string
  t.equal((await app.inject({ url: '/v1/users', headers: { cookie } })).statusCode, 200)
})

t.test('an authenticator in place of codes that are sent; no code of it twice', async (t) => {
  const id = await user('karim', 'NAF', 'analyst')
  const session = await signIn('karim')
  t.match((await session.ask('POST', '/v1/me/totp', { current: 'wrong password here' })).json(), { code: 'current-password-refused' })
  const { secret, uri } = (await session.ask('POST', '/v1/me/totp', { current: PASSWORD })).json()
  t.match(uri, /^otpauth:\/\/totp\/Mizan:karim\?secret=/)
  const codeAt = (seconds: number): string => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + seconds })
  t.match((await session.ask('POST', '/v1/me/totp/confirm', { code: codeAt(3_600) })).json(), { code: 'code-refused' })
  t.equal((await session.ask('POST', '/v1/me/totp/confirm', { code: codeAt(-30) })).statusCode, 204)
  const { rows } = await database.pool.query('select totp_secret from user_account where id = $1', [id])
  t.notOk(Buffer.from(rows[0].totp_secret).includes(secret), 'sealed where it lies')
  const before = sent('code', 'karim').length
  const start = async () => (await post('/v1/sign-in', { login: 'karim', password: PASSWORD })).json()
  const { challenge, method } = await start()
  t.equal(method, 'totp')
  t.equal(sent('code', 'karim').length, before, 'nothing is sent')
  t.match((await post('/v1/sign-in/resend', { challenge })).json(), { code: 'code-refused' })
  t.equal((await post('/v1/sign-in/verify', { challenge, code: codeAt(-30) })).statusCode, 401, 'the code of the confirmation is spent')
  const code = codeAt(30)
  t.equal((await post('/v1/sign-in/verify', { challenge, code })).statusCode, 200)
  const next = await start()
  t.equal((await post('/v1/sign-in/verify', { challenge: next.challenge, code })).statusCode, 401, 'and so is this one')
})

t.test('nothing of what signs in is in the log, the audit trail or the tables', async (t) => {
  const nationalId = '9871234567'
  await post('/v1/sign-in', { login: nationalId, password: PASSWORD })
  await post('/v1/password/forgotten', { login: nationalId })
  await user('mona', 'NAF', 'analyst')
  const { cookie } = await signIn('mona')
  const secrets = [PASSWORD, nationalId, cookie.split('=')[1] as string, ...sent('password', 'iman')]
  t.equal(secrets.length > 3, true)
  const tables = 'user_account sign_in_challenge password_token user_session attempt_count audit_event'.split(' ')
  for (const table of tables) {
    const { rows } = await database.pool.query(`select to_jsonb(x)::text as row from ${table} x`)
    const text = rows.map(({ row }) => row).join('\n')
    t.ok(text.length > 0, table)
    for (const secret of secrets) t.notOk(text.includes(secret), table)
  }
  for (const secret of [...secrets, 'mona']) t.notOk(service.logged().includes(secret))
  const { rows } = await database.pool.query("select body from audit_event where actor = 'nobody'")
  t.ok(rows.length > 0, 'strangers are events too')
})
