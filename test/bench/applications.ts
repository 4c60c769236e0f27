/** POST /v1/applications over HTTP, durable and explained: times at 200 requests a second, and the most that one process sustains. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { serviceEnvironment } from '../support/service.ts'
import { application } from '../support/seeded-app.ts'
import { arrivals, type Call } from './support/arrivals.ts'
import { type Bench, quantile } from './support/figure.ts'
import { headNumbers, started } from './support/started-service.ts'

const HOUSEHOLDS = 2_000
/** Requests a second; the target is of the highest. */
const RATES = [100, 150, 200]
const RATE = 200
/** As `npm start` has them: young objects of a request die before they are copied. */
const NODE_FLAGS = ['--max-semi-space-size=64']
const WARM_SECONDS = 8
const SECONDS = 15

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const env = serviceEnvironment({ MIZAN_DATA_DIR: folder, SEED_HOUSEHOLDS: String(HOUSEHOLDS), EMBEDDED_SHARED_BUFFERS_MB: '512' })
  const service = spawn(process.execPath, [...NODE_FLAGS, join(projectRoot, 'dist', 'main.js'), 'server'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(service, 'exit')
  try {
    const { url, key } = await started(service)
    const numbers = await headNumbers(folder)
    let next = 0
    const call = (): Call => ({
      method: 'POST',
      path: '/v1/applications',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(application(numbers[next++ % numbers.length] ?? '', { dwelling: { rooms: 3 } })),
    })
    const fire = async (seconds: number, connections: number) =>
      autocannon({
        url,
        connections,
        duration: seconds,
        requests: [{ setupRequest: (request) => ({ ...request, ...call() }) }],
      })
    await fire(WARM_SECONDS, 4)
    for (const rate of RATES) {
      const { times, refused, errors } = await arrivals(url, rate, SECONDS, call)
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
      const details = { households: HOUSEHOLDS, offered: rate, answered: times.length / SECONDS, refused, errors }
      const target = rate === RATE ? { target: { atMost: 25 } } : {}
      report({ figure: `POST /v1/applications, p99 at ${rate}/s`, value: p99, unit: 'ms', p50, p99, ...details, ...target })
    }
    const most = await fire(SECONDS, 16)
    report({
      figure: 'POST /v1/applications, most sustained',
      value: most['2xx'] / SECONDS,
      unit: 'requests/s',
      p50: most.latency.p50,
      p99: most.latency.p99,
      connections: 16,
      households: HOUSEHOLDS,
      refused: most.non2xx,
      errors: most.errors,
    })
  } finally {
    service.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
}
