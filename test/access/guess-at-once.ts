/** Guesses of a verification code, all at once: how many are looked at, and what they are told. */
import type { Test } from 'tap'
import type { AccessApp } from './support.ts'
import { PASSWORD } from './support.ts'

/** As many as `guesses`, none of them right, then the right one. */
export async function guessAtOnce(t: Test, { database, post, sent, user }: AccessApp, login: string, guesses: number): Promise<void> {
  const id = await user(login, 'NAF', 'analyst')
  const { challenge } = (await post('/v1/sign-in', { login, password: PASSWORD })).json()
  const code = sent('code', login).at(-1) as string
  const wrong = Array.from({ length: guesses }, (_, place) => String((Number(code) + 1 + place) % 1_000_000).padStart(6, '0'))
  const answers = await Promise.all(wrong.map((guess) => post('/v1/sign-in/verify', { challenge, code: guess })))
  // On a machine that cannot keep up some are told to come back.
  const refused = answers.filter(({ statusCode }) => statusCode !== 503)
  t.same([...new Set(refused.map(({ statusCode }) => statusCode))], [401])
  const bodies = refused.map((answer) => ({ ...answer.json(), requestId: '' }))
  t.equal(new Set(bodies.map((body) => JSON.stringify(body))).size, 1, 'all are told the same')
  const { rows } = await database.pool.query('select attempts from sign_in_challenge where id = $1', [challenge])
  t.equal(rows[0].attempts, 5, 'five were taken')
  const events = await database.pool.query(
    "select count(*)::int as n from audit_event where actor = $1 and body::json->>'action' = 'sign-in.code'",
    [id],
  )
  t.ok(events.rows[0].n >= 1 && events.rows[0].n <= 5, `${events.rows[0].n} are events of the user, the others of nobody`)
  t.match((await post('/v1/sign-in/verify', { challenge, code })).json(), { code: 'code-refused' }, 'the right one comes too late')
}
