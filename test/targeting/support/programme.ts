/** Small random programmes for the properties of allocation, and their units as columns. */
import fc from 'fast-check'
import { allocate, type Allocation, type AllocationTerms, type Quotas } from '../../../src/targeting/allocate.ts'
import type { AllocationUnits } from '../../../src/targeting/admit.ts'
import { sortKeysOf } from '../../../src/targeting/order-rows.ts'
import { REASONS, STATUSES } from '../../../src/targeting/outcome.ts'
import { tieBreakOfCycle } from '../../../src/targeting/tie-break.ts'

export interface Unit {
  readonly reference: number
  readonly tier: number
  readonly score: number
  readonly date: number
  readonly area: number
  readonly benefit: number
  readonly excluded: boolean
  readonly enrolled: boolean
  readonly undeterminedMonths: number
}

export interface Programme {
  readonly units: readonly Unit[]
  readonly budget?: number
  readonly places?: number
  readonly quotas?: Quotas
  readonly waitlistLength: number
  readonly thresholds?: { readonly entry: number; readonly exit: number }
  readonly higherIsPoorer: boolean
}

const newcomer = fc.record({
  tier: fc.integer({ min: 0, max: 1 }),
  score: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 9 }), weight: 9 }, fc.constant(NaN)),
  date: fc.constantFrom(1, 2, NaN),
  area: fc.integer({ min: 0, max: 3 }),
  benefit: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 5 }), weight: 9 }, fc.constant(NaN)),
  excluded: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
  enrolled: fc.constant(false),
  undeterminedMonths: fc.constant(NaN),
})
const anyUnit = fc
  .tuple(newcomer, fc.integer({ min: 0, max: 4 }), fc.constantFrom(NaN, NaN, NaN, 2, 6))
  .map(([unit, one, months]) => (one === 0 ? { ...unit, enrolled: true, undeterminedMonths: months } : unit))

/** Weights or places of areas 0 to 2: area 3 has no quota. */
const quotas = fc.record({
  method: fc.constantFrom('absolute' as const, 'proportional' as const),
  areas: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 }),
  leftOver: fc.constantFrom('none' as const, 'nationalOrder' as const),
})

/** Programmes in which anything can bind. */
export const programme: fc.Arbitrary<Programme> = fc.record(
  {
    units: fc.array(anyUnit, { maxLength: 24 }).map((units) => units.map((unit, i) => ({ ...unit, reference: 100 + i }))),
    budget: fc.integer({ min: 0, max: 60 }),
    places: fc.integer({ min: 0, max: 25 }),
    quotas,
    waitlistLength: fc.integer({ min: 0, max: 6 }),
    thresholds: fc.constantFrom({ entry: 5, exit: 7 }),
    higherIsPoorer: fc.boolean(),
  },
  { requiredKeys: ['units', 'waitlistLength', 'higherIsPoorer'] },
)

export function columnsOf(units: readonly Unit[]): AllocationUnits & { readonly tier: Uint8Array } {
  return {
    tier: Uint8Array.from(units, ({ tier }) => tier),
    score: Float64Array.from(units, ({ score }) => score),
    area: Uint8Array.from(units, ({ area }) => area),
    benefit: Float64Array.from(units, ({ benefit }) => benefit),
    excluded: Uint8Array.from(units, ({ excluded }) => Number(excluded)),
    enrolled: Uint8Array.from(units, ({ enrolled }) => Number(enrolled)),
    undeterminedMonths: Float64Array.from(units, ({ undeterminedMonths }) => undeterminedMonths),
  }
}

export function termsOf(programme: Programme): AllocationTerms {
  const { units, higherIsPoorer, ...terms } = programme
  const { tier, score } = columnsOf(units)
  const direction = higherIsPoorer ? 'higherIsPoorer' : 'lowerIsPoorer'
  const applicationDate = Float64Array.from(units, ({ date }) => date)
  const order = [{ by: 'tiers', tiers: [] as never }, { by: 'score' }, { by: 'applicationDate' }, { by: 'tieBreak' }] as const
  return {
    ...terms,
    keys: sortKeysOf([...order], { tier, score, direction, applicationDate, facts: new Map() }),
    tieBreak: tieBreakOfCycle(
      '2026-Q1',
      Float64Array.from(units, ({ reference }) => reference),
    ),
    direction,
    needsScore: true,
    keepUndeterminedMonths: 6,
  }
}

/** Null where the enrolled alone exceed a limit. */
export function allocationOf(programme: Programme): Allocation | null {
  const answer = allocate(columnsOf(programme.units), termsOf(programme))
  return answer.ok ? answer.allocation : null
}

export const statusOf = (allocation: Allocation, row: number): string => STATUSES[allocation.status[row] as number] as string
export const reasonOf = (allocation: Allocation, row: number): string => REASONS[allocation.reason[row] as number] as string

/** References of the selected. */
export const selectedOf = (programme: Programme, allocation: Allocation): number[] =>
  programme.units.flatMap(({ reference }, row) => (statusOf(allocation, row) === 'selected' ? [reference] : []))
