/** Signing in over HTTP: refusals that tell nothing, codes that are counted, sessions that end when they must. */
import t from 'tap'
import { guessAtOnce } from './guess-at-once.ts'
import { signingTimes } from './sign-in-times.ts'
import { accessApp, PASSWORD } from './support.ts'

import { linesOf, service } from './service.ts'

const { app, database, post, sent, signIn, user } = service
const wrongCode = (right: string): string => String((Number(right) + 1) % 1_000_000).padStart(6, '0')
const begin = async (login: string): Promise<string> => (await post('/v1/sign-in', { login, password: PASSWORD })).json().challenge

t.test('a password, then a code, then a session that knows who asks', async (t) => {
  const id = await user('amal', 'NAF', 'list-reader')
  const first = await post('/v1/sign-in', { login: 'Amal', password: PASSWORD })
  t.equal(first.statusCode, 200)
  t.match(first.json(), { challenge: /^[0-9a-f-]{36}$/, method: 'sent', expiresAt: /^20/ })
  t.equal(first.headers['set-cookie'], undefined, 'the password alone is no session')
  const { challenge } = first.json()
  const verified = await post('/v1/sign-in/verify', { challenge, code: sent('code', 'amal').at(-1) ?? '' })
  t.match(verified.json(), { id, kind: 'user', entity: 'NAF', roles: ['list-reader'], mustChangePassword: false })
  const cookie = String(verified.headers['set-cookie'])
  t.match(cookie, /^__Host-mizan-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
  const session = cookie.split(';')[0] as string
  const me = (await app.inject({ url: '/v1/me', headers: { cookie: session } })).json()
  t.same(me, verified.json())
  t.ok(me.permissions.includes('ranked-lists:read'))
  t.match((await app.inject({ url: '/v1/users', headers: { cookie: session } })).json(), { code: 'permission-missing' })
  t.same(await linesOf(id), ['sign-in.password right', 'sign-in.code signed-in'])
  const again = await post('/v1/sign-in/verify', { challenge, code: sent('code', 'amal').at(-1) ?? '' })
  t.match(again.json(), { code: 'code-refused', status: 401 }, 'a code is used once')
})

t.test('whatever is not GET needs the word that only our pages can read', async (t) => {
  await user('basma', 'NAF', 'analyst')
  const { cookie, csrf } = await signIn('basma')
  const other = await (async () => {
    await user('bilal', 'NAF', 'analyst')
    return signIn('bilal')
  })()
  const out = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/v1/sign-out', headers: { cookie, ...headers } })
  for (const headers of [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': other.csrf }, { 'x-csrf-token': `${csrf}x` }] as Record<
    string,
    string
  >[]) {
    t.match((await out(headers)).json(), { code: 'csrf-token-missing', status: 403 })
  }
  const done = await out({ 'x-csrf-token': csrf })
  t.equal(done.statusCode, 204)
  t.match(done.headers['set-cookie'], /=; Path=\/; .*Max-Age=0/)
  t.match((await app.inject({ url: '/v1/me', headers: { cookie } })).json(), { code: 'session-ended', status: 401 })
  t.equal((await app.inject({ url: '/v1/me', headers: { cookie: other.cookie } })).statusCode, 200)
  t.match((await app.inject({ url: '/v1/me', headers: { cookie: '__Host-mizan-session=short' } })).json(), { code: 'key-missing' })
})

t.test('guesses of a code at once: five are looked at', async (t) => {
  await guessAtOnce(t, service, 'dana', 200)
})

t.test('100 requests with the right code at once: one session', async (t) => {
  const id = await user('eman', 'NAF', 'analyst')
  const challenge = await begin('eman')
  const code = sent('code', 'eman').at(-1) as string
  const answers = await Promise.all(Array.from({ length: 100 }, () => post('/v1/sign-in/verify', { challenge, code })))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
  const { rows } = await database.pool.query('select count(*)::int as sessions from user_session where user_id = $1', [id])
  t.equal(rows[0].sessions, 1)
})

t.test('codes end, are sent again three times, and the attempts go on counting', async (t) => {
  await user('farah', 'NAF', 'analyst')
  const challenge = await begin('farah')
  const [first] = sent('code', 'farah') as [string]
  t.equal((await post('/v1/sign-in/verify', { challenge, code: wrongCode(first) })).statusCode, 401)
  t.equal((await post('/v1/sign-in/resend', { challenge })).statusCode, 204)
  const second = sent('code', 'farah').at(-1) as string
  if (first !== second)
    t.equal((await post('/v1/sign-in/verify', { challenge, code: first })).statusCode, 401, 'the code before is of no use')
  t.equal((await post('/v1/sign-in/resend', { challenge })).statusCode, 204)
  t.match((await post('/v1/sign-in/resend', { challenge })).json(), { code: 'code-refused' })
  const third = sent('code', 'farah').at(-1) as string
  await database.pool.query("update sign_in_challenge set expires_at = now() - interval '1 s' where id = $1", [challenge])
  t.match((await post('/v1/sign-in/verify', { challenge, code: third })).json(), { code: 'code-refused' }, 'over')
  const unknown = '01a20ae3-5581-7377-9bfe-7dbbb80314a9'
  t.match((await post('/v1/sign-in/verify', { challenge: unknown, code: third })).json(), { code: 'code-refused' })
  t.match((await post('/v1/sign-in/resend', { challenge: unknown })).json(), { code: 'code-refused' })
})

t.test('strangers, wrong passwords, locked names and disabled users are told the same in the same time', async (t) => {
  const id = await user('ghada', 'NAF', 'analyst')
  const off = await user('gone', 'NAF', 'analyst')
  await database.pool.query('update user_account set disabled_at = now() where id = $1', [off])
  const tell = async (login: string, password: string): Promise<object> => {
    const body: object = (await post('/v1/sign-in', { login, password })).json()
    return { ...body, requestId: '' }
  }
  const stranger = await tell('nobody-has-this', PASSWORD)
  t.match(stranger, { code: 'sign-in-refused', status: 401 })
  t.same(await tell('ghada', 'wrong password here'), stranger)
  t.same(await tell('gone', PASSWORD), stranger)
  const guesses = await Promise.all(Array.from({ length: 20 }, (_, place) => tell('ghada', `wrong password ${place}`)))
  for (const guess of guesses) t.same(guess, stranger)
  t.same(await tell('ghada', PASSWORD), stranger, 'locked: the right password too')
  t.equal((await linesOf(id)).filter((line) => line === 'sign-in.password refused').length, 5, 'of 21 guesses five were looked at')
  t.ok((await linesOf(id)).includes('sign-in.locked locked'))
  await database.pool.query("update attempt_count set locked_until = now() - interval '1 s' where locked_until is not null")
  t.match(await tell('ghada', PASSWORD), { challenge: /./ }, 'the lock ends')
  const times = await signingTimes((login) => tell(login, 'wrong password here'), { user: 'ghada', locked: 'gone', stranger: 'no-one' }, 7)
  // What a missing hash would show is a factor of five or more; the bench has the figures.
  t.ok(times.stranger / times.user > 0.5 && times.stranger / times.user < 2, `stranger ${times.stranger} ms, user ${times.user} ms`)
  t.ok(times.locked / times.user > 0.5 && times.locked / times.user < 2, `locked ${times.locked} ms, user ${times.user} ms`)
})

t.test('who knows a password has not five codes for each time it is given', async (t) => {
  await user('hala', 'NAF', 'analyst')
  let looked = 0
  for (let round = 0; round < 4; round++) {
    const answer = await post('/v1/sign-in', { login: 'hala', password: PASSWORD })
    if (answer.statusCode !== 200) continue
    const { challenge } = answer.json()
    const code = wrongCode(sent('code', 'hala').at(-1) as string)
    for (let guess = 0; guess < 3; guess++) if ((await post('/v1/sign-in/verify', { challenge, code })).statusCode === 401) looked++
  }
  t.ok(looked <= 6, `${looked} wrong codes before the name was locked`)
  await database.pool.query('delete from attempt_count')
  const older = await begin('hala')
  const codes = [sent('code', 'hala').at(-1)]
  const newer = await begin('hala')
  codes.push(sent('code', 'hala').at(-1))
  for (const code of codes) t.match((await post('/v1/sign-in/verify', { challenge: older, code })).json(), { code: 'code-refused' })
  t.equal((await post('/v1/sign-in/verify', { challenge: newer, code: codes[1] })).statusCode, 200, 'one sign-in at a time')
})

t.test('a password that changes ends what the old one began at that very moment', async (t) => {
  const id = await user('huda', 'NAF', 'analyst')
  const [hash] = (await database.pool.query('select password_hash as hash from user_account where id = $1', [id])).rows
  /** What somebody else does with the account while the request waits for it. */
  const meanwhile = async (work: string, ask: () => Promise<unknown>): Promise<unknown> => {
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query(work, [id])
      const answer = ask()
      // The request reads what was before, and is held where it writes.
      for (let held = 0; held === 0;) {
        const { rows } = await database.pool.query(
          "select count(*)::int as held from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        )
        held = rows[0].held
      }
      await other.query('commit')
      return await answer
    } finally {
      other.release()
    }
  }
  const changed = "update user_account set password_hash = password_hash || 'x' where id = $1"
  const back = () => database.pool.query('update user_account set password_hash = $2, disabled_at = null where id = $1', [id, hash.hash])
  const first = await meanwhile(changed, async () => (await post('/v1/sign-in', { login: 'huda', password: PASSWORD })).json())
  t.match(first, { code: 'sign-in-refused' })
  await back()
  const session = await signIn('huda')
  const own = (url: string, payload: object) => async () => (await session.ask('POST', url, { current: PASSWORD, ...payload })).json()
  t.match(await meanwhile(changed, own('/v1/me/password', { password: 'nine quiet owls at noon' })), { code: 'current-password-refused' })
  await back()
  t.match(await meanwhile('update user_account set disabled_at = now() where id = $1', own('/v1/me/totp', {})), {
    code: 'current-password-refused',
  })
  await back()
  const challenge = await begin('huda')
  const code = sent('code', 'huda').at(-1)
  const ended =
    'with u as (update user_account set name = name where id = $1) update sign_in_challenge set used_at = now() where user_id = $1 and used_at is null'
  t.match(await meanwhile(ended, async () => (await post('/v1/sign-in/verify', { challenge, code })).json()), { code: 'code-refused' })
})

t.test('a page of another site can neither sign somebody in nor act for whoever has', async (t) => {
  await user('huri', 'NAF', 'analyst')
  const challenge = await begin('huri')
  const code = sent('code', 'huri').at(-1)
  // What a form can send without asking first: none of it is JSON.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    t.equal(
      (
        await app.inject({
          method: 'POST',
          url: '/v1/sign-in/verify',
          headers: { 'content-type': type },
          payload: JSON.stringify({ challenge, code }),
        })
      ).statusCode,
      415,
      type,
    )
  const asked = await app.inject({
    method: 'OPTIONS',
    url: '/v1/sign-in/verify',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  })
  t.equal(asked.headers['access-control-allow-origin'], undefined)
  const planted = '__Host-mizan-session=' + 'A'.repeat(43)
  const verified = await post('/v1/sign-in/verify', { challenge, code }, { cookie: planted })
  t.equal(verified.statusCode, 200)
  t.notMatch(String(verified.headers['set-cookie']), /A{43}/, 'a session that somebody else chose is not taken over')
  t.equal(verified.headers['cache-control'], 'no-store')
})

t.test('sessions end by idleness and by age, and with the one that signs in again', async (t) => {
  await user('layla', 'NAF', 'analyst')
  const expire = (sql: string, cookie: string) =>
    database.pool.query(`update user_session set ${sql} where hash = encode(sha256(convert_to($1, 'utf8')), 'hex')`, [cookie.split('=')[1]])
  const idle = await signIn('layla')
  await expire("last_seen_at = now() - interval '29 min'", idle.cookie)
  t.equal((await idle.ask('GET', '/v1/me')).statusCode, 200)
  await expire("last_seen_at = now() - interval '20 min'", idle.cookie)
  t.equal((await idle.ask('GET', '/v1/me')).statusCode, 200, 'each request counts')
  await expire("last_seen_at = now() - interval '31 min'", idle.cookie)
  t.equal((await idle.ask('GET', '/v1/me')).statusCode, 401)
  const old = await signIn('layla')
  await expire("expires_at = now() - interval '1 s'", old.cookie)
  t.equal((await old.ask('GET', '/v1/me')).statusCode, 401)
  const one = await signIn('layla')
  const challenge = await begin('layla')
  const verified = await post('/v1/sign-in/verify', { challenge, code: sent('code', 'layla').at(-1) ?? '' }, { cookie: one.cookie })
  t.not(String(verified.headers['set-cookie']).split(';')[0], one.cookie, 'another token')
  t.equal((await one.ask('GET', '/v1/me')).statusCode, 401)
})

t.test('bad input is a problem with a place', async (t) => {
  const tries: [string, unknown, object][] = [
    ['/v1/sign-in', {}, { code: 'request-invalid', pointer: '/login' }],
    ['/v1/sign-in', { login: 1, password: 'x' }, { code: 'request-invalid', pointer: '/login' }],
    ['/v1/sign-in', { login: 'a', password: 'x'.repeat(513) }, { code: 'request-invalid', pointer: '/password' }],
    ['/v1/sign-in', { login: 'a', password: 'x', admin: true }, { code: 'request-invalid', pointer: '/admin' }],
    ['/v1/sign-in', { login: 'a\0', password: 'x' }, { code: 'text-has-nul' }],
    ['/v1/sign-in/verify', { challenge: 'x', code: '123456' }, { code: 'request-invalid', pointer: '/challenge' }],
    [
      '/v1/sign-in/verify',
      { challenge: '01a20ae3-5581-7377-9bfe-7dbbb80314a9', code: '١٢٣٤٥٦' },
      { code: 'request-invalid', pointer: '/code' },
    ],
  ]
  for (const [url, payload, want] of tries) t.match((await post(url, payload as object)).json(), want, url)
})

t.test('an address that signs in too often waits; a code that cannot be sent is said, and logged without the code', async (t) => {
  const other = await accessApp(t, { SIGN_INS_PER_MINUTE: '3', CODE_SENDER: 'command', CODE_SENDER_COMMAND: '/does/not/exist' })
  await other.user('nour', 'NAF', 'analyst')
  t.match((await other.post('/v1/sign-in', { login: 'nour', password: PASSWORD })).json(), { code: 'code-not-sent', status: 503 })
  t.match(other.logged(), /a code could not be sent/)
  const statuses: number[] = []
  for (let time = 0; time < 4; time++) statuses.push((await other.post('/v1/password/forgotten', { login: 'a' })).statusCode)
  t.same(statuses.slice(2), [429, 429])
})
