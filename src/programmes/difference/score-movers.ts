/**
 * Households whose score crosses a cut-off when a formula is changed: for each kind of mover one that is made, by search over the facts that the two
 * formulas read, and never a family. Found is what both formulas confirm; where none is found, nothing is proven.
 */
import { compileFormula, PLACES_PER_TERM } from '../../language/formula/compile.ts'
import type { Formula, Term } from '../../language/formula/formula.ts'
import { slotsOf } from '../../language/formula/formula.ts'
import type { FactType, FactValues } from '../../language/fact-space.ts'
import { unknownValues, type Words } from '../../language/fact-space.ts'
import { formatPoints } from '../../language/formula/score-tables.ts'
import { commonSpace, type CommonSpace } from './same-space.ts'
import { type FormulaSide, type PlacedFormula, placedFormula } from './compare-formulas.ts'
import { moverCandidates } from './mover-candidates.ts'
import { type MoverPlace, standingThere } from './mover-place.ts'
import { searchMover } from './search-mover.ts'
import { toldHousehold } from './told-household.ts'

/** Whoever comes within the cut-off, and whoever it leaves behind. */
export const MOVER_KINDS = ['enters', 'leaves'] as const
export type MoverKind = (typeof MOVER_KINDS)[number]

/** Micro-points: whoever's score is as poor as this or poorer is within. */
export interface MoverCutOffs {
  readonly before: number
  readonly after: number
}

export interface MoverTerm {
  readonly term: string
  readonly label: Words | null
  /** Points; null where the formula has no such term, or it gives none. */
  readonly before: string | null
  readonly after: string | null
}

export interface ScoreMover {
  readonly kind: MoverKind
  /** Null where none was found. */
  readonly witness:
    | (ReturnType<typeof toldHousehold> & { readonly before: string; readonly after: string; readonly terms: readonly MoverTerm[] })
    | null
}

/** Where its score decides, and the cut-offs there. */
export interface MoverContest {
  readonly cutOffs: MoverCutOffs
  readonly place: MoverPlace
}

/** `asOf`: the day number on which parameters have their values. The same for the same formulas, on whatever machine. */
export function scoreMovers(before: FormulaSide, after: FormulaSide, { cutOffs, place }: MoverContest, asOf: number): ScoreMover[] {
  const common = commonSpace(before.catalogue, after.catalogue, [asOf, asOf], 'household')
  const sides = [before, after] as const
  const placed = [placedFormula(before, common, 0), placedFormula(after, common, 1)] as const
  const scorers = placed.map((formula) => scorerOf(formula)) as [Scorer, Scorer]
  const changed = changedSlots(placed)
  const there = standingThere(place, common, [before.catalogue, after.catalogue])
  const candidates = moverCandidates([...placed[0].terms, ...placed[1].terms], common, there?.area)
  return MOVER_KINDS.map((kind): ScoreMover => {
    if (!there) return { kind, witness: null }
    const beyond = (values: FactValues): readonly [number, number] =>
      there.isThere(values)
        ? [signed(before, scorers[0](values) - cutOffs.before), signed(after, scorers[1](values) - cutOffs.after)]
        : NOWHERE
    const found = searchMover({ kind, base: there.base, isThere: there.isThere, candidates, changed, beyond })
    if (!found || !isConfirmed(found, kind, { common, sides, cutOffs })) return { kind, witness: null }
    const [old, young] = placed.map((formula) => contributionsOf(formula, found)) as [Map<string, number>, Map<string, number>]
    return {
      kind,
      witness: {
        ...toldHousehold(found, common, after.catalogue),
        before: formatPoints(scorers[0](found)),
        after: formatPoints(scorers[1](found)),
        terms: termsOf(placed, old, young),
      },
    }
  })
}

const NOWHERE = [NaN, NaN] as const

/** Above 0 is past the cut-off, towards the better off. */
const signed = ({ formula }: FormulaSide, distance: number): number => (formula.direction === 'lowerIsPoorer' ? distance : -distance)

type Scorer = (values: FactValues) => number

/** The point score; NaN without one. */
function scorerOf(formula: Pick<Formula, 'intercept' | 'terms' | 'space'>): Scorer {
  const score = compileFormula(formula as Formula)
  const places = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  return ({ lo, hi }) => score(lo, hi, places).point
}

/** Facts of terms that only one of the two has as they stand. */
function changedSlots([before, after]: readonly [PlacedFormula, PlacedFormula]): ReadonlySet<number> {
  const textOf = (term: Term): string => JSON.stringify('condition' in term ? { ...term, condition: term.condition.root } : term)
  const [old, young] = [new Set(before.terms.map(textOf)), new Set(after.terms.map(textOf))]
  const rest = [...before.terms.filter((term) => !young.has(textOf(term))), ...after.terms.filter((term) => !old.has(textOf(term)))]
  return new Set(rest.flatMap(slotsOf))
}

interface Confirming {
  readonly common: CommonSpace
  readonly sides: readonly [FormulaSide, FormulaSide]
  readonly cutOffs: MoverCutOffs
}

/** By each formula as it stands in its own versions, over their own facts. */
function isConfirmed(found: FactValues, kind: MoverKind, { common, sides, cutOffs }: Confirming): boolean {
  const past = sides.map((side, place) => {
    const { formula } = side
    const unknown = unknownValues(formula.space)
    const own = { lo: unknown.lo.slice(), hi: unknown.hi.slice() }
    for (const slot of formula.slots) {
      const at = common.slotOf(formula.space.types[slot] as FactType, place as 0 | 1)
      own.lo[slot] = found.lo[at] as number
      own.hi[slot] = found.hi[at] as number
    }
    const point = scorerOf(formula)(own)
    return Number.isNaN(point) ? null : signed(side, point - (place === 0 ? cutOffs.before : cutOffs.after)) > 0
  })
  return kind === 'enters' ? past[0] === true && past[1] === false : past[0] === false && past[1] === true
}

function contributionsOf(formula: PlacedFormula, values: FactValues): Map<string, number> {
  const places = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  compileFormula(formula as Formula)(values.lo, values.hi, places)
  return new Map(formula.terms.map(({ id }, n) => [id, places[n * PLACES_PER_TERM] as number]))
}

/** In the order of the later formula; terms that only the earlier has come last. */
function termsOf(
  [before, after]: readonly [PlacedFormula, PlacedFormula],
  old: ReadonlyMap<string, number>,
  young: ReadonlyMap<string, number>,
): MoverTerm[] {
  const points = (value: number | undefined): string | null => (value === undefined || Number.isNaN(value) ? null : formatPoints(value))
  const labels = new Map([...before.terms, ...after.terms].map(({ id, label }) => [id, label]))
  return [...new Set([...young.keys(), ...old.keys()])].map((term) => ({
    term,
    label: labels.get(term) ?? null,
    before: points(old.get(term)),
    after: points(young.get(term)),
  }))
}
