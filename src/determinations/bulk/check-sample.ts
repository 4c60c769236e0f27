/** Holds a sample of a bulk run against the online determination of the same facts, with its second opinion by json-rules-engine. */
import type { AssembledHousehold } from '../../households/assembled.ts'
import { isEnrolledAt } from '../../households/enrolled-status.ts'
import { outcomeOf } from '../../language/rule/outcome.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactColumns } from '../../language/fact-columns.ts'
import { readBlock } from '../../language/fact-columns.ts'
import type { FactSpace, FactValues } from '../../language/fact-space.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { Bundle, CompiledFormula } from '../../programmes/bundle.ts'
import { computedSlots } from '../computed-facts.ts'
import { determine } from '../determine.ts'
import type { UnitOutcome } from '../determine.ts'
import { setStanding } from '../standing.ts'
import { readsRanks, scoredFormulas } from './bulk-bundle.ts'
import type { Nation, NationColumns, NationRanks, NationScores } from './nation.ts'

/** One thing that the two ways of judging say differently; null where one of them says nothing. */
export interface SampleDisagreement {
  readonly programme: string
  readonly householdRow: number
  readonly personRow: number | null
  /** `opinion` is json-rules-engine's; the others are our own online engine's. */
  readonly about: 'truth' | 'opinion' | 'point' | 'lo' | 'hi'
  readonly bulk: number | null
  readonly online: number | null
}

export interface Judged {
  readonly scores: NationScores
  readonly ranks: NationRanks | null
  readonly columns: NationColumns
}

/** Empty where the bulk run is right about the households of `rows`. */
export async function checkSample(
  bundle: Bundle,
  nation: Nation,
  judged: Judged,
  rows: Iterable<number>,
  asOf: number,
): Promise<SampleDisagreement[]> {
  const found: SampleDisagreement[] = []
  for (const row of rows) {
    for (const { part, formula } of partsOf(bundle)) {
      const assembled = householdAt(bundle.catalogue, nation, row, asOf)
      setElsewhere(bundle, part, judged, nation, { row, formula, household: assembled.household })
      const { units } = await determine(part, assembled)
      for (const unit of units) found.push(...compare(bundle, judged, row, unit))
    }
  }
  return found
}

interface Part {
  readonly part: Bundle
  /** Place of the formula whose ranks the part reads; -1 for none. */
  readonly formula: number
}

const parts = new WeakMap<Bundle, readonly Part[]>()

/**
 * A household has one rank for the online determination, while each programme reads that of its own formula; so programmes of different
 * formulas are determined apart, with the statuses that the bulk run gave the others, which are checked in their own part.
 */
function partsOf(bundle: Bundle): readonly Part[] {
  const found = parts.get(bundle) ?? splitByFormula(bundle)
  parts.set(bundle, found)
  return found
}

function splitByFormula(bundle: Bundle): Part[] {
  const formulas = scoredFormulas(bundle)
  const used = [...new Set(bundle.programmes.map(({ formula }) => formula))]
  const placeOf = (formula: CompiledFormula | null | undefined): number => (formula ? formulas.indexOf(formula) : -1)
  if (used.length === 1 || !readsRanks(bundle)) return [{ part: bundle, formula: placeOf(used[0]) }]
  return used.map((formula) => ({
    part: {
      ...bundle,
      programmes: bundle.programmes.filter((one) => one.formula === formula),
      opinions: bundle.opinions.filter((one) => one.formula === formula),
    },
    formula: placeOf(formula),
  }))
}

/** Sets what the online determination of a part does not find out itself. */
function setElsewhere(
  { catalogue, programmes }: Bundle,
  part: Bundle,
  { ranks, columns }: Judged,
  nation: Nation,
  { row, formula, household }: { readonly row: number; readonly formula: number; readonly household: FactValues },
): void {
  const standing = ranks?.[formula]
  if (standing) setStanding(catalogue, household, { rank: standing.rank[row] as number, percentile: standing.percentile[row] as number })
  for (const status of computedSlots(catalogue).statuses) {
    const { slot, programme, type } = status
    if (isEnrolledAt(household, status)) continue
    const place = programmes.findIndex(({ id }) => id === programme)
    if (place < 0 || part.programmes.some(({ id }) => id === programme)) continue
    const { unit, truth } = columns[place] as NationColumns[number]
    const own = unit === 'household' ? truth.subarray(row, row + 1) : truth.subarray(nation.firstMember[row], nation.firstMember[row + 1])
    const code = type.codes?.indexOf(outcomeOf(Math.max(0, ...own) as 0 | 1 | 2)) ?? -1
    if (code >= 0) household.lo[slot] = household.hi[slot] = code
  }
}

function compare(bundle: Bundle, { scores, columns }: Judged, householdRow: number, unit: UnitOutcome): SampleDisagreement[] {
  const place = bundle.programmes.findIndex(({ id }) => id === unit.programme)
  const formula = bundle.programmes[place]?.formula
  const score = formula ? scores[scoredFormulas(bundle).indexOf(formula)] : undefined
  const truth = columns[place]?.truth[unit.personRef ?? householdRow] ?? null
  const pairs: readonly [SampleDisagreement['about'], number | null, number | null][] = [
    ['truth', truth, unit.truth],
    ['opinion', truth, unit.opinion],
    ['point', numberOr(score?.point[householdRow]), unit.score?.point ?? null],
    ['lo', numberOr(score?.lo[householdRow]), unit.score?.lo ?? null],
    ['hi', numberOr(score?.hi[householdRow]), unit.score?.hi ?? null],
  ]
  return pairs
    .filter(([, bulk, online]) => bulk !== online)
    .map(([about, bulk, online]) => ({ programme: unit.programme, householdRow, personRow: unit.personRef, about, bulk, online }))
}

const numberOr = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)

/** One household as an assembly would give it; members go by their person rows. */
export function householdAt(
  { household, person }: Catalogue,
  nation: Pick<Nation, 'households' | 'persons' | 'firstMember'>,
  row: number,
  asOf: number,
): AssembledHousehold {
  const first = nation.firstMember[row] as number
  const size = (nation.firstMember[row + 1] as number) - first
  const members = Array.from({ length: size }, (_, index) => ({
    personRef: first + index,
    isHead: false,
    relationship: '',
    facts: valuesAt(person, nation.persons, first + index),
  }))
  return {
    householdRef: row,
    asOf,
    household: valuesAt(household, nation.households, row),
    members,
    sources: [],
    applicationId: null,
  }
}

function valuesAt(space: FactSpace, columns: FactColumns, row: number): FactValues {
  const values = unknownValues(space)
  const lo = new Float64Array(1)
  const hi = new Float64Array(1)
  space.types.forEach(({ type }, slot) => {
    if (!columns[slot]) return
    readBlock(columns[slot], type === 'boolean', row, 1, lo, hi)
    values.lo[slot] = lo[0] as number
    values.hi[slot] = hi[0] as number
  })
  return values
}
