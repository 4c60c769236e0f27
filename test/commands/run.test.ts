/** `mizan run`: what it asks for is the operator's, as by the service, and refused in the same words. */
import { join } from 'node:path'
import t from 'tap'
import { ensureEntities } from '../../src/access/entities/entity-store.ts'
import { createKey } from '../../src/access/key-store.ts'
import { OPERATOR } from '../../src/access/operator.ts'
import { run } from '../../src/commands/run.ts'
import { readConfig } from '../../src/config.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { newId } from '../../src/kernel/new-id.ts'
import { readRun } from '../../src/targeting/run/run-store.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { testDatabase } from '../support/database.ts'
import { seededRuns } from '../targeting/support/seeded-runs.ts'

const { database, headers, post } = await seededRuns(t, 30)
const { pool } = database
await ensureEntities(pool, entities)
const folder = t.testdir()

/** What it told. */
async function mizanRun(...args: string[]): Promise<string> {
  const told: string[] = []
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = ((text: string) => told.push(text) > 0) as never
  const config = readConfig({ DATABASE_URL: database.url, MIZAN_DATA_DIR: join(folder, 'data') })
  try {
    await run({ config, args, signal: new AbortController().signal })
    return told.join('')
  } finally {
    process.stdout.write = write
  }
}

t.test('a run is the operator’s: another entity neither cancels nor resumes it', async (t) => {
  await t.rejects(mizanRun('--all-residents', '--despite-registries', '--undetermined-percent-max', '0'), /run-undetermined-share/)
  const { rows } = await pool.query<{ id: string }>('select id from run')
  t.equal(rows.length, 1)
  const id = rows[0]?.id as string
  t.match(await readRun(pool, id), { actor: 'command line', entity: OPERATOR, status: 'failed' })
  const events = (await pool.query<{ body: string }>('select body from audit_event')).rows.map(({ body }) => JSON.parse(body))
  t.match(
    events.filter(({ action }) => action === 'run.requested'),
    [{ actor: 'command line', entity: OPERATOR }],
  )
  const permissions = ['runs:write', 'runs:write-residents'] as const
  // The word that once stood for the operator is an id that anybody's entity may have.
  for (const entity of ['NAF', 'operator']) {
    const other = { authorization: `Bearer ${await createKey(pool, { name: 'test', entity, permissions })}` }
    for (const what of ['cancel', 'resume'])
      t.match((await post(`/v1/runs/${id}/${what}`, undefined, other)).json(), { status: 403, code: 'run-not-yours' })
  }
  t.equal((await post(`/v1/runs/${id}/resume`, undefined, headers)).statusCode, 202)
})

t.test(
  'runs and loads that the command line and the schedule asked for before become the operator’s; those of an entity stay',
  async (t) => {
    const before = await testDatabase(t, { empty: true })
    const earlier = readMigrations().filter(({ name }) => name < '0042')
    await migrate(before.pool, earlier)
    for (const actor of ['command line', 'schedule', 'a key'])
      await before.pool.query(
        `insert into run (id, actor, entity, as_of, cycle, request, status) values ($1, $2, 'operator', '2026-11-01', 'x', '{}', 'failed')`,
        [newId(), actor],
      )
    await before.pool.query(`insert into warehouse.load (registry, kind, delivery_id, as_of, mode, actor, entity)
    values ('r', 'delivery', 'd', '2026-11-01', 'full', 'command line', 'operator')`)
    await migrate(before.pool)
    const { rows } = await before.pool.query(
      'select actor, entity from run union all select actor, entity from warehouse.load order by actor',
    )
    t.same(rows, [
      { actor: 'a key', entity: 'operator' },
      { actor: 'command line', entity: OPERATOR },
      { actor: 'command line', entity: OPERATOR },
      { actor: 'schedule', entity: OPERATOR },
    ])
  },
)
