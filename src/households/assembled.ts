/** What an assembly yields: facts of a household and its members, and the state of the registries they came from. */
import type { CatalogueFact } from '../language/catalogue/catalogue.ts'
import type { FactSpace, FactValues } from '../language/fact-space.ts'
import { unknownValues } from '../language/fact-space.ts'
import { parseDecimal } from '../kernel/decimal.ts'

export type RegistryState = 'fresh' | 'grace' | 'stale' | 'missing'

/** Where a registry stood when it was read: the provenance of every value that came from it. */
export interface SourceState {
  readonly registry: string
  readonly custodian: string
  readonly load: string | null
  /** ISO date that the registry's data speak of. */
  readonly asOf: string | null
  readonly state: RegistryState
}

export interface AssembledMember {
  readonly personRef: number
  readonly isHead: boolean
  readonly relationship: string
  /** Over catalogue.person. */
  readonly facts: FactValues
}

/** One household's facts as of a day, with where they came from. */
export interface AssembledHousehold {
  readonly householdRef: number
  readonly asOf: number
  /** Over catalogue.household; computed facts (scores, ranks) are not filled in yet. */
  readonly household: FactValues
  readonly members: readonly AssembledMember[]
  readonly sources: readonly SourceState[]
  /** The application whose declared answers were used. */
  readonly applicationId: string | null
}

type Cell = string | number | boolean | null

/** Values of a space from the cells of an assembly row, two for a bounded fact and one for others. */
export function factValues(space: FactSpace, facts: readonly CatalogueFact[], cells: readonly Cell[], from: number): { readonly values: FactValues; readonly next: number } {
  const values = unknownValues(space)
  let next = from
  for (const fact of facts) {
    const slot = space.slot(fact.id)
    const lo = cells[next] ?? null
    const hi = fact.bounded ? (cells[next + 1] ?? null) : lo
    next += fact.bounded ? 2 : 1
    if (slot === undefined) continue
    if (lo !== null) values.lo[slot] = exact(fact, lo, values.lo[slot] ?? -Infinity)
    if (hi !== null) values.hi[slot] = exact(fact, hi, values.hi[slot] ?? Infinity)
  }
  return { values, next }
}

/** A cell as the exact integer of the language; a code outside the closed list stays unknown. */
function exact(fact: CatalogueFact, cell: Cell, unknown: number): number {
  if (fact.codes) {
    const index = fact.codes.indexOf(String(cell))
    return index < 0 ? unknown : index
  }
  if (typeof cell === 'string') {
    const scaled = parseDecimal(cell, 0)
    return scaled.ok ? scaled.value : unknown
  }
  return Number(cell)
}
