/** A thousand guesses of a verification code at once. */
import t from 'tap'
import { guessAtOnce } from '../access/guess-at-once.ts'
import { accessApp } from '../access/support.ts'

t.test('1,000 guesses of a code at once: at most five are looked at', async (t) => {
  // All wait their turn: whoever is told to come back leaves no event behind.
  const service = await accessApp(t, { DATABASE_CONNECTION_TIMEOUT_MS: '60000' })
  for (const login of ['dana', 'eman', 'farah']) await guessAtOnce(t, service, login, 1_000)
})
