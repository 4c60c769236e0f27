/** From judged households to each programme's list: ranks, eligible units in their order, who is selected, waitlisted or left out, and why. */
import type { NationScores } from '../../determinations/bulk/nation.ts'
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { problem } from '../../kernel/problem.ts'
import { TRUE, UNKNOWN } from '../../kernel/truth.ts'
import type { Bundle, CompiledFormula, CompiledProgramme } from '../../programmes/bundle.ts'
import type { AllocationUnits } from '../admit.ts'
import { type Allocation, allocate } from '../allocate.ts'
import { dependsOnMissing } from '../depends-on-missing.ts'
import { type ScoreDirection, sortKeysOf } from '../order-rows.ts'
import { statusCode } from '../outcome.ts'
import { rank, type Ranking } from '../rank.ts'
import { tieBreakOfCycle } from '../tie-break.ts'
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { gather, gatherOrUnknown, rowsWhere } from './gather.ts'
import type { JudgedNation, ScoredNation } from './judged-nation.ts'
import { allocationTerms, periodBenefit } from './programme-terms.ts'

/** A unit that the programme's own system reported as enrolled or suspended. */
export interface Enrolled {
  readonly householdRef: number
  readonly personRef: number | null
  /** Day number since when it has been undetermined; null while it is not. */
  readonly undeterminedSince: number | null
}

export interface SelectionRequest {
  readonly asOf: number
  readonly cycle: string
  /** Day number of the first application, by household. */
  readonly applicationDates: ReadonlyMap<number, number>
  /** By programme. */
  readonly enrolled: ReadonlyMap<string, readonly Enrolled[]>
}

/** One programme's list, by its units' rows; `allocation.order` names them from the first. */
export interface ProgrammeList {
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
  readonly ranking: Ranking | null
  readonly dependsOnMissing: Uint8Array
  /** Ids of the facts to verify first, by row of the units that depend on missing ones; left out until somebody looked. */
  readonly missingFacts?: ReadonlyMap<number, readonly string[]>
  readonly allocation: Allocation
}

/** Ranks of the population by each formula that programmes use, in the order of `scoredFormulas`. */
export const rankNation = (bundle: Bundle, population: ScoredNation): Ranking[] =>
  scoredFormulas(bundle).map((formula, place) => rankFormula(formula, place, population))

/** `place`: of the formula among those that programmes use. */
export const rankFormula = ({ formula }: CompiledFormula, place: number, { persons, governorate, scores }: ScoredNation): Ranking =>
  rank({
    score: (scores[place] as NationScores[number]).point,
    direction: formula.direction as ScoreDirection,
    persons,
    area: governorate,
  })

/** Programmes in ascending precedence, so that one can exclude whom an earlier one selected. A list that is `kept`, by programme, is not made again. */
export function selectUnits(
  bundle: Bundle,
  nation: JudgedNation,
  rankings: readonly Ranking[],
  request: SelectionRequest,
  kept: ReadonlyMap<string, ProgrammeList> = new Map(),
): ProgrammeList[] {
  const selected = new Map<string, Uint8Array>()
  const inOrder = bundle.programmes.toSorted((a, b) => a.programme.source.targeting.precedence - b.programme.source.targeting.precedence)
  const lists = inOrder.map((compiled) => {
    const list = kept.get(compiled.id) ?? selectFor(bundle, compiled, nation, rankings, request, selected)
    selected.set(compiled.id, selectedRows(list, nation))
    return list
  })
  return bundle.programmes.map(({ id }) => lists.find(({ programme }) => programme === id) as ProgrammeList)
}

/** 1 by row of the selected: person rows where persons are judged, else household rows. */
function selectedRows({ allocation, household, person }: ProgrammeList, { householdRefs, personRefs }: JudgedNation): Uint8Array {
  const found = new Uint8Array(person ? personRefs.length : householdRefs.length)
  const selected = statusCode('selected')
  const rows = person ?? household
  for (let unit = 0; unit < rows.length; unit++) if (allocation.status[unit] === selected) found[rows[unit] as number] = 1
  return found
}

function selectFor(
  bundle: Bundle,
  compiled: CompiledProgramme,
  nation: JudgedNation,
  rankings: readonly Ranking[],
  request: SelectionRequest,
  selected: ReadonlyMap<string, Uint8Array>,
): ProgrammeList {
  const { source } = compiled.programme
  const index = bundle.programmes.indexOf(compiled)
  const columns = nation.programmes[index] as JudgedNation['programmes'][number]
  const formulaAt = compiled.formula ? scoredFormulas(bundle).indexOf(compiled.formula) : -1
  const scores = nation.scores[formulaAt]
  const enrolled = new Map((request.enrolled.get(source.id) ?? []).map((one) => [one.personRef ?? one.householdRef, one]))
  const rows = unitRows(columns.truth, source.unit, nation, enrolled)
  const person = source.unit === 'person' ? rows : null
  const household = person ? gather(nation.householdOf, person) : rows
  const reference = person ? gather(nation.personRefs, person) : gather(nation.householdRefs, household)
  const [score, scoreLo, scoreHi] = [scores?.point, scores?.lo, scores?.hi].map((values) => gatherOrUnknown(values, household)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const tier = gather(columns.tier, rows)
  const { benefit, scale } = periodBenefit(bundle, compiled, gather(columns.benefit, rows))
  const applicationDate = applicationDates(request.applicationDates, gather(nation.householdRefs, household))
  const direction = (compiled.formula?.formula.direction ?? 'lowerIsPoorer') as ScoreDirection
  const facts = new Map<string, Float64Array>()
  let key = 0
  for (const by of source.targeting.order)
    if (by.by === 'fact') {
      const values = columns.orderFacts[key++] as Float64Array
      facts.set(by.fact, gather(values, rows))
    }
  const units = {
    score,
    area: columns.area ? gather(columns.area, rows) : new Uint8Array(rows.length),
    benefit,
    excluded: excludedUnits(source.targeting.exclusions ?? [], {
      household,
      person,
      nation,
      selected,
      enrolled: request.enrolled,
      bundle,
    }),
    ...standingOf(enrolled, reference, gather(columns.truth, rows), request.asOf),
  }
  const terms = {
    ...allocationTerms(bundle, compiled, {
      asOf: request.asOf,
      scale,
      direction,
      populationByArea: () => populationByArea(columns.area, nation, source.unit),
    }),
    keys: sortKeysOf(source.targeting.order, { tier, score, direction, applicationDate, facts }),
    tieBreak: tieBreakOfCycle(request.cycle, reference),
  }
  const answer = allocate(units, terms)
  if (!answer.ok) {
    const { limit, allowed, enrolledUnits, enrolledSpend } = answer.exceeded
    throw problem('run-enrolled-exceed', {
      detail: `${source.id}: ${limit === 'places' ? `${enrolledUnits} enrolled units, ${allowed} places` : `the enrolled cost ${enrolledSpend}, the budget is ${allowed}`}`,
    })
  }
  let depends: Uint8Array | null = null
  const bounds = { low: exactOrNaN(scoreLo, scoreHi, scoreLo), high: exactOrNaN(scoreLo, scoreHi, scoreHi) }
  return {
    programme: source.id,
    unit: source.unit,
    household,
    person,
    tier,
    benefit,
    benefitScale: scale,
    score,
    scoreLo,
    scoreHi,
    applicationDate,
    ranking: rankings[formulaAt] ?? null,
    // Of most lists that simulations make nobody asks.
    get dependsOnMissing() {
      return (depends ??= dependsOnMissing(units, tier, bounds, terms, answer.allocation))
    },
    allocation: answer.allocation,
  }
}

/** Day of the first application by unit; NaN for one that did not apply. */
function applicationDates(dates: ReadonlyMap<number, number>, householdRefs: Float64Array): Float64Array {
  const found = new Float64Array(householdRefs.length).fill(NaN)
  if (dates.size === 0) return found
  for (let unit = 0; unit < found.length; unit++) found[unit] = dates.get(householdRefs[unit] as number) ?? NaN
  return found
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
function exactOrNaN(lo: Float64Array, hi: Float64Array, values: Float64Array): Float64Array {
  const found = values.slice()
  for (let row = 0; row < found.length; row++) if (lo[row] === hi[row]) found[row] = NaN
  return found
}

/** Rows of the eligible units, and of enrolled ones that became undetermined. */
function unitRows(
  truth: Uint8Array,
  unit: 'household' | 'person',
  nation: JudgedNation,
  enrolled: ReadonlyMap<number, Enrolled>,
): Uint32Array {
  const references = unit === 'person' ? nation.personRefs : nation.householdRefs
  return rowsWhere(
    truth.length,
    (row) => truth[row] === TRUE || (truth[row] === UNKNOWN && enrolled.size > 0 && enrolled.has(references[row] as number)),
  )
}

interface Excluding {
  readonly household: Uint32Array
  readonly person: Uint32Array | null
  readonly nation: JudgedNation
  readonly selected: ReadonlyMap<string, Uint8Array>
  readonly enrolled: ReadonlyMap<string, readonly Enrolled[]>
  readonly bundle: Bundle
}

/** A household's selection elsewhere leaves out its members too; a person's leaves out that person only, never the household. */
function excludedUnits(
  exclusions: readonly { readonly programme: string; readonly when: 'selected' | 'enrolled' }[],
  { household, person, nation, selected, enrolled, bundle }: Excluding,
): Uint8Array {
  const excluded = new Uint8Array(household.length)
  for (const { programme, when } of exclusions) {
    const other = bundle.programmes.find(({ id }) => id === programme)
    if (!other) continue
    const byPerson = other.programme.source.unit === 'person'
    const rows = byPerson ? person : household
    const found = when === 'selected' ? selected.get(programme) : enrolledRows(enrolled.get(programme) ?? [], byPerson, nation)
    if (rows && found) for (let unit = 0; unit < rows.length; unit++) if (found[rows[unit] as number] === 1) excluded[unit] = 1
  }
  return excluded
}

function enrolledRows(
  enrolled: readonly Enrolled[],
  byPerson: boolean,
  { householdRefs, personRefs }: JudgedNation,
): Uint8Array | undefined {
  if (enrolled.length === 0) return undefined
  const held = new Set(enrolled.map((one) => (byPerson ? one.personRef : one.householdRef)))
  return Uint8Array.from(byPerson ? personRefs : householdRefs, (reference) => (held.has(reference) ? 1 : 0))
}

/** Persons of the population by area code: what "proportional to population" divides places by. */
function populationByArea(area: Uint8Array | null, { persons }: JudgedNation, unit: 'household' | 'person'): number[] {
  const counts: number[] = []
  area?.forEach((code, row) => {
    if (code === NO_TIER) return
    counts[code] = (counts[code] ?? 0) + (unit === 'household' ? (persons[row] as number) : 1)
  })
  return Array.from(counts, (count) => count ?? 0)
}
