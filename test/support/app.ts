/** The whole service on a fresh database, its log lines captured, with a key that may do everything. */
import { Writable } from 'node:stream'
import type { Test } from 'tap'
import { openGrants } from '../../src/access/grants/open-grants.ts'
import { createKey } from '../../src/access/key-store.ts'
import { allPermissions } from '../../src/access/permissions.ts'
import type { Permission } from '../../src/access/permissions.ts'
import { type AppDeps, buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import type { Server } from '../../src/http/server.ts'
import { testDatabase } from './database.ts'
import { withEveryFact, withEveryList } from './granted.ts'

export interface TestApp {
  readonly app: Server
  readonly database: Database & { readonly url: string }
  readonly key: string
  /** Everything logged so far. */
  readonly logged: () => string
  readonly headers: { readonly authorization: string }
  readonly keyWith: (...permissions: Permission[]) => Promise<{ authorization: string }>
}

/** `prepare` runs after the database is there and before the service is built; `grants` stand for those of the database with every fact seen and every list listed. */
export async function testApp(
  t: Pick<Test, 'teardown'>,
  env: Record<string, string> = {},
  prepare: (database: Database) => Promise<void> = async () => {},
  grants?: (database: Database) => AppDeps['grants'],
): Promise<TestApp> {
  const database = await testDatabase(t, { env })
  await prepare(database)
  const lines: string[] = []
  const logTo = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const config = readConfig({ LOG_LEVEL: 'trace', ...env })
  const held = openGrants(database, config)
  t.teardown(() => held.close())
  const rights = async (entity: string) => withEveryList(withEveryFact(await held.rights(entity)))
  const given = grants?.(database) ?? { ...held, rights, reported: rights }
  const app = await buildApp({ database, config, version: '0.0.0', logTo, grants: given })
  t.teardown(() => app.close())
  const keyWith = async (...permissions: Permission[]): Promise<{ authorization: string }> => ({
    authorization: `Bearer ${await createKey(database.pool, { name: 'test', entity: 'MODEE', permissions })}`,
  })
  const headers = await keyWith(...allPermissions)
  return { app, database, key: headers.authorization.slice('Bearer '.length), headers, keyWith, logged: () => lines.join('') }
}
