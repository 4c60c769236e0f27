/** All of access behind one call: what the service needs to know who asks, and the routes of sign-in, users, keys and systems. */
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { SecuritySettings } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { callRates } from '../kernel/call-rate.ts'
import { registerClientRoutes } from './clients/routes.ts'
import { tokenFinder } from './clients/tokens.ts'
import { registerEntityRoutes } from './entities/routes.ts'
import { keyFinder } from './key-store.ts'
import { lazyKeyring } from './keyring.ts'
import { registerKeyRoutes } from './keys/routes.ts'
import { registerMeRoutes } from './me/routes.ts'
import { codeSenderOf } from './sign-in/code-sender.ts'
import { cookieName } from './sign-in/cookie.ts'
import { strangersHash } from './sign-in/password-hash.ts'
import { registerSignInRoutes } from './sign-in/routes.ts'
import type { SignInDeps } from './sign-in/routes.ts'
import { findSession, isCsrfTokenOf } from './sign-in/session-store.ts'
import { sweep } from './sweep.ts'
import { registerUserRoutes } from './users/routes.ts'

export type AccessSettings = Pick<
  Config,
  | 'dataDirectory'
  | 'codeSender'
  | 'codeSenderCommand'
  | 'signInAttemptsMax'
  | 'signInLockMinutes'
  | 'signInsPerMinute'
  | 'codeMinutes'
  | 'sessionIdleMinutes'
  | 'sessionHours'
  | 'accessTokenSeconds'
  | 'cookieSecure'
>

interface Access {
  readonly deps: SignInDeps
  /** Who asks: the holder of a key (one word), of a token (three, with dots), or the user of a session. */
  readonly callers: Omit<SecuritySettings, 'rateLimitPerMinute'>
}

export function accessOf(database: Database, config: AccessSettings, onSendFailure: (error: unknown) => void): Access {
  const ofKey = keyFinder(database.pool)
  const ofToken = tokenFinder(database.pool)
  const forget = (): void => {
    ofKey.forget()
    ofToken.forget()
  }
  const deps = { ...depsOf(database, config), forget, onSendFailure }
  const sessions = {
    cookie: cookieName(deps.cookie),
    userOf: (token: string, isWatched?: boolean) => findSession(database.pool, token, deps.sessions, isWatched),
    isCsrfToken: isCsrfTokenOf,
  }
  return { deps, callers: { principalOf: (text) => (text.includes('.') ? ofToken(text) : ofKey(text)), sessions } }
}

const depsOf = (database: Database, config: AccessSettings): Omit<SignInDeps, 'forget' | 'onSendFailure'> => ({
  database,
  keyring: lazyKeyring(config.dataDirectory),
  send: codeSenderOf(config),
  limits: {
    attemptsMax: config.signInAttemptsMax,
    lockMinutes: config.signInLockMinutes,
    codeMinutes: config.codeMinutes,
    tokenSeconds: config.accessTokenSeconds,
  },
  sessions: { idleMinutes: config.sessionIdleMinutes, hours: config.sessionHours },
  cookie: { secure: config.cookieSecure === 'yes' },
  countCall: callRates(config.signInsPerMinute),
})

const SWEEP_EVERY_MS = 3_600_000

export function registerAccess(app: Server, deps: SignInDeps): void {
  registerEntityRoutes(app, deps.database)
  registerSignInRoutes(app, deps)
  registerMeRoutes(app, deps)
  registerUserRoutes(app, deps)
  registerKeyRoutes(app, deps)
  registerClientRoutes(app, deps)
  let timer: NodeJS.Timeout | undefined
  app.addHook('onListen', async () => {
    // Made before anybody signs in: the first stranger must not wait longer than the first user. Not waited for, since hooks run one after another.
    strangersHash().catch((error: unknown) => app.log.error({ err: error }, 'passwords cannot be hashed'))
    const swept = (): void => void sweep(deps.database.pool).catch((error: unknown) => app.log.error({ err: error }, 'not swept'))
    swept()
    timer = setInterval(swept, SWEEP_EVERY_MS).unref()
  })
  app.addHook('onClose', async () => clearInterval(timer))
}
