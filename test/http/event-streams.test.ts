/** A stream that goes on is held to who may read it now: it ends with the session, the user, the role, the key; and watching keeps no session alive. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createKey } from '../../src/access/key-store.ts'
import type { Role } from '../../src/access/roles.ts'
import { accessApp, type Session } from '../access/support.ts'
import { startedRun } from '../targeting/support/published.ts'

const service = await accessApp(t)
const { app, database, user, session, headers } = service
const run = await startedRun(database)
const url = `/v1/runs/${run}/events`
const pool = database.pool

interface Watched {
  /** What was told until it ended; null while it goes on. */
  readonly told: () => string | null
  readonly ended: Promise<string>
}
function watch(as: Record<string, string>): Watched {
  let told: string | null = null
  const ended = app.inject({ url, headers: as }).then(({ body }) => (told = body))
  return { told: () => told, ended }
}
const watcher = async (login: string, role: Role): Promise<{ id: string; own: Session; watched: Watched }> => {
  const id = await user(login, 'NAF', role)
  const own = await session(id)
  return { id, own, watched: watch({ cookie: own.cookie }) }
}

t.test('each ends when its reader may no longer read, and nothing is told any more; another goes on to the end', async (t) => {
  const key = await createKey(pool, { name: 'watching', entity: 'NAF', permissions: ['runs:read'] })
  const { rows } = await pool.query<{ id: string }>("select id from api_key where name = 'watching'")
  const [staying, signedOut, disabled, demoted, idle, keyed] = [
    await watcher('staying', 'operator'),
    await watcher('leaving', 'operator'),
    await watcher('disabled', 'operator'),
    await watcher('demoted', 'operator'),
    await watcher('idle', 'operator'),
    watch({ authorization: `Bearer ${key}` }),
  ]
  const others = [signedOut.watched, disabled.watched, demoted.watched, idle.watched, keyed]
  await sleep(1_200)
  t.same(
    [staying.watched, ...others].map(({ told }) => told()),
    [null, null, null, null, null, null],
    'while nothing changes all go on',
  )
  t.equal((await signedOut.own.ask('POST', '/v1/sign-out', {})).statusCode, 204)
  await pool.query('update user_account set disabled_at = now() where id = $1', [disabled.id])
  await pool.query("update user_account set roles = '{intake}' where id = $1", [demoted.id])
  await pool.query("update user_session set last_seen_at = now() - interval '31 minutes' where user_id = $1", [idle.id])
  t.equal((await app.inject({ method: 'DELETE', url: `/v1/keys/${rows[0]?.id}`, headers })).statusCode, 204)
  for (const { ended } of others) t.notMatch(await ended, /event: end/)
  t.equal(staying.watched.told(), null)
  const stale = "update user_session set last_seen_at = now() - interval '20 minutes' where user_id = $1"
  await pool.query(stale, [staying.id])
  await sleep(1_200)
  const { rows: seen } = await pool.query(
    "select last_seen_at < now() - interval '19 minutes' as rested from user_session where user_id = $1",
    [staying.id],
  )
  t.same(seen, [{ rested: true }], 'watching is no use of the session')
  await pool.query("update run set status = 'cancelled' where id = $1", [run])
  t.match(await staying.watched.ended, /event: end\ndata: .*"status":"cancelled"/)
})
