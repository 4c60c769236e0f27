/** `mizan server`: database, schema, contents of the first start, then HTTP and a worker beside it until the process is asked to stop. */
import { once } from 'node:events'
import { join } from 'node:path'
import { buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import { type Command, tell } from './command.ts'
import { fillAtFirstStart } from './first-start.ts'
import type { FirstStart } from './first-start.ts'
import { version } from './version.ts'
import { startWorkerChild } from './worker-child.ts'
import { withDatabase } from './with-database.ts'

/** Everything else yields to it. */
const NICENESS = 0

export const server: Command = async (context) => {
  const { config, signal } = context
  const asked = signal.aborted ? Promise.resolve() : once(signal, 'abort')
  await withDatabase(
    context,
    async (database, ready) => {
      const first = await fillAtFirstStart(database, config)
      const app = await buildApp({ database, config, version })
      const address = await app.listen({ host: config.host, port: config.port })
      ready()
      const worker = config.runWorker === 'child' ? startWorkerChild(app.log) : null
      announce(address, config, first)
      await asked
      const workerStopped = worker?.stop(config.shutdownTimeoutMs / 2)
      // Open requests get their answers; connections without one are closed.
      await Promise.race([app.close(), expired(config.shutdownTimeoutMs)])
      await workerStopped
    },
    NICENESS,
  )
  tell('Stopped.', 'توقفت الخدمة.')
  return 0
}

const expired = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())

function announce(address: string, config: Config, { key, operator }: FirstStart): void {
  const place = config.databaseUrl === undefined ? config.dataDirectory : 'DATABASE_URL'
  const lines: [string, string, string][] = [
    ['Service', 'الخدمة', address],
    ['Documentation of the API', 'وثائق الواجهة البرمجية', `${address}/docs`],
    ['Health', 'حالة الخدمة', `${address}/health/ready`],
    ['Database', 'قاعدة البيانات', place],
  ]
  if (key !== null) lines.push(['First API key (shown once)', 'مفتاح الواجهة الأول (يُعرض مرة واحدة)', key])
  if (operator !== null) {
    lines.push([
      'First operator: user name and password (shown once, to be changed)',
      'المشغّل الأول: اسم المستخدم وكلمة المرور (تُعرض مرة واحدة ويجب تغييرها)',
      `${operator.login} ${operator.password}`,
    ])
    if (config.codeSender === 'file') lines.push(['Verification codes', 'رموز التحقق', join(config.dataDirectory, 'outbox')])
  }
  tell('Mizan is running. Ctrl-C stops it.', 'ميزان يعمل. اضغط Ctrl-C للإيقاف.')
  for (const [en, ar, value] of lines) process.stdout.write(`  ${en} · ${ar}:\n    ${value}\n`)
}
