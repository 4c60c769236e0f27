/** Audit events a second, written each in a transaction of its own while two sequencers chain: the rate, the time until an event is chained, and whether the chain is one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { recordEvent } from '../../src/audit/audit-event.ts'
import { chainAndSign } from '../../src/audit/chain-and-sign.ts'
import { chainPending } from '../../src/audit/sequencer.ts'
import { verifyChain } from '../../src/audit/verify.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Bench } from './support/figure.ts'
import { quantile } from './support/figure.ts'

const EVENTS = 20_000
const WRITERS = 8
const STEADY_PER_SECOND = 1_000
const STEADY_SECONDS = 15
const TICK_MS = 50
const IDLE_LOOKS = 2_000

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({
    MIZAN_DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    DATABASE_STATEMENT_TIMEOUT_MS: '120000',
    DATABASE_CONNECTION_TIMEOUT_MS: '120000',
  })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    await chainPending(database)
    const before = performance.now()
    for (let look = 0; look < IDLE_LOOKS; look++) await chainPending(database)
    const ms = (performance.now() - before) / IDLE_LOOKS
    report({ figure: 'a look that finds nothing waiting', value: ms, unit: 'ms/look', everyMs: config.auditChainMs })
    const fail = (error: unknown): never => {
      throw error
    }
    const settings = {
      everyMs: config.auditChainMs,
      signEveryMs: 5_000,
      dataDirectory: folder,
      onHead: () => {},
      onCheckpoint: () => {},
      onError: fail,
    }
    // As two services over one database: only one chains at a time.
    const sequencers = [chainAndSign(database, settings), chainAndSign(database, settings)]
    await fastest(database, report)
    await steady(database, report)
    await Promise.all(sequencers.map((sequencer) => sequencer.stop()))
    await whole(database, report)
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const event = (n: number) => ({
  action: 'household.looked-up',
  actor: '01a20ae3-5581-7377-9bfe-7dbbb80314a9',
  entity: 'NAF',
  purpose: 'finding the household of an applicant',
  requestId: `bench-${n}`,
  outcome: 'found',
  personRef: 1_000_000 + (n % 5_000),
  householdRef: 1 + (n % 1_000),
  read: ['membership'],
  objects: [`application:${n}`],
})

const write = (database: Database, n: number): Promise<unknown> => recordEvent(database.pool, event(n))

async function fastest(database: Database, report: Parameters<Bench>[0]): Promise<void> {
  let next = 0
  const started = performance.now()
  const writer = async (): Promise<void> => {
    while (next < EVENTS) await write(database, next++)
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  const written = (performance.now() - started) / 1000
  while ((await waitingOf(database)) > 0) await sleep(20)
  const chained = (performance.now() - started) / 1000
  report({
    figure: 'events written, each in its own transaction',
    value: EVENTS / written,
    unit: 'events/s',
    events: EVENTS,
    writers: WRITERS,
    target: { atLeast: 1_000 },
  })
  report({ figure: 'events written and chained', value: EVENTS / chained, unit: 'events/s', events: EVENTS, target: { atLeast: 1_000 } })
}

async function steady(database: Database, report: Parameters<Bench>[0]): Promise<void> {
  const {
    rows: [first],
  } = await database.pool.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from audit_link')
  const started = performance.now()
  const open: Promise<unknown>[] = []
  for (let sent = 0; sent < STEADY_PER_SECOND * STEADY_SECONDS; await sleep(TICK_MS)) {
    const due = Math.min(STEADY_PER_SECOND * STEADY_SECONDS, Math.floor(((performance.now() - started) / 1000) * STEADY_PER_SECOND))
    for (; sent < due; sent++) open.push(write(database, EVENTS + sent))
  }
  await Promise.all(open)
  while ((await waitingOf(database)) > 0) await sleep(20)
  // Both by the database's clock: the beginning of the event's transaction, and the writing of the batch of links.
  const { rows } = await database.pool.query<{ ms: number }>(
    `select extract(epoch from (l.chained_at - e.recorded_at)) * 1000 as ms from audit_link l join audit_event e on e.id = l.event_id where l.seq > $1`,
    [first?.seq ?? 0],
  )
  const lags = rows.map(({ ms }) => Number(ms))
  const [p50, p99] = [quantile(lags, 0.5), quantile(lags, 0.99)]
  report({
    figure: 'from the event to its link at a steady rate',
    value: p99,
    p50,
    p99,
    unit: 'ms (p99)',
    most: Math.max(...lags),
    perSecond: STEADY_PER_SECOND,
    seconds: STEADY_SECONDS,
    target: { atMost: 1_000 },
  })
}

const waitingOf = async ({ pool }: Database): Promise<number> =>
  (await pool.query<{ n: number }>('select count(*) as n from audit_pending')).rows[0]?.n ?? 0

async function whole(database: Database, report: Parameters<Bench>[0]): Promise<void> {
  const started = performance.now()
  const found = await verifyChain(database.pool)
  const seconds = (performance.now() - started) / 1000
  const { rows } = await database.pool.query<{ n: number }>('select count(*) - count(distinct prev_hash) as n from audit_link')
  report({
    figure: 'forks',
    value: found.broken === null ? (rows[0]?.n ?? 0) : 1,
    unit: 'forks',
    links: found.links,
    target: { atMost: 0 },
  })
  report({ figure: 'events verified', value: found.links / seconds, unit: 'events/s' })
}
