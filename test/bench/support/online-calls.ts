/** What people ask of the online service, mixed: an application or a determination, a page anywhere in a list, a listed unit explained. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../../src/db/database.ts'
import { writeCursor } from '../../../src/targeting/lists/cursor.ts'
import { latestList } from '../../../src/targeting/lists/list-store.ts'
import { application } from '../../support/seeded-app.ts'
import { arrivals, type Call } from './arrivals.ts'
import { headNumbers } from './started-service.ts'

export interface OnlineCalls {
  /** Requests a second, and the next one. */
  readonly [kind: string]: { readonly rate: number; readonly next: () => Call }
}

export interface OnlineTimes {
  /** Milliseconds by kind. */
  readonly times: Readonly<Record<string, readonly number[]>>
  readonly refused: number
  /** The longest that the service's event loop was held up, as it says itself. */
  readonly loopMostMs: number
}

interface Asking {
  readonly headers: Readonly<Record<string, string>>
  readonly programme: string
  /** Applications would add registrants to a population that others use: then households are determined only. */
  readonly mayStore: boolean
}

/** Far apart from each other,. */
const STRIDE = 7_919_993

export async function onlineCalls(database: Database, { headers, programme, mayStore }: Asking): Promise<OnlineCalls> {
  const numbers = await headNumbers(database)
  const list = await latestList(database.pool, programme)
  if (!list) throw new Error(`no list of ${programme} is in force`)
  let turn = 0
  const number = (): string => numbers[turn++ % numbers.length] ?? ''
  const position = (): number => (turn++ * STRIDE) % list.eligible
  const path = `/v1/programmes/${programme}/ranked-list`
  const stored = (): Call => ({
    method: 'POST',
    path: '/v1/applications',
    headers: { ...headers, 'idempotency-key': randomUUID() },
    body: JSON.stringify(application(number(), { dwelling: { rooms: 3 } })),
  })
  const determined = (): Call => ({
    method: 'POST',
    path: '/v1/determinations',
    headers,
    body: JSON.stringify({ nationalId: number() }),
  })
  const read = (rest: string): Call => ({ method: 'GET', path: path + rest, headers, body: '' })
  return {
    ...(mayStore ? { application: { rate: 10, next: stored } } : { determination: { rate: 10, next: determined } }),
    'page of 50': { rate: 10, next: () => read(`?cursor=${writeCursor({ list: list.number, after: position() }, {})}`) },
    explanation: { rate: 5, next: () => read(`/${position() + 1}`) },
  }
}

/** All kinds side by side for so long. */
export async function onlineTimes(url: string, calls: OnlineCalls, seconds: number): Promise<OnlineTimes> {
  // What it tells is since it was asked last.
  await loopMostMs(url)
  const kinds = Object.entries(calls)
  const came = await Promise.all(kinds.map(([, { rate, next }]) => arrivals(url, rate, seconds, next)))
  return {
    times: Object.fromEntries(kinds.map(([kind], place) => [kind, came[place]?.times ?? []])),
    refused: came.reduce((sum, { refused, errors }) => sum + refused + errors, 0),
    loopMostMs: await loopMostMs(url),
  }
}

async function loopMostMs(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1]) * 1000
}
