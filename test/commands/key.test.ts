/** `mizan key` makes a key that works, with the permissions named and no others, and refuses what it cannot read. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { keyFinder } from '../../src/access/key-store.ts'
import { allPermissions } from '../../src/access/permissions.ts'
import { testDatabase } from '../support/database.ts'
import { mizan, serviceEnvironment } from '../support/service.ts'

const database = await testDatabase(t)

async function run(...args: string[]): Promise<string> {
  const [node, ...rest] = mizan('key', ...args)
  const { stdout } = await promisify(execFile)(node as string, rest, { env: serviceEnvironment({ DATABASE_URL: database.url }) })
  return /mizan_\S+/.exec(stdout)?.[0] ?? ''
}

t.test('a key for one organisation, with what was asked for', async (t) => {
  const find = keyFinder(database.pool)
  const one = await find(await run('--name', 'portal', '--entity', 'NAF', '--permissions', 'applications:write,applications:read'))
  t.match(one, { name: 'portal', entity: 'NAF' })
  t.same([...(one?.permissions ?? [])], ['applications:write', 'applications:read'])
  const all = await find(await run('--name', 'operator', '--entity', 'MODEE'))
  t.same([...(all?.permissions ?? [])], allPermissions)
})

t.test('a name, an entity and known permissions are needed', async (t) => {
  await t.rejects(run('--name', 'portal'), { code: 1, stderr: /--entity/ })
  await t.rejects(run('--name', 'portal', '--entity', 'NAF', '--permissions', 'everything'), { code: 1, stderr: /evaluate:run/ })
})
