/** POST /v1/applications over HTTP, durable and explained: times at 200 requests a second, and the most that one process sustains. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { application } from '../support/seeded-app.ts'
import { arrivals, type Call } from './support/arrivals.ts'
import { type Bench, quantile } from './support/figure.ts'
import { callerOf, headNumbers, startedService } from './support/started-service.ts'

const HOUSEHOLDS = 2_000
/** Requests a second; the target is of the highest. */
const RATES = [100, 150, 200]
const RATE = 200
const WARM_SECONDS = 8
const SECONDS = 15

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const service = await startedService({ MIZAN_DATA_DIR: folder, SEED_HOUSEHOLDS: String(HOUSEHOLDS) })
  const { url } = service
  const config = readConfig({ MIZAN_DATA_DIR: folder })
  const database = await openDatabase(config)
  try {
    const { headers } = await callerOf(database, config, ['applications:write'])
    const numbers = await headNumbers(database)
    let next = 0
    const call = (): Call => ({
      method: 'POST',
      path: '/v1/applications',
      headers: { ...headers, 'idempotency-key': randomUUID() },
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
    await database.close()
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
