/** Signing in with a password and a code, and a new password for who forgot it: the routes for people who are not known yet. */
import type { FastifyRequest } from 'fastify'
import { cookieOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import type { CountCall } from '../../kernel/call-rate.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps, Asked } from '../access-deps.ts'
import { tellMe } from '../me/tell-me.ts'
import { cookieName, sessionCookie } from './cookie.ts'
import type { CookieSettings } from './cookie.ts'
import { forgotPassword, resetPassword } from './password-token.ts'
import { Challenge, ForgottenRequest, Me, Nothing, ResendRequest, ResetRequest, SignInRequest, VerifyRequest } from './schema.ts'
import { findSession } from './session-store.ts'
import { resendCode, signIn, verifyCode } from './sign-in.ts'

export interface SignInDeps extends AccessDeps {
  readonly cookie: CookieSettings
  /** Counts requests by address. */
  readonly countCall: CountCall
}

const tags = ['sign-in']
const config = { permission: 'public', purpose: 'signing in' } as const
const bodyLimit = 4_096

/** The request as audit events speak of it. */
export const askedBy = (request: FastifyRequest): Asked => ({
  requestId: request.id,
  purpose: request.routeOptions.config.purpose ?? 'none stated',
})

export function registerSignInRoutes(app: Server, deps: SignInDeps): void {
  registerSteps(app, deps)
  registerForgotten(app, deps)
}

function registerSteps(app: Server, deps: SignInDeps): void {
  app.post(
    '/v1/sign-in',
    {
      config,
      bodyLimit,
      schema: {
        tags,
        summary: 'Sign in: user name and password; a code follows',
        description: 'Strangers, wrong passwords, locked names and disabled users are told the same.',
        body: SignInRequest,
        response: { 200: Challenge },
      },
    },
    async (request) => {
      deps.countCall('sign-in', request.ip)
      return signIn(deps, request.body, askedBy(request))
    },
  )
  app.post(
    '/v1/sign-in/resend',
    { config, bodyLimit, schema: { tags, summary: 'Send another code for the sign-in', body: ResendRequest, response: { 204: Nothing } } },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      await resendCode(deps, request.body.challenge, askedBy(request))
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/v1/sign-in/verify',
    {
      config,
      bodyLimit,
      schema: {
        tags,
        summary: 'Sign in: the code; starts the session of the cookie',
        description: 'A session that the browser still had ends.',
        body: VerifyRequest,
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      const previous = cookieOf(request.headers.cookie, cookieName(deps.cookie))
      const token = await verifyCode(deps, request.body, previous, askedBy(request))
      const principal = await findSession(deps.database.pool, token, deps.sessions)
      if (!principal) throw problem('session-ended')
      reply.header('set-cookie', sessionCookie(deps.cookie, token))
      return tellMe(principal, token)
    },
  )
}

function registerForgotten(app: Server, deps: SignInDeps): void {
  app.post(
    '/v1/password/forgotten',
    {
      config,
      bodyLimit,
      schema: {
        tags,
        summary: 'Ask for a token with which to set a new password',
        description: 'Told the same whether somebody has the name or not; the token goes to the user.',
        body: ForgottenRequest,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      await forgotPassword(deps, request.body.login, askedBy(request))
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/v1/password/reset',
    {
      config,
      bodyLimit,
      schema: { tags, summary: 'Set a new password by a token; sessions end', body: ResetRequest, response: { 204: Nothing } },
    },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      await resetPassword(deps, request.body, askedBy(request))
      return reply.code(204).send(null)
    },
  )
}
