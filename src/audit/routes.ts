/** Verifying the audit chain. */
import Type from 'typebox'
import type { Database } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { chainPending } from './sequencer.ts'
import { verifyChain } from './verify.ts'

const Head = Type.Object({ seq: Type.Integer(), hash: Type.String() })
const Checkpoint = Type.Object(
  {
    checkpoint: Type.Optional(
      Type.Object(
        { seq: Type.Integer({ minimum: 1 }), hash: Type.String({ minLength: 64, maxLength: 64 }) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
const ChainAnswer = Type.Object({
  intact: Type.Boolean(),
  links: Type.Integer(),
  waiting: Type.Integer({ description: 'events that are not chained yet' }),
  head: Type.Object({ ...Head.properties }, { description: 'keep it outside the database and send it as the checkpoint next time' }),
  broken: Type.Union([Type.Object({ seq: Type.Integer(), reason: Type.String() }), Type.Null()]),
})

export function registerAuditRoutes(app: Server, database: Database): void {
  const schema = {
    tags: ['audit'],
    summary: 'Walk the audit chain and say where it breaks',
    body: Checkpoint,
    response: { 200: ChainAnswer },
  }
  app.post('/v1/audit/verify', { config: { permission: 'audit:read' }, schema, bodyLimit: 4_096 }, async (request) => {
    await chainPending(database)
    return verifyChain(database.pool, request.body.checkpoint)
  })
}
