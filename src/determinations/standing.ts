/**
 * Where one household stands among others by a formula, as rules read it: in a run, among those who are in it; alone, where its present
 * score would stand in the run that was published last, which is provisional (ADR 21).
 */
import type { AssembledHousehold, FormulaStanding } from '../households/assembled.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { slotsOf } from '../language/condition/condition.ts'
import type { FactValues } from '../language/fact-space.ts'
import type { Provenance } from '../language/rule/requirement.ts'
import type { Bundle, CompiledFormula } from '../programmes/bundle.ts'
import { scoreOf } from './score.ts'

/** Null where it stands nowhere by the formula: nothing was ranked by it. */
export const standingBy = ({ standings }: Pick<AssembledHousehold, 'standings'>, formula: CompiledFormula | null): FormulaStanding | null =>
  (formula && standings?.find((standing) => standing.formula === formula.ref.hash)) ?? null

const ranked = new WeakMap<Bundle, readonly CompiledFormula[]>()

/** Formulas by which some rule reads a rank or percentile. */
export function formulasRanked(bundle: Bundle): readonly CompiledFormula[] {
  const found = ranked.get(bundle) ?? findRanked(bundle)
  ranked.set(bundle, found)
  return found
}

function findRanked({ catalogue, programmes }: Bundle): CompiledFormula[] {
  const reading = programmes.filter(({ rule: { condition } }) =>
    slotsOf(condition).some((slot) => isRank(catalogue, condition.space.types[slot]?.id ?? '')),
  )
  return [...new Set(reading.flatMap(({ formula }) => formula ?? []))]
}

function isRank(catalogue: Catalogue, factId: string): boolean {
  const definition = catalogue.facts.get(factId)?.definition
  return definition?.kind === 'computed' && definition.what !== 'welfareScore'
}

/** Where a score stands by a formula; null where nothing is in force that it could be held against. */
export type PlaceOfScore = (asked: {
  readonly formula: string
  readonly direction: CompiledFormula['formula']['direction']
  readonly score: number
}) => Promise<FormulaStanding | null>

/** By each formula whose ranks some rule reads; a household without a point score stands nowhere. */
export async function standingsOf(bundle: Bundle, household: FactValues, placeOf: PlaceOfScore): Promise<FormulaStanding[]> {
  const found: FormulaStanding[] = []
  for (const compiled of formulasRanked(bundle)) {
    const { point } = scoreOf(compiled, household)
    if (point === null) continue
    const standing = await placeOf({ formula: compiled.ref.hash, direction: compiled.formula.direction, score: point })
    if (standing) found.push(standing)
  }
  return found
}

/** Where a rank comes from; nothing for other facts, and where no run is named. */
export function rankProvenance(catalogue: Catalogue, standing: FormulaStanding | null, factId: string): readonly Provenance[] {
  if (!standing?.run || !isRank(catalogue, factId)) return []
  const { id, asOf, isProvisional } = standing.run
  return [{ run: id, asOf, provisional: isProvisional }]
}
