/** The PostgreSQL role of an entity, and of the same name the schema of its views. Roles belong to a server and not to one database. */
import { createHash } from 'node:crypto'

const READABLE_CHARACTERS = 20

export function roleOf(database: string, entity: string): string {
  const readable = entity
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_')
    .slice(0, READABLE_CHARACTERS)
  const digest = createHash('sha256')
    .update(JSON.stringify([database, entity]))
    .digest('hex')
    .slice(0, 12)
  return `mizan_${readable}_${digest}`
}
