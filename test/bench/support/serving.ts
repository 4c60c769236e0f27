/** The service beside a run: how quickly it answers and whether its event loop is held up. Served and asked from processes of their own. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { insertKey, revokeKey } from '../../../src/access/key-store.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Calling } from './calling-process.ts'
import { quantile } from './figure.ts'

/** Determinations asked for in a second. */
export const SERVED_RATE = 20
const PERSONS = 2_000
const WARM_MS = 5_000

export interface Served {
  readonly p50: number
  readonly p99: number
  readonly answered: number
  /** How many by status, and those that nobody answered. */
  readonly refusedWith: Readonly<Record<string, number>>
  /** The longest that the event loop was held up. */
  readonly loopMostMs: number
  readonly loopP99Ms: number
}

export interface Serving {
  /** Of what was asked since the last time. */
  readonly read: () => Promise<Served>
  readonly close: () => Promise<void>
}

export async function openServing({ pool }: Database): Promise<Serving> {
  const [server, caller] = ['serving-process.ts', 'calling-process.ts'].map((file) => fork(join(import.meta.dirname, file))) as [
    ChildProcess,
    ChildProcess,
  ]
  const { id, key } = await insertKey(pool, { name: 'bench', entity: 'MODEE', permissions: ['determinations:write'] })
  const { rows } = await pool.query<{ number: string }>(
    `SELECT i.number FROM identity.identifier i JOIN household_member m USING (person_ref)
     WHERE i.superseded_by IS NULL AND m.valid_to IS NULL AND person_ref % 97 = 0 LIMIT ${PERSONS}`,
  )
  const [{ url }] = (await once(server, 'message')) as [{ readonly url: string }]
  caller.send({ url, key, rate: SERVED_RATE, numbers: rows.map(({ number }) => number) } satisfies Calling)
  const ask = async (child: ChildProcess): Promise<unknown> => {
    child.send('times')
    return ((await once(child, 'message')) as [unknown])[0]
  }
  const read = async (): Promise<Served> => {
    const [{ mostMs, p99Ms }, { times, refusedWith }] = (await Promise.all([ask(server), ask(caller)])) as [
      { readonly mostMs: number; readonly p99Ms: number },
      { readonly times: readonly number[]; readonly refusedWith: Served['refusedWith'] },
    ]
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
    return { p50, p99, answered: times.length, refusedWith, loopMostMs: mostMs, loopP99Ms: p99Ms }
  }
  await new Promise((resolve) => setTimeout(resolve, WARM_MS))
  await read()
  return {
    read,
    close: async () => {
      for (const child of [caller, server]) {
        const ended = once(child, 'exit')
        child.disconnect()
        await ended
      }
      await revokeKey(pool, id)
    },
  }
}
