/** API keys of an entity: listed, made, replaced, ended. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import type { AccessDeps } from '../access-deps.ts'
import { listKeys } from '../key-store.ts'
import { entityInSight } from '../may-manage.ts'
import { closed, EntityId, Id, IdParams, Instant, NullableInstant, Overlap, OVERLAP_HOURS, Page, PAGE, PermissionName } from '../schema.ts'
import { Nothing } from '../sign-in/schema.ts'
import { endKey, makeKey, rotateKey } from './manage-keys.ts'

const tags = ['keys']
const writes = { permission: 'keys:write', purpose: 'managing keys' } as const
const bodyLimit = 8_192
const KeyAnswer = Type.Object({
  id: Id,
  name: Type.String(),
  entity: Type.String(),
  permissions: Type.Array(PermissionName),
  createdAt: Instant,
  createdBy: Type.Union([Type.String(), Type.Null()], { description: 'null: the command line' }),
  lastUsedAt: NullableInstant,
  expiresAt: NullableInstant,
  revokedAt: NullableInstant,
})
const KeyList = Type.Object({ keys: Type.Array(KeyAnswer), before: Type.Union([Id, Type.Null()]) })
const NewKeyRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    entity: Type.Optional(EntityId),
    permissions: Type.Array(PermissionName, { minItems: 1, uniqueItems: true }),
  },
  closed,
)
const MadeKey = Type.Object({ id: Id, key: Type.String({ description: 'shown this once; only its hash is kept' }) })

export function registerKeyRoutes(app: Server, deps: AccessDeps): void {
  app.get(
    '/v1/keys',
    {
      config: { permission: 'keys:read' },
      schema: { tags, summary: 'Keys of your entity, the newest first', querystring: Page, response: { 200: KeyList } },
    },
    async (request) => {
      const { entity, before = null } = request.query
      const keys = await listKeys(deps.database.pool, { entity: entityInSight(principalOf(request), entity), before, limit: PAGE })
      return {
        keys: keys.map((key) => ({ ...key, permissions: [...key.permissions] })),
        before: keys.length === PAGE ? (keys.at(-1)?.id ?? null) : null,
      }
    },
  )
  app.post(
    '/v1/keys',
    { config: writes, bodyLimit, schema: { tags, summary: 'Make a key', body: NewKeyRequest, response: { 201: MadeKey } } },
    async (request, reply) => {
      const principal = principalOf(request)
      const wanted = { entity: principal.entity, ...request.body }
      return reply.code(201).send(await makeKey(deps, principal, wanted, events(request)))
    },
  )
  app.post(
    '/v1/keys/:id/rotate',
    {
      config: writes,
      bodyLimit,
      schema: {
        tags,
        summary: 'A new key in place of one that still works for some hours',
        params: IdParams,
        body: Overlap,
        response: { 201: MadeKey },
      },
    },
    async (request, reply) => {
      const wanted = { id: request.params.id, overlapHours: request.body.overlapHours ?? OVERLAP_HOURS }
      return reply.code(201).send(await rotateKey(deps, principalOf(request), wanted, events(request)))
    },
  )
  app.delete(
    '/v1/keys/:id',
    {
      config: writes,
      schema: {
        tags,
        summary: 'End a key: at once here, within five seconds in other processes',
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await endKey(deps, principalOf(request), request.params.id, events(request))
      return reply.code(204).send(null)
    },
  )
}

const events =
  (request: FastifyRequest) =>
  (action: string, objects: readonly string[]): AuditEvent =>
    audited(request, { action, outcome: 'done', objects })
