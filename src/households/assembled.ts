/** What an assembly yields: facts of a household and its members, and the state of the registries they came from. */
import type { Unanswered } from '../warehouse/pulled/ask.ts'
import type { Pack } from '../language/catalogue/sql/packing.ts'
import type { FactSpace, FactValues } from '../language/fact-space.ts'
import { unknownValues } from '../language/fact-space.ts'

export type RegistryState = 'fresh' | 'grace' | 'stale' | 'missing'

/** What there is of a registry that is asked person by person, of all households that are looked at together. */
export interface AnswersHeld {
  /** How many of their living members have an answer. */
  readonly persons: number
  /** ISO dates of the answers; null where nobody has one. */
  readonly oldest: string | null
  readonly newest: string | null
}

/** Where a registry stood when it was read: the provenance of every value that came from it. */
export interface SourceState {
  readonly registry: string
  readonly custodian: string
  readonly load: string | null
  /** ISO date that the registry's data speak of. */
  readonly asOf: string | null
  /** Of a registry that is asked person by person: members it did not answer about, by why. Of them it tells nothing. */
  readonly unanswered?: Readonly<Partial<Record<Unanswered, number>>>
  /** The same of relatives outside the household. */
  readonly unansweredRelatives?: Readonly<Partial<Record<Unanswered, number>>>
  /** Of a registry that is asked person by person, in bulk: the answers that there were. */
  readonly answers?: AnswersHeld
  readonly state: RegistryState
}

export interface AssembledMember {
  readonly personRef: number
  readonly isHead: boolean
  readonly relationship: string
  /** Over catalogue.person. */
  readonly facts: FactValues
}

/** Where a household stands among others by a formula. */
export interface FormulaStanding {
  /** Hash of the formula's version. */
  readonly formula: string
  /** 1 + the households that are strictly poorer; 0 where it has no point score. */
  readonly rank: number
  /** 1 to 100, or 0 with the rank. */
  readonly percentile: number
  /** The run among whose population it stands, and whether its score was not among theirs; null inside a run. */
  readonly run: { readonly id: string; readonly asOf: string; readonly isProvisional: boolean } | null
}

/** One household's facts as of a day, with where they came from. */
export interface AssembledHousehold {
  readonly householdRef: number
  readonly asOf: number
  /** Over catalogue.household; computed facts (scores, ranks) are not filled in yet. */
  readonly household: FactValues
  readonly members: readonly AssembledMember[]
  readonly sources: readonly SourceState[]
  /** Where it stands, as rules of those formulas' programmes read it; a formula that is not among them has ranked nobody. */
  readonly standings?: readonly FormulaStanding[]
  /** The application whose declared answers were used. */
  readonly applicationId: string | null
  /** Members whose address is kept from others, as known when it is told; nobody where that was not asked. */
  readonly sheltered?: ReadonlySet<number>
}

/** One column of a packed row: numbers, or codes. */
export type PackedCells = readonly (number | string | null)[] | null

/** Values of a space from the two arrays of each pack: two places for a bounded fact, one for others. */
export function factValues(space: FactSpace, packs: readonly Pack[], arrays: readonly PackedCells[]): FactValues {
  const values = unknownValues(space)
  packs.forEach(({ numbers, codes }, index) => {
    const cells = arrays[index * 2]
    let next = 0
    for (const fact of numbers) {
      const lo = cells?.[next++] ?? null
      const hi = fact.bounded ? (cells?.[next++] ?? null) : lo
      const slot = space.slot(fact.id)
      if (slot === undefined) continue
      if (lo !== null) values.lo[slot] = Number(lo)
      if (hi !== null) values.hi[slot] = Number(hi)
    }
    codes.forEach((fact, place) => {
      // A code outside the closed list stays unknown.
      const code = fact.codes?.indexOf(String(arrays[index * 2 + 1]?.[place])) ?? -1
      const slot = space.slot(fact.id)
      if (code >= 0 && slot !== undefined) values.lo[slot] = values.hi[slot] = code
    })
  })
  return values
}
