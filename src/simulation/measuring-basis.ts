/** What is the same for everything that is measured beside a baseline, told to the threads once for each poverty line. */
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import { scoredOrders } from './compare-ranks.ts'
import type { Decision } from './decide.ts'
import type { LabelledBreakdown } from './groups.ts'
import type { Measured } from './measure-policies.ts'
import type { MeasuringBasis } from './measure-tasks.ts'
import { poorBelow } from './measures/poverty-line.ts'
import type { WelfareOrder } from './measures/welfare-order.ts'
import type { ReferenceWelfare } from './reference-welfare.ts'
import type { EquivalisedReference } from './equivalised-welfare.ts'
import { inSharedMemory } from './shared-memory.ts'
import type { Population } from './simulate.ts'
import type { Lines } from './welfare-measures.ts'

/** With equivalents where it is per equivalent adult. */
export type Reference = ReferenceWelfare & { readonly order: WelfareOrder } & Partial<EquivalisedReference>

/** A baseline that was decided, with what is measured by it. */
export interface MeasuredBaseline {
  readonly decision: Decision
  readonly population: Population
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
  /** By lines; null: without one. */
  readonly bases: Map<string | null, MeasuringBasis>
}

/** Of the snapshot, by household row. */
export interface Standards {
  readonly resident: ResidentNation
  readonly groups: readonly LabelledBreakdown[]
  readonly keys: Uint32Array
  readonly reference: Reference | null
}

/** One and the same object for the same lines: what is known of a list's measures is known by it. Only the last lines are kept. */
export function basisOf(standards: Standards, baseline: MeasuredBaseline, lines: Lines | null): MeasuringBasis {
  const { bases, population, decision } = baseline
  const key = lines && JSON.stringify([lines.line, lines.lines, standards.reference?.scale ?? null])
  const known = bases.get(key)
  if (known) return known
  const { persons, householdOf } = decision.nation
  const { breakdowns, keys } = population
  const measured = measuredBy(standards, baseline, lines)
  const made = { breakdowns, keys, persons, householdOf, orders: inSharedMemory(scoredOrders(decision)), measured }
  // What an impact asks, without a line, leaves standing what was measured by the last one.
  for (const other of bases.keys()) if (other !== null && key !== null) bases.delete(other)
  bases.set(key, made)
  return made
}

function measuredBy({ reference, resident, groups, keys }: Standards, { rows }: MeasuredBaseline, lines: Lines | null): Measured | null {
  if (!reference || lines === null) return null
  const { welfare, order, equivalents = null } = reference
  const poor = inSharedMemory(poorBelow(welfare, lines.line))
  return { welfare, order, equivalents, persons: resident.persons, keys, ...lines, poor, breakdowns: groups, rows: inSharedMemory(rows) }
}
