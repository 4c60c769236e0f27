/** kill -9 in the middle of posts: every acknowledged application is there after the restart, byte for byte, and none is there twice. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { livePostmaster } from '../../src/db/embedded/postmaster.ts'
import { verifyChain } from '../../src/audit/verify.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { application } from '../support/seeded-app.ts'

const ROUNDS = 2
const CLIENTS = 8

interface Attempt {
  readonly key: string
  readonly body: string
  acknowledged: { readonly id: string; readonly text: string } | null
}

t.test('posts while the service is killed, again and again', { timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-kill-'))
  t.teardown(async () => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline && livePostmaster(join(folder, 'postgres'));) await sleep(20)
    rmSync(folder, { recursive: true, force: true })
  })
  let service = await startService({ MIZAN_DATA_DIR: folder })
  const authorization = `Bearer ${/mizan_\S{20,}/.exec(service.output())?.[0]}`
  const numbers = await headNumbers(folder)
  const attempts: Attempt[] = []
  let killed = 0

  const post = async (url: string, { key, body }: Attempt): Promise<{ status: number; text: string }> => {
    const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': key }
    const response = await fetch(`${url}/v1/applications`, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text() }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const dying: Service = service
    let running = true
    const client = async (): Promise<void> => {
      while (running) {
        const number = numbers[attempts.length % numbers.length] ?? ''
        const attempt: Attempt = {
          key: randomUUID(),
          body: JSON.stringify(application(number, { dwelling: { rooms: 2 } })),
          acknowledged: null,
        }
        attempts.push(attempt)
        const answer = await post(dying.url, attempt).catch(() => null)
        if (answer?.status === 201) attempt.acknowledged = { id: JSON.parse(answer.text).id, text: answer.text }
        else if (answer === null) return
      }
    }
    const clients = Array.from({ length: CLIENTS }, client)
    while (attempts.filter(({ acknowledged }) => acknowledged).length < (round + 1) * 25) await sleep(5)
    await sleep(Math.random() * 20)
    t.same(await dying.end('SIGKILL'), [null, 'SIGKILL'])
    running = false
    await Promise.all(clients)
    killed++
    service = await startService({ MIZAN_DATA_DIR: folder })
  }

  const unanswered = attempts.filter(({ acknowledged }) => acknowledged === null)
  t.equal(killed, ROUNDS)
  t.ok(unanswered.length > 0, `${attempts.length} posted, ${unanswered.length} without an answer`)
  const ids = new Set<string>()
  for (const attempt of attempts) {
    if (attempt.acknowledged) {
      const read = await fetch(`${service.url}/v1/applications/${attempt.acknowledged.id}`, { headers: { authorization } })
      if (read.status !== 200 || (await read.text()) !== attempt.acknowledged.text)
        t.fail(`${attempt.acknowledged.id} was acknowledged and is not there as answered`)
    }
    const again = await post(service.url, attempt)
    if (again.status !== 201) t.fail(`a retry was answered ${again.status}: ${again.text.slice(0, 200)}`)
    if (attempt.acknowledged && again.text !== attempt.acknowledged.text) t.fail('a retry got another answer')
    ids.add(JSON.parse(again.text).id)
  }
  t.equal(ids.size, attempts.length, 'each key is one application')
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: folder }))
  const counts = await database.pool
    .query(`select (select count(*) from application) as applications, (select count(*) from idempotency_key) as keys,
    (select count(*) from audit_event where action = 'application.posted') as events,
    (select count(distinct application_id) from determination) as determined`)
  const n = attempts.length
  t.same(counts.rows, [{ applications: n, keys: n, events: n, determined: n }], 'all or nothing, each once')
  await sleep(1_500)
  t.match(await verifyChain(database.pool), { intact: true })
  await database.close()
  t.same(await service.end('SIGTERM'), [0, null])
})

/** Heads with a household, from the vault; only a test looks there. */
async function headNumbers(folder: string): Promise<string[]> {
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: folder }))
  const { rows } = await database.pool.query<{ number: string }>(`select i.number from identity.identifier i
    join household_member m on m.person_ref = i.person_ref and m.valid_to is null and m.is_head
    where i.superseded_by is null and not exists (select from warehouse.cspd_death_info d where d.person_ref = i.person_ref)
      and 1 = (select count(*) from household_member o where o.person_ref = i.person_ref and o.valid_to is null)`)
  await database.close()
  return rows.map(({ number }) => number)
}
