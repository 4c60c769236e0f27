/** Ten analysts at once: how long each waits for a result with all measures, and what the online service's times are meanwhile, beside those when it is idle. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTIONS_MIN } from '../../src/commands/run-deps.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { application } from '../support/seeded-app.ts'
import { serviceEnvironment } from '../support/service.ts'
import { arrivals, type Call } from './support/arrivals.ts'
import { decidedNation } from './support/decided-nation.ts'
import { type Bench, quantile } from './support/figure.ts'
import { headNumbers, started } from './support/started-service.ts'

const OWN_HOUSEHOLDS = 20_000
const ANALYSTS = 10
/** Requests a second, while analysts work and while they do not. */
const RATE = 10
const IDLE_SECONDS = 15

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({ MIZAN_DATA_DIR: folder, DATABASE_POOL_SIZE: String(CONNECTIONS_MIN) })
  const database = await openDatabase(config)
  await decidedNation(database, config, OWN_HOUSEHOLDS)
  await database.close()
  const env = serviceEnvironment({ MIZAN_DATA_DIR: folder, RUN_WORKER: 'child', EMBEDDED_SHARED_BUFFERS_MB: '512' })
  const service = spawn(process.execPath, ['--max-semi-space-size=64', join(projectRoot, 'dist', 'main.js'), 'server'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(service, 'exit')
  try {
    const { url, key } = await started(service)
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const numbers = await headNumbers(folder)
    let next = 0
    const call = (): Call => ({
      method: 'POST',
      path: '/v1/applications',
      headers: { ...headers, 'idempotency-key': randomUUID() },
      body: JSON.stringify(application(numbers[next++ % numbers.length] ?? '', { dwelling: { rooms: 3 } })),
    })
    /** Seconds until the result is there. */
    const simulate = async (weight: number): Promise<number> => {
      const began = performance.now()
      const changes = [{ object: 'formula', id: 'welfare-ranking', set: { '/terms/0/weight': weight } }]
      const body = JSON.stringify({ name: `${weight}`, baseline: { run: 'latest' }, scenarios: [{ name: 'weight', changes }] })
      const id = await accepted(url, headers, body)
      for (;;) {
        const { status } = (await (await fetch(`${url}/v1/simulations/${id}`, { headers })).json()) as { status: string }
        if (status === 'completed') return (performance.now() - began) / 1000
        if (status === 'failed') throw new Error(`simulation ${id} failed`)
        await sleep(50)
      }
    }
    // The nation is opened and its baseline decided, and what answers online is warm.
    await simulate(-0.5)
    await arrivals(url, RATE, IDLE_SECONDS / 3, call)
    const idle = await arrivals(url, RATE, IDLE_SECONDS, call)
    const analysts = Promise.all(Array.from({ length: ANALYSTS }, (_, n) => simulate((-200 - n) / 1000)))
    const busy: number[] = []
    let isDone = false
    void analysts.finally(() => (isDone = true)).catch(() => undefined)
    while (!isDone) busy.push(...(await arrivals(url, RATE, 2, call)).times)
    const waited = await analysts
    const about = { households: OWN_HOUSEHOLDS, analysts: ANALYSTS }
    report({
      figure: 'ten analysts at once, the last result',
      value: Math.max(...waited),
      unit: 's',
      p50: quantile(waited, 0.5),
      each: waited,
      ...about,
    })
    const [before, during] = [quantile(idle.times, 0.99), quantile(busy, 0.99)]
    report({
      figure: 'POST /v1/applications beside ten analysts',
      value: during,
      unit: 'ms p99',
      p50: quantile(busy, 0.5),
      p99: during,
      idle: before,
      ...about,
    })
    report({
      figure: 'online p99 beside ten analysts / idle',
      value: during / before,
      unit: 'times',
      of: ['beside ten analysts', 'idle'],
      target: { atMost: 2 },
      ...about,
    })
  } finally {
    service.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Only so many scenarios are checked at a time; whoever is told to come again does. */
async function accepted(url: string, headers: Record<string, string>, body: string): Promise<string> {
  const key = randomUUID()
  for (;;) {
    const answer = await fetch(`${url}/v1/simulations`, { method: 'POST', headers: { ...headers, 'idempotency-key': key }, body })
    const { id } = (await answer.json()) as { id?: string }
    if (id !== undefined) return id
    if (answer.status !== 503) throw new Error(`no simulation: ${answer.status}`)
    await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1000)
  }
}
