/**
 * Ten analysts at once: how long each waits for a result with all measures, what the online service's times are meanwhile beside those when
 * it is idle, and what its worker's memory is. On the newest run of MIZAN_DATA_DIR, as bench simulate, or on a small population of its own.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONNECTIONS_MIN } from '../../src/commands/run-deps.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { decidedNation } from './support/decided-nation.ts'
import { type Bench, quantile, type Report } from './support/figure.ts'
import { type OnlineTimes, onlineCalls, onlineTimes } from './support/online-calls.ts'
import { callerOf, startedService, workerMb } from './support/started-service.ts'

const OWN_HOUSEHOLDS = 20_000
const ANALYSTS = 10
/** Each asks so often, so that there is something to measure the service by. */
const ROUNDS = 3
const IDLE_SECONDS = 20
const PROGRAMME = 'unified-cash-transfer'

export const bench: Bench = async (report) => {
  const given = process.env['MIZAN_DATA_DIR']
  const folder = given ?? mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({ ...process.env, MIZAN_DATA_DIR: folder, DATABASE_POOL_SIZE: String(CONNECTIONS_MIN) })
  const database = await openDatabase(config)
  try {
    await decidedNation(database, config, given === undefined ? OWN_HOUSEHOLDS : null)
    const service = await startedService({
      MIZAN_DATA_DIR: folder,
      RUN_WORKER: 'child',
      BACKGROUND_NICENESS: String(config.backgroundNiceness),
    })
    const caller = await callerOf(database, config, [
      'applications:write',
      'determinations:write',
      'ranked-lists:read',
      'ranked-lists:explain',
      'simulations:write',
      'simulations:read',
    ])
    try {
      const { headers } = caller
      const calls = await onlineCalls(database, { headers, programme: PROGRAMME, mayStore: given === undefined })
      // The nation is opened and its baseline decided, and what answers online is warm.
      await simulated(service.url, headers, -0.5)
      await onlineTimes(service.url, calls, IDLE_SECONDS / 2)
      const [idle, alone] = [await onlineTimes(service.url, calls, IDLE_SECONDS), workerMb(service.process)]
      const busy: OnlineTimes[] = []
      const analysts = Promise.all(Array.from({ length: ANALYSTS }, (_, n) => analyst(service.url, headers, n)))
      let isDone = false
      void analysts.finally(() => (isDone = true)).catch(() => undefined)
      while (!isDone) busy.push(await onlineTimes(service.url, calls, 2))
      const waited = (await analysts).flat()
      const about = { analysts: ANALYSTS, niceness: config.backgroundNiceness }
      report({
        figure: 'ten analysts at once, the slowest result',
        value: Math.max(...waited),
        unit: 's',
        p50: quantile(waited, 0.5),
        ...about,
      })
      const together = workerMb(service.process)
      report({
        figure: 'memory of the worker after ten analysts / after one',
        value: together / alone,
        unit: 'times',
        together,
        alone,
        ...about,
      })
      reportOnline(report, idle, busy, about)
    } finally {
      await caller.revoke()
      await service.stop()
    }
  } finally {
    await database.close()
    if (given === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

function reportOnline(report: Report, idle: OnlineTimes, busy: readonly OnlineTimes[], about: object): void {
  for (const [kind, before] of Object.entries(idle.times)) {
    const during = busy.flatMap(({ times }) => times[kind] ?? [])
    const [p99, idleP99] = [quantile(during, 0.99), quantile(before, 0.99)]
    report({ figure: `${kind}, idle`, value: idleP99, unit: 'ms p99', p50: quantile(before, 0.5), p99: idleP99, answered: before.length })
    report({
      figure: `${kind}, beside ten analysts`,
      value: p99,
      unit: 'ms p99',
      p50: quantile(during, 0.5),
      p99,
      answered: during.length,
      ...about,
    })
    report({
      figure: `${kind}: p99 beside ten analysts / idle`,
      value: p99 / idleP99,
      unit: 'times',
      of: ['beside ten analysts', 'idle'],
      target: { atMost: 2 },
      ...about,
    })
  }
  report({
    figure: 'event loop of the service beside ten analysts',
    value: Math.max(...busy.map(({ loopMostMs }) => loopMostMs)),
    unit: 'ms most',
    idle: idle.loopMostMs,
    refused: busy.reduce((sum, { refused }) => sum + refused, 0),
    target: { atMost: 50 },
    ...about,
  })
}

/** Seconds until each of its results is there. */
async function analyst(url: string, headers: Headers, number: number): Promise<number[]> {
  const waited: number[] = []
  for (let round = 0; round < ROUNDS; round++) waited.push(await simulated(url, headers, (-200 - ANALYSTS * round - number) / 1000))
  return waited
}

type Headers = Readonly<Record<string, string>>

async function simulated(url: string, headers: Headers, weight: number): Promise<number> {
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

/** Only so many scenarios are checked at a time; whoever is told to come again does. */
async function accepted(url: string, headers: Headers, body: string): Promise<string> {
  const key = randomUUID()
  for (;;) {
    const answer = await fetch(`${url}/v1/simulations`, { method: 'POST', headers: { ...headers, 'idempotency-key': key }, body })
    const { id, code } = (await answer.json()) as { id?: string; code?: string }
    if (id !== undefined) return id
    if (answer.status !== 503) throw new Error(`no simulation: ${answer.status} ${code}`)
    await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1000)
  }
}
