/** One programme's list from judged units: its eligible units in their order, who is selected, waitlisted or left out, and why. */
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { NO_TIER, type NationScores, type ProgrammeColumns } from '../../determinations/bulk/nation.ts'
import { TRUE, UNKNOWN } from '../../kernel/truth.ts'
import type { OrderKey } from '../../language/programme/schema.ts'
import type { Bundle, CompiledProgramme } from '../../programmes/bundle.ts'
import type { AllocationUnits } from '../admit.ts'
import { type Allocation, allocate, type EnrolledExceed } from '../allocate.ts'
import { dependsOnMissing } from '../depends-on-missing.ts'
import { type ScoreDirection, sortKeysOf } from '../order-rows.ts'
import { tieBreakOfCycle } from '../tie-break.ts'
import { gather, gatherOrUnknown, gatherShared } from './gather.ts'
import { allocationTerms, periodBenefit } from './programme-terms.ts'

/** A unit that the programme's own system reported as enrolled or suspended. */
export interface Enrolled {
  readonly householdRef: number
  readonly personRef: number | null
  /** Day number since when it has been undetermined; null while it is not. */
  readonly undeterminedSince: number | null
}

/** One programme's list, by its units' rows; `allocation.order` names them from the first. */
export interface SelectedList {
  readonly programme: string
  readonly unit: 'household' | 'person'
  /** Household row of each unit, and person row where persons are judged. */
  readonly household: Uint32Array
  readonly person: Uint32Array | null
  readonly tier: Uint8Array
  readonly benefit: Float64Array
  readonly benefitScale: number
  readonly score: Float64Array
  readonly scoreLo: Float64Array
  readonly scoreHi: Float64Array
  readonly applicationDate: Float64Array
  readonly dependsOnMissing: Uint8Array
  readonly allocation: Allocation
}

/** What a programme's units are taken from, by household or person row of the population. */
export interface SelectionSource {
  readonly householdRefs: Float64Array
  readonly personRefs: Float64Array
  /** Household row by person row. */
  readonly householdOf: Uint32Array
  /** Members of each household. */
  readonly persons: Uint32Array
  readonly columns: ProgrammeColumns
  /** By the programme's formula; null where it has none. */
  readonly scores: NationScores[number] | null
  /** All households by those scores and the tie-break; null where there are no scores. */
  readonly settled: Uint32Array | null
  /** Day number of the first application by household, NaN without one; null where nobody applied. */
  readonly applicationDate: Float64Array | null
}

export interface ProgrammeSelection {
  readonly asOf: number
  readonly cycle: string
  readonly source: SelectionSource
  readonly enrolled: readonly Enrolled[]
  readonly excluding: readonly Excluding[]
}

/** Whom another programme excludes: 1 by person row, or else by household row. A household's place leaves out its members too; a person's never the household. */
export interface Excluding {
  readonly by: 'household' | 'person'
  readonly rows: Uint8Array
}

export type SelectionAnswer = { readonly ok: true; readonly list: SelectedList } | { readonly ok: false; readonly exceeded: EnrolledExceed }

/** `place`: of the programme in the bundle. */
export function selectProgramme(
  bundle: Bundle,
  place: number,
  { asOf, cycle, source, enrolled, excluding }: ProgrammeSelection,
): SelectionAnswer {
  const compiled = bundle.programmes[place] as CompiledProgramme
  const { id, unit, targeting } = compiled.programme.source
  const { columns } = source
  const held = new Map(enrolled.map((one) => [one.personRef ?? one.householdRef, one]))
  const rows = unitRows(columns.truth, unit === 'person' ? source.personRefs : source.householdRefs, held)
  const person = unit === 'person' ? rows : null
  const household = person ? gatherShared(source.householdOf, person) : rows
  const reference = person ? gather(source.personRefs, person) : gather(source.householdRefs, household)
  const [score, scoreLo, scoreHi] = [source.scores?.point, source.scores?.lo, source.scores?.hi].map((values) =>
    gatherOrUnknown(values, household),
  ) as [Float64Array, Float64Array, Float64Array]
  const tier = gather(columns.tier, rows)
  const { benefit, scale } = periodBenefit(bundle, compiled, gather(columns.benefit, rows))
  const applicationDate = gatherOrUnknown(source.applicationDate ?? undefined, household)
  const direction = (compiled.formula?.formula.direction ?? 'lowerIsPoorer') as ScoreDirection
  const settled = followsScores(compiled) && source.settled && rows.length > source.settled.length / FEW ? source.settled : null
  const facts = new Map(factsOfOrder(targeting.order).map((fact, key) => [fact, gather(columns.orderFacts[key] as Float64Array, rows)]))
  const units = {
    score,
    area: columns.area ? gather(columns.area, rows) : new Uint8Array(rows.length),
    benefit,
    excluded: excludedUnits(excluding, household, person),
    ...standingOf(held, reference, gather(columns.truth, rows), asOf),
  }
  const terms = {
    ...allocationTerms(bundle, compiled, { asOf, scale, direction, populationByArea: () => populationByArea(source) }),
    keys: sortKeysOf(deciding(targeting.order, source.applicationDate !== null, settled !== null), {
      tier,
      score,
      direction,
      applicationDate,
      facts,
    }),
    tieBreak: settled ? { settled: unitsInOrder(settled, rows) } : tieBreakOfCycle(cycle, reference),
  }
  const answer = allocate(units, terms)
  if (!answer.ok) return answer
  const { allocation } = answer
  const list = { programme: id, unit, household, person, tier, benefit, benefitScale: scale, score, scoreLo, scoreHi, applicationDate }
  const depends = dependsOnMissing(units, tier, boundsOf(scoreLo, scoreHi), terms, allocation)
  return { ok: true, list: { ...list, dependsOnMissing: depends, allocation } }
}

/** Place of the programme's formula among those that are scored; -1 without one. */
export const formulaPlace = (bundle: Bundle, { formula }: CompiledProgramme): number =>
  formula ? scoredFormulas(bundle).indexOf(formula) : -1

const factsOfOrder = (order: CompiledProgramme['programme']['source']['targeting']['order']): string[] =>
  order.flatMap((by) => (by.by === 'fact' ? [by.fact] : []))

/** Fewer units than one in so many are sorted sooner than looked up among all. */
const FEW = 16

/** Whether units that agree in every key have one score: then they stand among each other as all households do by score and tie-break. */
const followsScores = ({ programme }: CompiledProgramme): boolean => {
  const { unit, targeting } = programme.source
  const end = targeting.order.findIndex(({ by }) => by === 'tieBreak')
  return unit === 'household' && targeting.order.slice(0, end < 0 ? targeting.order.length : end).some(({ by }) => by === 'score')
}

/** The keys that can move anybody: not the date where nobody applied, and not the score behind all others where units stand by it already. */
function deciding(order: readonly OrderKey[], applied: boolean, byScore: boolean): readonly OrderKey[] {
  const end = order.findIndex(({ by }) => by === 'tieBreak')
  const keys = order.slice(0, end < 0 ? order.length : end).filter(({ by }) => applied || by !== 'applicationDate')
  return byScore && keys.at(-1)?.by === 'score' ? keys.slice(0, -1) : keys
}

/** Units of some rows, in the order of these among all. */
function unitsInOrder(settled: Uint32Array, rows: Uint32Array): Uint32Array {
  // 0 for a row that is none of them, so that nothing has to be filled.
  const behind = new Uint32Array(settled.length)
  for (let unit = 0; unit < rows.length; unit++) behind[rows[unit] as number] = unit + 1
  const units = new Uint32Array(rows.length)
  let count = 0
  for (let i = 0; i < settled.length; i++) {
    const place = behind[settled[i] as number] as number
    if (place > 0) units[count++] = place - 1
  }
  return units
}

/** Which units hold a place, and for how many months they have been undetermined. */
function standingOf(
  held: ReadonlyMap<number, Enrolled>,
  reference: Float64Array,
  truth: Uint8Array,
  asOf: number,
): Pick<AllocationUnits, 'enrolled' | 'undeterminedMonths'> {
  const enrolled = new Uint8Array(reference.length)
  const undeterminedMonths = new Float64Array(reference.length).fill(NaN)
  if (held.size > 0)
    for (let unit = 0; unit < reference.length; unit++) {
      const one = held.get(reference[unit] as number)
      if (!one) continue
      enrolled[unit] = 1
      if (truth[unit] === TRUE) continue
      undeterminedMonths[unit] =
        one.undeterminedSince === null ? 0 : Math.max(0, Math.floor((asOf - one.undeterminedSince) / DAYS_PER_MONTH))
    }
  return { enrolled, undeterminedMonths }
}

/** A month of the bounded time for which an undetermined enrolled unit keeps its place, in days: 365.25 / 12 rounded up, in the family's favour. */
const DAYS_PER_MONTH = 31

/** Bounds count where they are wider than a point. */
function boundsOf(scoreLo: Float64Array, scoreHi: Float64Array): { readonly low: Float64Array; readonly high: Float64Array } {
  const [low, high] = [scoreLo.slice(), scoreHi.slice()]
  for (let unit = 0; unit < low.length; unit++) if (low[unit] === high[unit]) low[unit] = high[unit] = NaN
  return { low, high }
}

/** Rows of the eligible units, and of enrolled ones that became undetermined. */
function unitRows(truth: Uint8Array, references: Float64Array, held: ReadonlyMap<number, Enrolled>): Uint32Array {
  const isHeld = (row: number): boolean => truth[row] === UNKNOWN && held.has(references[row] as number)
  // Counted first: most of a nation's persons are nobody's unit. Nobody is looked up where nobody is held, and no branch hangs on a truth, which nobody can predict.
  let count = 0
  for (let row = 0; row < truth.length; row++) count += Number(truth[row] === TRUE)
  if (held.size > 0) for (let row = 0; row < truth.length; row++) count += Number(isHeld(row))
  const rows = new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT))
  let filled = 0
  for (let row = 0; filled < count; row++) {
    rows[filled] = row
    filled += Number(truth[row] === TRUE || (held.size > 0 && isHeld(row)))
  }
  return rows
}

function excludedUnits(excluding: readonly Excluding[], household: Uint32Array, person: Uint32Array | null): Uint8Array {
  const excluded = new Uint8Array(household.length)
  for (const { by, rows: found } of excluding) {
    const rows = by === 'person' ? person : household
    if (rows) for (let unit = 0; unit < rows.length; unit++) if (found[rows[unit] as number] === 1) excluded[unit] = 1
  }
  return excluded
}

/** Persons of the population by area code: what "proportional to population" divides places by. */
function populationByArea({ columns: { area, unit }, persons }: SelectionSource): number[] {
  const counts: number[] = []
  area?.forEach((code, row) => {
    if (code === NO_TIER) return
    counts[code] = (counts[code] ?? 0) + (unit === 'household' ? (persons[row] as number) : 1)
  })
  return Array.from(counts, (count) => count ?? 0)
}
