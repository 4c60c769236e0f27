/** The service in a process of its own, which says how long its event loop was held up and what CPU it took since it was asked last. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { buildApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { openDatabase } from '../../../src/db/database.ts'

const config = readConfig({ ...process.env, LOG_LEVEL: 'silent', RATE_LIMIT_PER_MINUTE: '1000000' })
const database = await openDatabase(config)
const app = await buildApp({ database, config, version: '0.0.0' })
const url = await app.listen({ host: '127.0.0.1', port: 0 })
const delays = monitorEventLoopDelay({ resolution: 5 })
delays.enable()

let spent = process.cpuUsage()
process.on('message', () => {
  const { user, system } = process.cpuUsage(spent)
  process.send?.({ mostMs: delays.max / 1e6, p99Ms: delays.percentile(99) / 1e6, cpuMs: (user + system) / 1_000 })
  delays.reset()
  spent = process.cpuUsage()
})
process.on('disconnect', () => process.exit())
process.send?.({ url })
