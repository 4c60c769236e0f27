/** Systems that take tokens: managed by administrators, and the token endpoint itself (RFC 6749, client credentials). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { entityInSight } from '../may-manage.ts'
import { closed, EntityId, Id, IdParams, Instant, NullableInstant, Overlap, OVERLAP_HOURS, Page, PAGE, PermissionName } from '../schema.ts'
import { askedBy } from '../sign-in/routes.ts'
import type { SignInDeps } from '../sign-in/routes.ts'
import { Nothing } from '../sign-in/schema.ts'
import { listClients } from './client-store.ts'
import { endClient, makeClient, rotateSecret } from './manage-clients.ts'
import { publicKeys, rotateSigningKey } from './signing-keys.ts'
import { readTokenRequest, tokenErrors } from './token-request.ts'
import { issueToken } from './tokens.ts'

const tags = ['systems']
const writes = { permission: 'keys:write', purpose: 'managing systems' } as const
const bodyLimit = 8_192
const ClientAnswer = Type.Object({
  id: Id,
  name: Type.String(),
  entity: Type.String(),
  permissions: Type.Array(PermissionName),
  createdAt: Instant,
  createdBy: Type.String(),
  lastUsedAt: NullableInstant,
  disabledAt: NullableInstant,
})
const ClientList = Type.Object({ clients: Type.Array(ClientAnswer), before: Type.Union([Id, Type.Null()]) })
const NewClientRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    entity: Type.Optional(EntityId),
    permissions: Type.Array(PermissionName, { minItems: 1, uniqueItems: true }),
  },
  closed,
)
const MadeClient = Type.Object({
  id: Id,
  secret: Type.String({ description: 'shown this once; only its hash is kept. client_id is the id.' }),
})

export function registerClientRoutes(app: Server, deps: SignInDeps): void {
  registerManagement(app, deps)
  registerSigningKeys(app, deps)
  registerTokenEndpoint(app, deps)
}

const events =
  (request: FastifyRequest) =>
  (action: string, objects: readonly string[]): AuditEvent =>
    audited(request, { action, outcome: 'done', objects })

function registerManagement(app: Server, deps: SignInDeps): void {
  app.get(
    '/v1/clients',
    {
      config: { permission: 'keys:read' },
      schema: { tags, summary: 'Systems of your entity, the newest first', querystring: Page, response: { 200: ClientList } },
    },
    async (request) => {
      const { entity, before = null } = request.query
      const found = await listClients(deps.database.pool, { entity: entityInSight(principalOf(request), entity), before, limit: PAGE })
      return {
        clients: found.map((client) => ({ ...client, permissions: [...client.permissions] })),
        before: found.length === PAGE ? (found.at(-1)?.id ?? null) : null,
      }
    },
  )
  app.post(
    '/v1/clients',
    {
      config: writes,
      bodyLimit,
      schema: { tags, summary: 'Make a system that takes tokens', body: NewClientRequest, response: { 201: MadeClient } },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const wanted = { entity: principal.entity, ...request.body }
      return reply.code(201).send(await makeClient(deps, principal, wanted, events(request)))
    },
  )
  app.post(
    '/v1/clients/:id/secret',
    {
      config: writes,
      bodyLimit,
      schema: {
        tags,
        summary: 'Another secret; the present ones still work for some hours',
        params: IdParams,
        body: Overlap,
        response: { 201: MadeClient },
      },
    },
    async (request, reply) => {
      const wanted = { id: request.params.id, overlapHours: request.body.overlapHours ?? OVERLAP_HOURS }
      return reply.code(201).send(await rotateSecret(deps, principalOf(request), wanted, events(request)))
    },
  )
  app.delete(
    '/v1/clients/:id',
    {
      config: writes,
      schema: {
        tags,
        summary: 'End a system and its tokens: at once here, within five seconds in other processes',
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await endClient(deps, principalOf(request), request.params.id, events(request))
      return reply.code(204).send(null)
    },
  )
}

function registerSigningKeys(app: Server, deps: SignInDeps): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Public keys that tokens are held against (RFC 7517)',
        response: { 200: Type.Object({ keys: Type.Array(Type.Object({}, { additionalProperties: true })) }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=60')
      return publicKeys(deps.database.pool)
    },
  )
  app.post(
    '/v1/signing-keys/rotate',
    {
      bodyLimit,
      config: { permission: 'signing-keys:write', purpose: 'replacing the key that signs tokens' },
      schema: {
        tags,
        summary: 'Sign with a new key; tokens of the old one stay valid until they end, unless the old keys end too',
        body: Type.Object(
          { endOld: Type.Optional(Type.Boolean({ description: 'for keys that somebody may have seen: their tokens end at once' })) },
          closed,
        ),
        response: { 201: Type.Object({ kid: Id }) },
      },
    },
    async (request, reply) => {
      const record = async (client: Parameters<typeof recordEvent>[0], kid: string) =>
        recordEvent(client, events(request)('signing-key.rotated', [kid, ...(request.body.endOld ? ['endOld'] : [])]))
      const { endOld = false } = request.body
      const { kid } = await rotateSigningKey(deps.database.transaction, await deps.keyring(), { endOld, record })
      if (endOld) deps.forget()
      return reply.code(201).send({ kid })
    },
  )
}

const TokenForm = Type.Object({
  grant_type: Type.Literal('client_credentials'),
  scope: Type.Optional(Type.String({ description: 'permissions with spaces between them; all that the client has unless said otherwise' })),
  client_id: Type.Optional(Type.String()),
  client_secret: Type.Optional(Type.String()),
})
const TokenAnswer = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
  scope: Type.String(),
})

/** A form, as RFC 6749 wants it; in a scope of its own, so that no other route takes forms. */
function registerTokenEndpoint(app: Server, deps: SignInDeps): void {
  void app.register(async (scope) => {
    const form = scope as unknown as FastifyInstance
    form.removeAllContentTypeParsers()
    form.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit }, (_request, body, done) =>
      done(null, body),
    )
    // The form is described, and read by readTokenRequest, whose refusals are those of RFC 6749.
    form.setValidatorCompiler(() => () => true)
    const schema = {
      tags,
      body: TokenForm,
      summary: 'A token by client credentials',
      description:
        'A form: grant_type=client_credentials, and scope for some of the permissions. The client’s id and secret by HTTP Basic, or as client_id and client_secret in the form.',
      consumes: ['application/x-www-form-urlencoded'],
      response: { 200: TokenAnswer },
    }
    const config = { permission: 'public', purpose: 'giving a token to a system' } as const
    form.post('/oauth2/token', { config, bodyLimit, schema }, async (request, reply) => {
      deps.countCall('sign-in', request.ip)
      const wanted = readTokenRequest(request.body, request.headers.authorization)
      if (typeof wanted === 'string') return refuse(reply, wanted, request)
      const issued = await issueToken(deps, wanted, askedBy(request))
      if (typeof issued === 'string') return refuse(reply, issued, request)
      return { access_token: issued.token, token_type: 'Bearer', expires_in: issued.expiresInSeconds, scope: issued.scope.join(' ') }
    })
  })
}

/** RFC 6749, 5.2: `error` is what clients read; the rest is what every refusal of the service says. */
function refuse(reply: FastifyReply, error: keyof typeof tokenErrors, request: FastifyRequest): FastifyReply {
  const body = tokenErrors[error]
  if (body.status === 401) reply.header('www-authenticate', 'Basic realm="mizan"')
  return reply
    .code(body.status)
    .type('application/json')
    .serializer(JSON.stringify)
    .send({ error, ...body, requestId: request.id })
}
