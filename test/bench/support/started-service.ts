/** A service that a bench started as a process of its own, with a worker or without: where it answers, its worker, who may call it about whom. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { insertApproved } from '../../../src/access/grants/grant-store.ts'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import { insertKey, revokeKey } from '../../../src/access/key-store.ts'
import type { Permission } from '../../../src/access/permissions.ts'
import type { Database } from '../../../src/db/database.ts'
import { currentDay } from '../../../src/determinations/as-of.ts'
import { isoOfDay } from '../../../src/kernel/date.ts'
import { demonstrationGrants } from '../../../src/programmes/demonstration-grants.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { registriesOf } from '../../../src/warehouse/definitions/registries-in-force.ts'
import type { Config } from '../../../src/config.ts'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { serviceEnvironment } from '../../support/service.ts'

export interface StartedService {
  readonly url: string
  readonly process: ChildProcess
  readonly stop: () => Promise<void>
}

/** As `npm start` has them: young objects of a request die before they are copied. */
const NODE_FLAGS = ['--max-semi-space-size=64']

/** As it was built, as users run it; resolves when it answers. */
export async function startedService(settings: Record<string, string>): Promise<StartedService> {
  const service = spawn(process.execPath, [...NODE_FLAGS, join(projectRoot, 'dist', 'main.js'), 'server'], {
    env: serviceEnvironment({ EMBEDDED_SHARED_BUFFERS_MB: '512', ...settings }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(service, 'exit')
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    // Read to its end: a service whose output nobody takes any more ends.
    service.stdout.on('data', (chunk) => {
      output += String(chunk)
      const found = /https?:\/\/127\.0\.0\.1:\d+(?=\/health)/.exec(output)?.[0]
      if (found !== undefined) resolve(found)
    })
    service.once('exit', () => reject(new Error(`the service did not start:\n${output}`)))
  })
  const stop = async (): Promise<void> => {
    service.kill('SIGTERM')
    await exited
  }
  return { url, process: service, stop }
}

export interface Caller {
  readonly headers: Readonly<Record<string, string>>
  readonly revoke: () => Promise<void>
}

/** The operator's; where nobody granted it anything, as on a population that was seeded and then changed, it is granted what the demonstration grants it. */
export async function callerOf(database: Database, config: Config, permissions: readonly Permission[]): Promise<Caller> {
  const { pool } = database
  await grantWhereNobodyDid(database, config)
  const { id, key } = await insertKey(pool, { name: 'bench', entity: 'MODEE', permissions: [...permissions] })
  return {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    revoke: () => revokeKey(pool, id),
  }
}

async function grantWhereNobodyDid(database: Database, config: Config): Promise<void> {
  const { rows } = await database.pool.query('select from data_grant limit 1')
  if (rows.length > 0) return
  const day = await currentDay(database.pool, config.timeZone)
  const bundle = await versionsOf(database).inForce(day)
  const wanted = demonstrationGrants(bundle, await registriesOf(database).all(), isoOfDay(day))
  const grants = openGrants(database, config)
  try {
    await database.transaction(async ({ client }) => {
      await insertApproved(client, wanted, 'bench')
      for (const consumer of new Set(wanted.map((grant) => grant.consumer))) await grants.reconcile(client, consumer)
    })
  } finally {
    await grants.close()
  }
}

const NUMBERS_MAX = 20_000

/** National IDs of heads, in no order of theirs. */
export async function headNumbers({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ number: string }>(
    `select i.number from identity.identifier i join household_member m on m.person_ref = i.person_ref and m.valid_to is null and m.is_head
     where i.superseded_by is null order by hashint8(i.person_ref) limit ${NUMBERS_MAX}`,
  )
  return rows.map(({ number }) => number)
}

/** Memory of the worker that a service started; NaN where the system does not tell it. */
export function workerMb({ pid }: ChildProcess): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    const worker = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').endsWith('\0worker\0'))
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${worker}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return NaN
  }
}
