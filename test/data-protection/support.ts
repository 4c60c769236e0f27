/** A seeded service whose requests may be a signed-in user's of any entity: by headers that only this test's service hears. */
import { allPermissions } from '../../src/access/permissions.ts'
import type { Permission } from '../../src/access/permissions.ts'
import { seededApp, type SeededApp } from '../support/seeded-app.ts'

export interface ProtectionApp extends SeededApp {
  /** Headers of a named person of the entity. */
  readonly userOf: (entity: string, permissions?: readonly Permission[]) => Record<string, string>
  /** Events of an action, the oldest first. */
  readonly events: (action: string) => Promise<Record<string, unknown>[]>
}

export async function protectionApp(...settings: Parameters<typeof seededApp>): Promise<ProtectionApp> {
  const made = await seededApp(...settings)
  made.app.addHook('preHandler', async (request) => {
    const entity = request.headers['x-test-user']
    if (typeof entity === 'string' && request.principal) {
      const given = request.headers['x-test-permissions']
      request.principal = {
        id: '01a20ae3-5581-7377-9bfe-7dbbb80314a9',
        name: 'Test User',
        entity,
        kind: 'user',
        permissions: new Set((typeof given === 'string' ? given.split(',') : allPermissions) as Permission[]),
      }
    }
  })
  await made.app.ready()
  return {
    ...made,
    userOf: (entity, permissions) => ({ 'x-test-user': entity, ...(permissions ? { 'x-test-permissions': permissions.join(',') } : {}) }),
    events: async (action) =>
      (await made.database.pool.query<{ body: string }>('select body from audit_event where action = $1 order by id', [action])).rows.map(
        ({ body }) => JSON.parse(body) as Record<string, unknown>,
      ),
  }
}
