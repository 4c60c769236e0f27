/** The entities, and adding one. */
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { audited } from '../../http/audited.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { closed, EntityId, NewWords, Words } from '../schema.ts'
import { insertEntity, listEntities } from './entity-store.ts'

const tags = ['entities']
const kinds =
  'authority commission company corporation council department directorate fund ministry municipality organisation registry'.split(' ')
const EntityAnswer = Type.Object({
  id: Type.String(),
  names: Words,
  kind: Type.String(),
  origin: Type.Enum(['seed', 'assumed', 'operator'], {
    description: 'seed: named by the registry’s own documents; assumed: ours; operator: added here',
  }),
})
const NewEntity = Type.Object({ id: EntityId, names: NewWords, kind: Type.Enum(kinds) }, closed)

export function registerEntityRoutes(app: Server, database: Database): void {
  app.get(
    '/v1/entities',
    {
      config: { permission: 'entities:read' },
      schema: { tags, summary: 'The entities', response: { 200: Type.Object({ entities: Type.Array(EntityAnswer) }) } },
    },
    async () => ({ entities: await listEntities(database.pool) }),
  )
  app.post(
    '/v1/entities',
    {
      config: { permission: 'entities:write', purpose: 'adding an entity' },
      bodyLimit: 4_096,
      schema: { tags, summary: 'Add an entity', body: NewEntity, response: { 201: EntityAnswer } },
    },
    async (request, reply) => {
      const made = await database.transaction(async ({ client }) => {
        const entity = await insertEntity(client, request.body)
        if (!entity) throw problem('entity-taken', { pointer: '/id' })
        await recordEvent(client, audited(request, { action: 'entity.added', outcome: 'added', objects: [entity.id] }))
        return entity
      })
      return reply.code(201).send(made)
    },
  )
}
