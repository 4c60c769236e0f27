/** Who of a judged sample is selected by each programme: the programme's own order and terms, over households that rows stand for. */
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { NO_AREA, type NationColumns, type NationScores, type ProgrammeColumns } from '../../determinations/bulk/nation.ts'
import { TRUE, UNKNOWN } from '../../kernel/truth.ts'
import type { Bundle, CompiledProgramme } from '../../programmes/bundle.ts'
import { admit, type AllocationUnits } from '../../targeting/admit.ts'
import { type ScoreDirection, sortKeysOf } from '../../targeting/order-rows.ts'
import { allocationTerms, periodBenefit } from '../../targeting/run/programme-terms.ts'
import { allRows, type SortKey, sortRows } from '../../targeting/sort-rows.ts'
import { TARGETING_OUTCOMES, type TargetingOutcome } from '../measures/targeting-outcome.ts'
import { outcomeOfReason } from '../unit-states.ts'
import { grantWeighted } from './grant-weighted.ts'
import type { SampleWeights } from './sample-weights.ts'

export interface SampleList {
  readonly programme: string
  /** By outcome of TARGETING_OUTCOMES, by row: the share of the row's households that it is the outcome of. They add up to 1. */
  readonly outcomes: readonly Float64Array[]
  /** By row: where the selected share begins in [0, 1); whoever an earlier programme serves instead comes before it. */
  readonly start: Float64Array
  /** By row: the share that is selected. */
  readonly selected: Float64Array
  /** By row: of one household, whole units of the benefit's scale for the targeting period; NaN unknown. */
  readonly benefit: Float64Array
  readonly benefitScale: number
  /** Of all households together, in the same units. */
  readonly spent: number
  readonly places: number | null
  readonly budget: number | null
  readonly stoppedByBudget: boolean
}

/** In the order of precedence, so that one can exclude whom an earlier one selected. Nobody of a sample is enrolled, and nobody applied on a day. */
export function selectSample(
  bundle: Bundle,
  columns: NationColumns,
  scores: NationScores,
  weights: SampleWeights,
  asOf: number,
): (SampleList | null)[] {
  const made = new Map<string, SampleList>()
  const inOrder = bundle.programmes.toSorted((a, b) => a.programme.source.targeting.precedence - b.programme.source.targeting.precedence)
  for (const compiled of inOrder) {
    if (compiled.programme.source.unit === 'person') continue
    const own = columns[bundle.programmes.indexOf(compiled)] as ProgrammeColumns
    const formulaAt = compiled.formula ? scoredFormulas(bundle).indexOf(compiled.formula) : -1
    made.set(compiled.id, selectFor({ bundle, compiled, columns: own, score: scores[formulaAt]?.point ?? null, weights, asOf }, made))
  }
  return bundle.programmes.map(({ id }) => made.get(id) ?? null)
}

interface Selecting {
  readonly bundle: Bundle
  readonly compiled: CompiledProgramme
  readonly columns: ProgrammeColumns
  readonly score: Float64Array | null
  readonly weights: SampleWeights
  readonly asOf: number
}

function selectFor({ bundle, compiled, columns, score, weights, asOf }: Selecting, earlier: ReadonlyMap<string, SampleList>): SampleList {
  const { source } = compiled.programme
  const { targeting } = source
  const rows = columns.truth.length
  const direction = (compiled.formula?.formula.direction ?? 'lowerIsPoorer') as ScoreDirection
  const { benefit, scale } = periodBenefit(bundle, compiled, columns.benefit)
  const point = score ?? new Float64Array(rows).fill(NaN)
  const populationByArea = (): number[] => personsByArea(columns.area, weights)
  const terms = allocationTerms(bundle, compiled, { asOf, scale, direction, populationByArea })
  const served = servedElsewhere(targeting.exclusions ?? [], earlier, rows)
  const units = { ...nobodyEnrolled(rows), score: point, area: columns.area ?? new Uint8Array(rows), benefit }
  const outcomes = TARGETING_OUTCOMES.map(() => new Float64Array(rows))
  const put = (outcome: TargetingOutcome, row: number, share: number): void => {
    const own = outcomes[TARGETING_OUTCOMES.indexOf(outcome)] as Float64Array
    own[row] = (own[row] as number) + share
  }
  const competes = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
    const truth = columns.truth[row]
    if (truth !== TRUE) put(truth === UNKNOWN ? 'undetermined' : 'ineligible', row, 1)
    else {
      const [elsewhere, rest] = [served[row] as number, 1 - (served[row] as number)]
      put('served-by-another', row, elsewhere)
      const verdict = admit(units, row, terms)
      if (verdict === 'competes') competes[row] = 1
      // INVARIANT: nobody is enrolled, so nobody is kept.
      else put(verdict === 'kept' || verdict === 'kept-undetermined' ? 'selected' : outcomeOfReason(verdict), row, rest)
    }
  }
  const facts = new Map(
    targeting.order.flatMap((key) => (key.by === 'fact' ? [key.fact] : [])).map((id, key) => [id, columns.orderFacts[key] as Float64Array]),
  )
  const keys = sortKeysOf(targeting.order, {
    tier: columns.tier,
    score: point,
    direction,
    applicationDate: new Float64Array(rows).fill(NaN),
    facts,
  })
  const ordered = sortRows(
    allRows(rows).filter((row) => competes[row] === 1),
    keys,
  )
  const granted = grantWeighted(
    {
      rows: ordered,
      group: groupsOf(ordered, keys),
      households: weights.households.map((households, row) => households * (1 - (served[row] as number))),
      cost: benefit,
      area: units.area,
    },
    terms,
  )
  const selected = new Float64Array(rows)
  ordered.forEach((row, place) => {
    const rest = 1 - (served[row] as number)
    const [own, stopped] = [rest * (granted.selected[place] as number), rest * (granted.stopped[place] as number)]
    selected[row] = own
    put('selected', row, own)
    put('no-budget', row, stopped)
    put('no-place', row, Math.max(0, rest - own - stopped))
  })
  return {
    programme: source.id,
    outcomes,
    start: served,
    selected,
    benefit,
    benefitScale: scale,
    spent: granted.spent,
    places: targeting.places ?? null,
    budget: terms.budget ?? null,
    stoppedByBudget: granted.stoppedByBudget,
  }
}

/** Rows that agree in every key of the order: what would tell them apart is a household's own reference, and a row stands for many. */
function groupsOf(ordered: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  let group = 0
  return ordered.map((row, place) => {
    if (place > 0 && !agree(keys, ordered[place - 1] as number, row)) group++
    return group
  })
}

/** Whether two rows agree in every key; unknown agrees with unknown. */
function agree(keys: readonly SortKey[], a: number, b: number): boolean {
  return keys.every(({ values }) => values[a] === values[b] || (Number.isNaN(values[a]) && Number.isNaN(values[b])))
}

/** By row, the share that programmes which exclude this one's have selected: it ends where the last of them ends. */
function servedElsewhere(
  exclusions: readonly { readonly programme: string; readonly when: 'selected' | 'enrolled' }[],
  earlier: ReadonlyMap<string, SampleList>,
  rows: number,
): Float64Array {
  const share = new Float64Array(rows)
  for (const { programme, when } of exclusions) {
    const list = when === 'selected' ? earlier.get(programme) : undefined
    if (!list) continue
    for (let row = 0; row < rows; row++)
      if ((list.selected[row] as number) > 0)
        share[row] = Math.min(1, Math.max(share[row] as number, (list.start[row] as number) + (list.selected[row] as number)))
  }
  return share
}

const nobodyEnrolled = (rows: number): Pick<AllocationUnits, 'excluded' | 'enrolled' | 'undeterminedMonths'> => ({
  excluded: new Uint8Array(rows),
  enrolled: new Uint8Array(rows),
  undeterminedMonths: new Float64Array(rows).fill(NaN),
})

/** What places are divided by where quotas follow the population; households of unknown size or area count for nothing. */
function personsByArea(area: Uint8Array | null, { households, size }: SampleWeights): number[] {
  const counts: number[] = []
  area?.forEach((code, row) => {
    const persons = (households[row] as number) * (size[row] as number)
    if (code !== NO_AREA && !Number.isNaN(persons)) counts[code] = (counts[code] ?? 0) + persons
  })
  return Array.from(counts, (count) => count ?? 0)
}
