/** Passwords as argon2id hashes; a name that nobody has costs the same work, and so much work at once and no more. */
import { hash, verify } from '@node-rs/argon2'
import { problem } from '../../kernel/problem.ts'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
/** Each takes one of libuv's four threads, which files and look-ups of names need too. */
const AT_ONCE = 2
/** Beyond these a caller is told to come back: at some 40 ms each nobody waits longer than two seconds. */
const WAITING_MAX = 64
const RETRY_SECONDS = 2

export const hashPassword = async (password: string): Promise<string> => inTurn(() => hash(typed(password), COST))

/** One form whatever keyboard wrote it: a letter with its mark may come as one character or two (NIST SP 800-63B, 5.1.1.2). */
const typed = (password: string): string => password.normalize('NFKC')

/** Whether the password is that of the hash; null stands for a stranger: false, after the same work. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const against = stored ?? (await strangersHash())
  const same = await inTurn(() => verify(against, typed(password)))
  return same && stored !== null
}

let stranger: Promise<string> | null = null
/** Made before the first sign-in is timed, with the cost of everybody's. */
export const strangersHash = (): Promise<string> => (stranger ??= hash('a password that nobody has', COST))

let working = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw problem('service-overloaded', { retryAfterSeconds: RETRY_SECONDS })
    // Whoever ends hands its place over, so that nobody slips in between.
    await new Promise<void>((resolve) => void waiting.push(resolve))
  } else working++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else working--
  }
}
