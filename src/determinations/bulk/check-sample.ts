/** Holds a sample of a bulk run against the online determination of the same facts, with its second opinion by json-rules-engine. */
import type { AssembledHousehold, FormulaStanding } from '../../households/assembled.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactColumns } from '../../language/fact-columns.ts'
import { readBlock } from '../../language/fact-columns.ts'
import type { FactSpace, FactValues } from '../../language/fact-space.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { determine } from '../determine.ts'
import type { UnitOutcome } from '../determine.ts'
import { scoredFormulas } from './bulk-bundle.ts'
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
    const assembled = { ...householdAt(bundle.catalogue, nation, row, asOf), standings: standingsAt(bundle, judged.ranks, row) }
    const { units } = await determine(bundle, assembled)
    for (const unit of units) found.push(...compare(bundle, judged, row, unit))
  }
  return found
}

/** Where the household of a row stands by each formula that was ranked. */
const standingsAt = (bundle: Bundle, ranks: NationRanks | null, row: number): FormulaStanding[] =>
  scoredFormulas(bundle).flatMap(({ ref }, place): FormulaStanding[] => {
    const own = ranks?.[place]
    return own ? [{ formula: ref.hash, rank: own.rank[row] as number, percentile: own.percentile[row] as number, run: null }] : []
  })

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
