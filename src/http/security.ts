/** Permission of every route, who asks (a key, a token, a session), rate limit and security headers. */
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { Principal } from '../access/principal.ts'
import { isPermission } from '../access/permissions.ts'
import type { Permission } from '../access/permissions.ts'
import { Problem, problem } from '../kernel/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says who may use it; the service does not start while one does not. */
    permission?: Permission | 'public' | 'authenticated'
    /** A user who must change the password first may use the route. */
    beforePasswordChange?: boolean
  }
  interface FastifyRequest {
    principal: Principal | null
    /** The token of the session's cookie, when a session asks. */
    sessionToken: string | null
    /** Whether the same asker may still use the route: for answers that go on. Looking is no use of a session, which ends by idleness all the same. */
    mayStill: () => Promise<boolean>
  }
}

export interface SecuritySettings {
  /** 0 means no limit. */
  readonly rateLimitPerMinute: number
  /** Finds the holder of a key or token, null for an unknown, revoked or ended one. */
  readonly principalOf: (key: string) => Promise<Principal | null>
  /** Users who signed in; without it nobody does. */
  readonly sessions?: SessionSettings
}

export interface SessionSettings {
  /** Name of the cookie that holds a session's token. */
  readonly cookie: string
  /** Finds the user of a session, null for one that has ended; `isWatched`: without counting as use of it. */
  readonly userOf: (token: string, isWatched?: boolean) => Promise<Principal | null>
  /** Whether a header's word proves that a page of ours sends the request. */
  readonly isCsrfToken: (token: string, word: unknown) => boolean
}

export async function registerSecurity(app: FastifyInstance, settings: SecuritySettings): Promise<void> {
  app.decorateRequest('principal', null)
  app.decorateRequest('sessionToken', null)
  app.decorateRequest('mayStill', async function mayStill(this: FastifyRequest) {
    const now = await whoMay(this, settings, true).catch((error: unknown) => {
      if (error instanceof Problem) return null
      throw error
    })
    return now !== null && now.id === this.principal?.id && now.entity === this.principal.entity
  })
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onReady', async () => assertPermissions(routes))
  await app.register(helmet, { contentSecurityPolicy: false, hsts: false, crossOriginEmbedderPolicy: false })
  app.addHook('onRequest', async (request) => authorise(request, settings))
  if (settings.rateLimitPerMinute > 0) {
    await app.register(rateLimit, {
      max: settings.rateLimitPerMinute,
      timeWindow: 60_000,
      hook: 'preParsing', // after authorisation, so that a key and not an address is counted
      keyGenerator: (request) => request.principal?.id ?? request.ip,
      errorResponseBuilder: (_request, { ttl }) => problem('too-many-requests', { retryAfterSeconds: Math.ceil(ttl / 1000) }),
    })
  }
}

/** The holder of the request's key; only after authorisation on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw problem('key-missing')
  return request.principal
}

/** Whether the holder may see where sheltered persons live. */
export const mayReadAddresses = (request: FastifyRequest): boolean => principalOf(request).permissions.has('sheltered:read-addresses')

async function authorise(request: FastifyRequest, settings: SecuritySettings): Promise<void> {
  if (request.is404 || request.routeOptions.config.permission === 'public') return
  request.principal = await whoMay(request, settings, false)
}

/** Who asks, if they may use the route; throws the refusal. */
async function whoMay(request: FastifyRequest, settings: SecuritySettings, isWatched: boolean): Promise<Principal> {
  const { permission, beforePasswordChange } = request.routeOptions.config
  const principal = await whoAsks(request, settings, isWatched)
  if (principal.mustChangePassword && !beforePasswordChange) throw problem('password-change-required')
  if (permission !== 'authenticated' && (!isPermission(permission) || !principal.permissions.has(permission))) {
    throw problem('permission-missing', { expected: String(permission) })
  }
  return principal
}

/** One word is a key, three with dots are a token. */
const KEY = /^Bearer ([A-Za-z0-9_-]{20,200}|[A-Za-z0-9_-]{2,500}\.[A-Za-z0-9_-]{2,6000}\.[A-Za-z0-9_-]{2,500})$/
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A header of its own goes before the cookie, which a browser sends by itself. */
async function whoAsks(request: FastifyRequest, { principalOf, sessions }: SecuritySettings, isWatched: boolean): Promise<Principal> {
  const { authorization, cookie } = request.headers
  const token = authorization === undefined && sessions ? cookieOf(cookie, sessions.cookie) : null
  if (token !== null && sessions) return userWhoAsks(request, token, sessions, isWatched)
  const key = KEY.exec(authorization ?? '')?.[1]
  if (key === undefined) throw problem('key-missing', { pointer: 'Authorization', expected: 'Bearer <key>' })
  const holder = await principalOf(key)
  if (!holder) throw problem('key-unknown', { pointer: 'Authorization' })
  return holder
}

async function userWhoAsks(
  request: FastifyRequest,
  token: string,
  { userOf, isCsrfToken }: SessionSettings,
  isWatched: boolean,
): Promise<Principal> {
  const user = await userOf(token, isWatched)
  if (!user) throw problem('session-ended')
  if (!SAFE.has(request.method) && !isCsrfToken(token, request.headers['x-csrf-token'])) {
    throw problem('csrf-token-missing', { pointer: 'X-CSRF-Token' })
  }
  request.sessionToken = token
  return user
}

/** The value of one cookie; of two with the name the first. */
export function cookieOf(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.split('=', 2)
    if (key?.trim() === name && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value.trim())) return value.trim()
  }
  return null
}

/** INVARIANT: no route without a declared permission; a forgotten declaration stops the start, not a request. */
function assertPermissions(routes: readonly RouteOptions[]): void {
  const declared = (permission: unknown): boolean => permission === 'public' || permission === 'authenticated' || isPermission(permission)
  const bare = routes.filter(({ config }) => !declared(config?.permission))
  if (bare.length > 0) {
    throw new Error(`routes without a permission: ${bare.map(({ method, url }) => `${String(method)} ${url}`).join(', ')}`)
  }
}
