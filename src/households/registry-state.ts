/** How old a registry's data are, and whether they still count. */
import type { Queryable } from '../db/queryable.ts'
import { dayNumber } from '../kernel/date.ts'
import type { RegistryState, SourceState } from './assembled.ts'

export interface Freshness {
  readonly registry: string
  readonly custodian: string
  readonly maxAgeDays: number
  readonly graceDays: number
}

/** Those of the registries in force: the same array as long as nothing changed. */
export type FreshnessNow = () => Promise<readonly Freshness[]>

/** The state of each registry as of a day; one that was never loaded is missing. */
export async function readSourceStates(db: Queryable, registries: readonly Freshness[], asOf: number): Promise<SourceState[]> {
  const { rows } = await db.query<RegistryStateRow>({
    name: 'registry-states',
    text: 'SELECT registry, load_id, as_of FROM warehouse.registry_state',
  })
  return sourceStates(rows, registries, asOf)
}

/** What `warehouse.registry_state` holds of one registry. */
export interface RegistryStateRow {
  readonly registry: string
  readonly load_id: string | number | null
  readonly as_of: string | null
}

export function sourceStates(rows: readonly RegistryStateRow[], registries: readonly Freshness[], asOf: number): SourceState[] {
  const found = new Map(rows.map((row) => [row.registry, row]))
  return registries.map((freshness) => {
    const row = found.get(freshness.registry)
    const load = row?.load_id ?? null
    return {
      registry: freshness.registry,
      custodian: freshness.custodian,
      load: load === null ? null : String(load),
      asOf: row?.as_of ?? null,
      state: stateOf(row?.as_of ?? null, freshness, asOf),
    }
  })
}

/** Fresh within its declared age, then in grace (the last value is used and flagged), then stale: no value at all. */
export function stateOf(dataAsOf: string | null, freshness: Freshness, asOf: number): RegistryState {
  const day = dataAsOf === null ? null : dayNumber(dataAsOf)
  if (day === null) return 'missing'
  const age = asOf - day
  if (age <= freshness.maxAgeDays) return 'fresh'
  return age <= freshness.maxAgeDays + freshness.graceDays ? 'grace' : 'stale'
}

export const isUsable = (state: RegistryState): boolean => state === 'fresh' || state === 'grace'
