/** Ten thousand calls of two entities in turn, thirty under way at a time: none comes to what is the other's. */
import t from 'tap'
import { openGrants } from '../../src/access/grants/open-grants.ts'
import { readConfig } from '../../src/config.ts'
import { alternate } from '../support/alternating-entities.ts'
import { seededApp } from '../support/seeded-app.ts'

const CALLS = 10_000
t.setTimeout(1_800_000)

t.test('10,000 calls, no crossing', async (t) => {
  const service = await seededApp(t, 20, { QUERY_CALLS_PER_MINUTE: '0', DATABASE_CONNECTION_TIMEOUT_MS: '60000' })
  const grants = openGrants(service.database, readConfig({}))
  t.teardown(grants.close)
  t.same(await alternate(service, grants, CALLS, 30), { answered: CALLS - CALLS / 5, refused: CALLS / 5, crossings: [] })
})
