/** One's own account: who am I, another password or contact, an authenticator, signing out. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import type { Principal } from '../principal.ts'
import { closed } from '../schema.ts'
import { noCookie, sessionCookie } from '../sign-in/cookie.ts'
import { beginTotp, changeContact, changePassword, confirmTotp } from '../sign-in/own-account.ts'
import type { SignInDeps } from '../sign-in/routes.ts'
import { Code, CurrentPassword, Me, NewPassword, Nothing } from '../sign-in/schema.ts'
import { endSession, findSession } from '../sign-in/session-store.ts'
import { Contact, Language } from '../users/schema.ts'
import { tellMe } from './tell-me.ts'

const tags = ['own account']
const config = { permission: 'authenticated', purpose: 'one’s own account' } as const
const always = { ...config, beforePasswordChange: true } as const
const bodyLimit = 4_096
const ChangeRequest = Type.Object({ current: CurrentPassword, password: NewPassword }, closed)
const OwnChangeRequest = Type.Object(
  { current: CurrentPassword, contact: Type.Optional(Contact), language: Type.Optional(Language) },
  { ...closed, minProperties: 2 },
)
const TotpRequest = Type.Object({ current: CurrentPassword }, closed)
const TotpOffer = Type.Object({ secret: Type.String(), uri: Type.String({ description: 'what an authenticator reads as a picture' }) })
const ConfirmRequest = Type.Object({ code: Code }, closed)

export function registerMeRoutes(app: Server, deps: SignInDeps): void {
  app.get('/v1/me', { config: always, schema: { tags, summary: 'Who am I, and what may I do', response: { 200: Me } } }, async (request) =>
    tellMe(principalOf(request), request.sessionToken),
  )
  app.patch(
    '/v1/me',
    {
      config,
      bodyLimit,
      schema: { tags, summary: 'Change where codes are sent, and in which language', body: OwnChangeRequest, response: { 204: Nothing } },
    },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      await changeContact(deps, userOf(request).id, request.body, events(request))
      return reply.code(204).send(null)
    },
  )
  registerPassword(app, deps)
  registerAuthenticator(app, deps)
}

function registerPassword(app: Server, deps: SignInDeps): void {
  app.post(
    '/v1/me/password',
    {
      config: always,
      bodyLimit,
      schema: { tags, summary: 'Change the password; all other sessions end', body: ChangeRequest, response: { 200: Me } },
    },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      const token = await changePassword(deps, userOf(request).id, request.body, events(request))
      const principal = await findSession(deps.database.pool, token, deps.sessions)
      if (!principal) throw problem('session-ended')
      reply.header('set-cookie', sessionCookie(deps.cookie, token))
      return tellMe(principal, token)
    },
  )
  app.post(
    '/v1/sign-out',
    { config: always, schema: { tags, summary: 'End the session', response: { 204: Nothing } } },
    async (request, reply) => {
      const { session } = userOf(request)
      await deps.database.transaction(async ({ client }) => {
        if (session !== undefined) await endSession(client, session)
        await recordEvent(client, events(request)('sign-out', 'signed-out'))
      })
      return reply.header('set-cookie', noCookie(deps.cookie)).code(204).send(null)
    },
  )
}

function registerAuthenticator(app: Server, deps: SignInDeps): void {
  app.post(
    '/v1/me/totp',
    { config, bodyLimit, schema: { tags, summary: 'Get a secret for an authenticator', body: TotpRequest, response: { 200: TotpOffer } } },
    async (request) => {
      deps.countCall('sign-in', request.ip)
      return beginTotp(deps, userOf(request).id, request.body.current, events(request))
    },
  )
  app.post(
    '/v1/me/totp/confirm',
    {
      config,
      bodyLimit,
      schema: { tags, summary: 'Take the authenticator into use by a code of it', body: ConfirmRequest, response: { 204: Nothing } },
    },
    async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      await confirmTotp(deps, userOf(request).id, request.body.code, events(request))
      return reply.code(204).send(null)
    },
  )
}

/** The person who signed in: a key has no password to change. */
function userOf(request: FastifyRequest): Principal {
  const principal = principalOf(request)
  if (principal.kind !== 'user') throw problem('person-required')
  return principal
}

const events =
  (request: FastifyRequest) =>
  (action: string, outcome: string): AuditEvent =>
    audited(request, { action, outcome })
