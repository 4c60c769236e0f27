/** The worker beside the service: a process of its own, begun again when it is killed, gone when the service is; requests stay quick meanwhile. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { isAlive } from '../../../src/db/embedded/postmaster.ts'
import { livePostmaster } from '../../../src/db/embedded/postmaster.ts'
import { startService } from '../../support/service.ts'

interface Run {
  readonly id: string
  readonly status: string
  readonly attempt: number
}

t.test('killed, begun again, and ended with the service', { timeout: 180_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-worker-'))
  t.teardown(async () => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline && livePostmaster(join(folder, 'postgres'));) await sleep(20)
    rmSync(folder, { recursive: true, force: true })
  })
  const settings = {
    MIZAN_DATA_DIR: folder,
    RUN_WORKER: 'child',
    LOG_LEVEL: 'info',
    SEED_HOUSEHOLDS: '200',
    RUN_THREADS: '1',
    RUN_MEMORY_MB: '512',
  }
  const service = await startService(settings)
  const authorization = `Bearer ${/mizan_\S{20,}/.exec(service.output())?.[0]}`
  const call = async (method: string, path: string, body?: object): Promise<Run> => {
    const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() }
    const response = await fetch(`${service.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    return (await response.json()) as Run
  }
  const workers = (): number[] => [...service.output().matchAll(/"pid":(\d+),[^\n]*worker waits for runs/g)].map(([, pid]) => Number(pid))
  const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
    for (const deadline = Date.now() + 180_000; !(await what()); await sleep(20))
      if (Date.now() > deadline) throw new Error(`waited too long\n${service.output().slice(-2_000)}`)
  }
  await until(() => workers().length === 1)
  const { id } = await call('POST', '/v1/runs', { cycle: 'november', population: 'residents', despiteRegistries: true })
  await until(async () => (await call('GET', `/v1/runs/${id}`)).status === 'running')
  await sleep(500)
  process.kill(workers()[0] as number, 'SIGKILL')
  await until(() => workers().length === 2)

  // Asked at its own pace while the second worker computes.
  const waits: number[] = []
  let run = await call('GET', `/v1/runs/${id}`)
  for (const deadline = Date.now() + 90_000; run.status !== 'completed' && Date.now() < deadline; await sleep(25)) {
    const asked = performance.now()
    await (await fetch(`${service.url}/health/live`)).text()
    waits.push(performance.now() - asked)
    if (waits.length % 10 === 0) run = await call('GET', `/v1/runs/${id}`)
  }
  t.match(run, { status: 'completed', attempt: 2 })
  waits.sort((a, b) => a - b)
  t.comment(
    `${waits.length} answers while it ran: median ${waits[Math.floor(waits.length / 2)]?.toFixed(1)} ms, longest ${waits.at(-1)?.toFixed(1)} ms`,
  )
  t.ok((waits[Math.floor(waits.length / 2)] as number) < 50)

  const [, second] = workers()
  t.same(await service.end('SIGKILL'), [null, 'SIGKILL'])
  await until(() => !isAlive(second as number))
  t.pass('the worker is gone with a service that was killed')

  const again = await startService(settings)
  const started = (): number => Number(/"pid":(\d+),[^\n]*worker waits for runs/.exec(again.output())?.[1] ?? 0)
  for (const deadline = Date.now() + 90_000; started() === 0 && Date.now() < deadline;) await sleep(20)
  t.same(await again.end('SIGTERM'), [0, null])
  t.notOk(isAlive(started()))
})
