/** Authors who have hostile rules checked, so many a second, by a service in a process of its own; and somebody beside them who asks for something small. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKey } from '../../../src/access/key-store.ts'
import { readConfig } from '../../../src/config.ts'
import { openDatabase } from '../../../src/db/database.ts'
import { migrate } from '../../../src/db/migrate.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { arrivals } from './arrivals.ts'

export interface HeldUp {
  /** Of the serving process: how late its event loop came to what was due. */
  readonly loopMostMs: number
  readonly loopP99Ms: number
  /** CPU of the serving process, with all its threads. */
  readonly cpuMs: number
  /** Milliseconds of each text, written and checked. */
  readonly checks: readonly number[]
  /** Milliseconds of the small requests. */
  readonly beside: readonly number[]
  readonly errors: number
}

export interface Hostility {
  /** Hostile rules, of one rule's id; each is written anew for every check, so that nothing is known from before. */
  readonly rules: readonly object[]
  readonly id: string
  readonly day: string
  readonly perSecond: number
  readonly seconds: number
}

const BESIDE_PER_SECOND = 50

export async function hostileAuthors({ rules, id, day, perSecond, seconds }: Hostility): Promise<HeldUp> {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: folder, LOG_LEVEL: 'silent' }))
  try {
    await migrate(database.pool)
    await loadShippedVersions(database)
    const keys = await Promise.all(
      rules.map((_, n) =>
        createKey(database.pool, { name: `author ${n}`, entity: 'MODEE', permissions: ['versions:write', 'versions:read'] }),
      ),
    )
    const server = fork(join(import.meta.dirname, 'serving-process.ts'), { env: { ...process.env, MIZAN_DATA_DIR: folder } })
    const [{ url }] = (await once(server, 'message')) as [{ readonly url: string }]
    const authors = rules.map((rule, n) => author(url, keys[n] as string, { rule, id, day }))
    for (const one of authors) await one.check()
    const delays = async (): Promise<Delays> => {
      server.send('delays')
      return ((await once(server, 'message')) as [Delays])[0]
    }
    await delays()
    const small = { method: 'GET', path: '/v1/drafts', headers: { authorization: `Bearer ${keys[0]}` }, body: '' } as const
    const [{ times: beside, refused, errors }] = await Promise.all([
      arrivals(url, BESIDE_PER_SECOND, seconds, () => small),
      ...authors.map((one, n) =>
        one.keepChecking({ everyMs: (1_000 * authors.length) / perSecond, afterMs: (1_000 * n) / perSecond, seconds }),
      ),
    ])
    const { mostMs, p99Ms, cpuMs } = await delays()
    server.disconnect()
    await once(server, 'exit')
    return { loopMostMs: mostMs, loopP99Ms: p99Ms, cpuMs, checks: authors.flatMap(({ times }) => times), beside, errors: refused + errors }
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As the serving process says them. */
interface Delays {
  readonly mostMs: number
  readonly p99Ms: number
  readonly cpuMs: number
}

interface Author {
  readonly times: readonly number[]
  readonly check: () => Promise<void>
  readonly keepChecking: (when: { readonly everyMs: number; readonly afterMs: number; readonly seconds: number }) => Promise<void>
}

/** Writes the draft anew and has it checked, where it may be kept at all; whoever falls behind goes on at once. */
function author(url: string, key: string, { rule, id, day }: { readonly rule: object; readonly id: string; readonly day: string }): Author {
  const times: number[] = []
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  let etag: string | null = null
  let round = 0
  const check = async (): Promise<void> => {
    const source = JSON.stringify({ ...rule, version: 2, effectiveFrom: day, citation: `round ${round++}` })
    const match: Record<string, string> = etag === null ? {} : { 'if-match': etag }
    const began = performance.now()
    const saved = await fetch(`${url}/v1/drafts/rule/${id}`, {
      method: 'PUT',
      headers: { ...headers, ...match },
      body: JSON.stringify({ source }),
    })
    // Refused at the door.
    if (saved.status === 422) {
      await saved.arrayBuffer()
      return void times.push(performance.now() - began)
    }
    if (saved.status !== 200) throw new Error(`the draft was not saved: ${saved.status} ${await saved.text()}`)
    etag = saved.headers.get('etag')
    await saved.arrayBuffer()
    const checked = await fetch(`${url}/v1/drafts/check`, { method: 'POST', headers, body: JSON.stringify({ effectiveFrom: day }) })
    if (checked.status !== 200) throw new Error(`the draft was not checked: ${checked.status} ${await checked.text()}`)
    await checked.arrayBuffer()
    times.push(performance.now() - began)
  }
  return {
    times,
    check,
    async keepChecking({ everyMs, afterMs, seconds }) {
      times.length = 0
      const start = performance.now()
      for (let due = start + afterMs; due < start + seconds * 1_000; due += everyMs) {
        await sleep(Math.max(0, due - performance.now()))
        await check()
      }
    },
  }
}
