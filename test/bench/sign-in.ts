/** How long signing in takes for a user, a locked name, a disabled user and a stranger (nobody must tell them apart), and what knowing who asks costs a request. */
import { accessApp } from '../access/support.ts'
import { signingTimes } from '../access/sign-in-times.ts'
import type { Bench } from './support/figure.ts'

const ROUNDS = 200
const REQUESTS = 2_000

export const bench: Bench = async (report) => {
  const ends: (() => unknown)[] = []
  try {
    // More attempts than the bench makes, but for the name that is to be locked.
    const teardown = (end: () => unknown): void => void ends.unshift(end)
    const service = await accessApp({ teardown } as Parameters<typeof accessApp>[0], { SIGN_IN_ATTEMPTS_MAX: '100', LOG_LEVEL: 'silent' })
    const { app, database, post, session, user } = service
    await user('known', 'NAF', 'analyst')
    await user('locked', 'NAF', 'analyst')
    const off = await user('disabled', 'NAF', 'analyst')
    await database.pool.query('update user_account set disabled_at = now() where id = $1', [off])
    const ask = (login: string) => post('/v1/sign-in', { login, password: 'not the password of anybody' })
    for (let time = 0; time < 101; time++) await ask('locked')
    const forget = 'update attempt_count set attempts = 1 where locked_until is null'
    const times = await signingTimes(
      async (login) => {
        await ask(login)
        await database.pool.query(forget)
      },
      { user: 'known', locked: 'locked', disabled: 'disabled', stranger: 'nobody.here' },
      ROUNDS,
    )
    for (const [kind, value] of Object.entries(times)) report({ figure: `a wrong password of a ${kind}, median`, value, unit: 'ms' })
    for (const kind of ['locked', 'disabled', 'stranger'] as const)
      report({ figure: `${kind} against user`, value: times[kind] / times.user, unit: 'ratio', of: [kind, 'user'] })
    const forgotten = await signingTimes(
      (login) => post('/v1/password/forgotten', { login }),
      { user: 'known', stranger: 'nobody.here' },
      ROUNDS,
    )
    report({ figure: 'forgotten password: stranger against user', value: forgotten.stranger / forgotten.user, unit: 'ratio' })
    const { ask: by } = await session(await user('asks', 'NAF', 'analyst'))
    const callers = { session: () => by('GET', '/v1/me'), key: () => app.inject({ url: '/v1/me', headers: service.headers }) }
    for (const [kind, call] of Object.entries(callers)) {
      const began = performance.now()
      for (let time = 0; time < REQUESTS; time++) await call()
      report({ figure: `GET /v1/me by a ${kind}`, value: (performance.now() - began) / REQUESTS, unit: 'ms' })
    }
  } finally {
    for (const end of ends) await end()
  }
}
