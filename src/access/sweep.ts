/** What has ended is kept for a while, for whoever looks into it, and then removed. */
import type { Queryable } from '../db/queryable.ts'
import { sweepAttempts } from './sign-in/attempt-count.ts'
import { sweepChallenges } from './sign-in/challenge-store.ts'
import { sweepTokens } from './sign-in/password-token.ts'
import { sweepSessions } from './sign-in/session-store.ts'

export async function sweep(queryable: Queryable): Promise<void> {
  await sweepAttempts(queryable)
  await sweepChallenges(queryable)
  await sweepTokens(queryable)
  await sweepSessions(queryable)
}
