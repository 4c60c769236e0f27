/** Simulations asked for over HTTP and followed, and what they may never touch. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LightMyRequestResponse as Response } from 'fastify'
import { openLaboratory } from '../../../src/simulation/laboratory.ts'
import { type SimulationWork, workOnSimulations } from '../../../src/simulation/work-on-simulations.ts'
import { keptLog } from '../../targeting/support/seeded-runs.ts'
import { CASH, programmeSet, scenario, type SeededLaboratory } from './seeded-laboratory.ts'

export interface Simulation {
  readonly id: string
  readonly status: string
  readonly code: string
  readonly pointer: string
  readonly expected: string
  readonly attempt: number
  readonly problem: string | null
  readonly detail: string | null
  readonly manifestHash: string | null
  readonly errors: readonly { readonly code: string; readonly pointer: string }[] | null
  readonly request: { readonly baseline: { readonly run: string } }
}

const budget = scenario('budget', programmeSet(CASH, { '/targeting/budget': 10_000 }))
export const body = { name: 'less money', baseline: { run: 'latest' }, scenarios: [scenario('nothing'), budget] }
/** Long enough to be met half way. */
export const long = {
  ...body,
  scenarios: Array.from({ length: 4 }, (_, n) =>
    scenario(`intercept ${n}`, { object: 'formula', id: 'welfare-ranking', set: { '/intercept': 3 + n / 10 } }),
  ),
}

export interface AskedSimulations {
  readonly ask: (change?: object, headers?: Record<string, string>) => Promise<Response>
  readonly read: (id: string) => Promise<Simulation>
  readonly until: (id: string, is: (simulation: Simulation) => boolean) => Promise<Simulation>
  readonly ended: (id: string) => Promise<Simulation>
  readonly events: (action: string) => Promise<readonly { readonly objects: readonly string[]; readonly outcome: string }[]>
  readonly worker: () => Promise<SimulationWork>
}

export function askedSimulations({ database, depsWith, get, post }: SeededLaboratory): AskedSimulations {
  const read = async (id: string): Promise<Simulation> => (await get(`/v1/simulations/${id}`)).json<Simulation>()
  const until = async (id: string, is: (simulation: Simulation) => boolean): Promise<Simulation> => {
    for (const deadline = Date.now() + 90_000; Date.now() < deadline; await sleep(25)) {
      const found = await read(id)
      if (is(found)) return found
    }
    throw new Error(`waited too long: ${JSON.stringify(await read(id))}`)
  }
  return {
    ask: (change = {}, headers = {}) => post('/v1/simulations', { ...body, ...change }, { 'idempotency-key': randomUUID(), ...headers }),
    read,
    until,
    ended: (id) => until(id, ({ status }) => !['queued', 'running'].includes(status)),
    events: async (action) =>
      (await database.pool.query<{ body: string }>('select body from audit_event order by id')).rows
        .map((row) => JSON.parse(row.body) as { readonly action: string; readonly objects: string[]; readonly outcome: string })
        .filter((event) => event.action === action),
    worker: () => workOnSimulations({ database, laboratory: openLaboratory(depsWith(1)) }, keptLog()),
  }
}

const UNTOUCHED = [
  'run',
  'ranked_list',
  'ranked_unit',
  'listed_trait',
  'published_list',
  'enrolment',
  'application',
  'determination',
  'object_version',
  'household',
]

/** Everything that a simulation may never touch, as a count and a hash for each table. */
export async function hashesOf({ pool }: SeededLaboratory['database']): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const table of UNTOUCHED) {
    const { rows } = await pool.query<{ hash: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(x::text, '' order by x::text), '')) as hash from ${table} x`,
    )
    found[table] = rows[0]?.hash as string
  }
  return found
}
