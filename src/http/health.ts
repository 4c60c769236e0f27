/** Whether the process lives, and whether it can answer. */
import Type from 'typebox'
import type { Database } from '../db/database.ts'
import { problem } from '../kernel/problem.ts'
import type { Server } from './server.ts'

const Health = Type.Object({ status: Type.Literal('ok') })
const Ready = Type.Object({
  status: Type.Literal('ok'),
  secondWall: Type.Enum(['on', 'off'], { description: 'whether PostgreSQL holds the grants too, besides the service' }),
})

export function registerHealth(app: Server, database: Database, secondWall: () => Promise<'on' | 'off'>): void {
  const live = { summary: 'The process lives', tags: ['service'], response: { 200: Health } }
  app.get('/health/live', { config: { permission: 'public' }, schema: live }, async () => ({ status: 'ok' as const }))

  const ready = { summary: 'The database answers and programmes are loaded', tags: ['service'], response: { 200: Ready } }
  app.get('/health/ready', { config: { permission: 'public' }, schema: ready }, async () => {
    const { rows } = await database.pool.query<{ loaded: boolean }>(
      "select exists (select from object_version where kind = 'programme') as loaded",
    )
    if (!rows[0]?.loaded) throw problem('nothing-in-force', { retryAfterSeconds: 2 })
    return { status: 'ok' as const, secondWall: await secondWall() }
  })
}
