/**
 * Two formulas by what they score. Facts that no term reads together add up apart, so the formulas are equal where each such group
 * gives the same but for an amount that never varies, and these amounts and the intercepts cancel out.
 */
import { setImmediate as others } from 'node:timers/promises'
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Condition, LeafNode } from '../../language/condition/condition.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { FactSpace, FactType, FactValues } from '../../language/fact-space.ts'
import { compileFormula, PLACES_PER_TERM } from '../../language/formula/compile.ts'
import type { Score, ScoreFunction } from '../../language/formula/compile.ts'
import { slotsOf } from '../../language/formula/formula.ts'
import type { Formula, LinearTerm, Term } from '../../language/formula/formula.ts'
import type { DomainOf } from './domain.ts'
import { regionsOf } from './regions.ts'
import type { Choice, Variable } from './regions.ts'
import { meaningOfNode } from './term-meaning.ts'

/** A formula over the space that it has in common with the other. */
export type Scored = Pick<Formula, 'intercept' | 'terms'>

export interface ScoreWitness {
  readonly values: FactValues
  readonly stated: number
  readonly scores: readonly [Score, Score]
}

export interface ScoreDifference {
  /** True and false are proven; null where no household was found that scores otherwise and none is not proven. */
  readonly equivalent: boolean | null
  readonly witness: ScoreWitness | null
}

/** Households that are tried of all groups together, and the work to find those of one fact: it is done on the serving loop. What is more is not decided. */
const MOST_TRIED = 6_000
const MOST_STATES = 60_000
/** Then other requests have their turn. */
const TRIED_AT_ONCE = 200

/**
 * Facts are known or wholly unknown here. Terms that give the same then can still make other bounds of a score from a fact that is
 * known within bounds, so where terms that differ read such a fact nothing is proven equal.
 */
export async function compareScores(before: Scored, after: Scored, space: FactSpace, domainOf: DomainOf): Promise<ScoreDifference> {
  if (before.intercept === after.intercept && withoutCommon(before.terms, after.terms).flat().length === 0)
    return { equivalent: true, witness: null }
  const whole: DomainOf = (type) => ({ ...domainOf(type), bounded: false })
  const budget = { left: MOST_TRIED }
  const ground: Ground = { space, whole, base: fixedValues(space, whole) }
  const groups: TriedGroup[] = []
  for (const group of groupsOf(before.terms, after.terms)) {
    await others()
    const tried = await triedOf(group, ground, budget)
    const isBounded = withoutCommon(group.before, group.after)
      .flat()
      .flatMap(slotsOf)
      .some((slot) => domainOf(space.types[slot] as FactType).bounded)
    groups.push({ ...tried, isExact: tried.isExact && !isBounded })
  }
  const scorers = [scorer(before, space), scorer(after, space)] as const
  // A household that has both scores, with as little stated as that takes; then each group otherwise, the cheapest first.
  const chosen = groups.map(chooseDefinite)
  const otherwise = groups
    .flatMap(({ tried, differs }, place) => (differs ? tried.map((one) => ({ place, one })) : []))
    .toSorted((a, b) => a.one.cost - b.one.cost)
    .map(({ place, one }) => chosen.with(place, one))
  // Who has no score is shown only where no household is found whose scores differ.
  for (const isPoint of [true, false]) {
    for (const [tried, household] of [chosen, ...otherwise].entries()) {
      if (tried % TRIED_AT_ONCE === 0) await others()
      const found = differing(household, { base: ground.base, scorers }, isPoint)
      if (found) return { equivalent: false, witness: found }
    }
  }
  return { equivalent: groups.every(({ isExact }) => isExact) ? true : null, witness: null }
}

interface Group {
  readonly before: readonly Term[]
  readonly after: readonly Term[]
}

/** What may be known of a group's facts, and what the terms make of it. */
interface Tried {
  readonly cost: number
  readonly slots: readonly number[]
  readonly ends: readonly (readonly [number, number])[]
  /** Whether it leaves neither formula without a score. */
  readonly isDefinite: boolean
}

interface TriedGroup {
  readonly tried: readonly Tried[]
  /** False where both formulas have the same terms. */
  readonly differs: boolean
  /** Whether all that can be known was tried, or stands for what was not. */
  readonly isExact: boolean
}

type Scorer = (values: FactValues) => Score
interface Ground {
  readonly space: FactSpace
  readonly whole: DomainOf
  /** Parameters have their value, nothing else is known. */
  readonly base: FactValues
}

function scorer({ intercept, terms }: Scored, space: FactSpace): Scorer {
  const score: ScoreFunction = compileFormula({ intercept, terms, space } as unknown as Formula)
  return ({ lo, hi }) => score(lo, hi, new Float64Array(terms.length * PLACES_PER_TERM))
}

const chooseDefinite = ({ tried }: TriedGroup): Tried | undefined =>
  tried.filter(({ isDefinite }) => isDefinite).toSorted((a, b) => a.cost - b.cost)[0]

function differing(
  choices: readonly (Tried | undefined)[],
  { base, scorers }: Pick<Ground, 'base'> & { readonly scorers: readonly [Scorer, Scorer] },
  isPoint: boolean,
): ScoreWitness | null {
  const values = copyOf(base)
  for (const choice of choices) if (choice) put(values, choice.slots, choice.ends)
  const scores = scorers.map((score) => score(values)) as [Score, Score]
  const [a, b] = scores
  if (isPoint ? a.point === b.point || Number.isNaN(a.point) || Number.isNaN(b.point) : isSame(a, b)) return null
  return { values, scores, stated: choices.reduce((all, choice) => all + (choice?.cost ?? 0), 0) }
}

const isSame = (a: Score, b: Score): boolean => Object.is(a.point, b.point) && a.lo === b.lo && a.hi === b.hi

function put(values: FactValues, slots: readonly number[], ends: readonly (readonly [number, number])[]): void {
  slots.forEach((slot, index) => {
    const [lo, hi] = ends[index] as readonly [number, number]
    values.lo[slot] = lo
    values.hi[slot] = hi
  })
}

const copyOf = ({ lo, hi }: FactValues): FactValues => ({ lo: lo.slice(), hi: hi.slice() })

function fixedValues(space: FactSpace, domainOf: DomainOf): FactValues {
  const values = unknownValues(space)
  space.types.forEach((type, slot) => {
    const { fixed } = domainOf(type)
    if (fixed !== undefined) put(values, [slot], [[fixed, fixed]])
  })
  return values
}

/** Terms of both formulas that share facts, however far apart. */
function groupsOf(before: readonly Term[], after: readonly Term[]): readonly Group[] {
  let groups: { slots: ReadonlySet<number>; before: readonly Term[]; after: readonly Term[] }[] = []
  const add = (term: Term, side: 'before' | 'after'): void => {
    const slots = slotsOf(term)
    const [mine, others] = [
      groups.filter((one) => slots.some((slot) => one.slots.has(slot))),
      groups.filter((one) => !slots.some((slot) => one.slots.has(slot))),
    ]
    const joined = {
      slots: new Set([...slots, ...mine.flatMap((one) => [...one.slots])]),
      before: mine.flatMap((one) => one.before),
      after: mine.flatMap((one) => one.after),
    }
    groups = [...others, { ...joined, [side]: [...joined[side], term] }]
  }
  for (const term of before) add(term, 'before')
  for (const term of after) add(term, 'after')
  return groups
}

async function triedOf({ before, after }: Group, { space, whole, base }: Ground, budget: { left: number }): Promise<TriedGroup> {
  const [left, right] = withoutCommon(before, after)
  const rest = [...left, ...right]
  const all = [...before, ...after]
  const differs = rest.length > 0
  const variables = regionsOf(
    all.map((term) => conditionOf(term, space)),
    whole,
    MOST_STATES,
  )?.filter(({ slots }) => slots.length > 0)
  if (!variables) return { tried: [], differs, isExact: !differs && all.every(({ unknown }) => unknown.kind === 'imputed') }
  const [a, b] = [before, after].map((terms) => scorer({ intercept: 0, terms }, space)) as [Scorer, Scorer]
  const slots = variables.flatMap((variable) => variable.slots)
  const values = copyOf(base)
  const tryThem = (choices: readonly Choice[]): Tried => {
    const ends = choices.flatMap((choice) => choice.ends)
    put(values, slots, ends)
    const isDefinite = !Number.isNaN(a(values).point) && !Number.isNaN(b(values).point)
    return { cost: choices.reduce((sum, { cost }) => sum + cost, 0), slots, ends, isDefinite }
  }
  const tryAll = async (all: Iterable<readonly Choice[]>): Promise<Tried[]> => {
    const tried: Tried[] = []
    for (const choices of all) {
      if (tried.length % TRIED_AT_ONCE === 0) await others()
      tried.push(tryThem(choices))
    }
    return tried
  }
  // The first choice of each fact is that nothing is known of it.
  const bare = tryThem(variables.map(({ choices }) => choices[0] as Choice))
  if (!differs && bare.isDefinite) return { tried: [bare], differs, isExact: true }
  const count = variables.reduce((product, { choices }) => product * choices.length, 1)
  if (count <= budget.left) {
    budget.left -= count
    return { tried: await tryAll(products(variables)), differs, isExact: rest.every(isStraight) }
  }
  // Too many: one fact after the other, with all others known, shows most differences and proves nothing.
  const known = variables.map(({ choices }) => choices.find(({ ends }) => ends.every(([lo, hi]) => lo === hi)) ?? (choices[0] as Choice))
  const each = variables.flatMap(({ choices }, place) => choices.map((choice) => known.with(place, choice)))
  const tried = await tryAll([known, ...each])
  // Where no household has both scores, others' differences would not be seen.
  return { tried, differs, isExact: !differs && tried.some(({ isDefinite }) => isDefinite) }
}

function* products([first, ...rest]: readonly Variable[]): Generator<readonly Choice[]> {
  if (!first) return yield []
  for (const choice of first.choices) for (const more of products(rest)) yield [choice, ...more]
}

/** What the two sides have term for term is left out; what is left is compared. */
function withoutCommon(before: readonly Term[], after: readonly Term[]): readonly [readonly Term[], readonly Term[]] {
  const left = new Map<string, Term[]>()
  for (const term of before) left.set(meaningOfTerm(term), [...(left.get(meaningOfTerm(term)) ?? []), term])
  const right = after.filter((term) => left.get(meaningOfTerm(term))?.pop() === undefined)
  return [[...left.values()].flat(), right]
}

/** Not what it is called or why, but what it gives. */
function meaningOfTerm(term: Term): string {
  const policy = term.unknown.kind === 'imputed' ? term.unknown.points : null
  const own = { ...term, id: null, label: null, unknown: policy }
  return canonicalJson('condition' in term ? { ...own, condition: meaningOfNode(term.condition.root) } : own)
}

/** Between two limits it is the same throughout, or rises by whole millionths: two values there settle all. */
const isStraight = (term: Term): boolean =>
  term.kind !== 'linear' || (term.transform === 'identity' && term.weight % 10 ** term.scale === 0)

/** Comparisons that tell apart what a term tells apart. */
function conditionOf(term: Term, space: FactSpace): Condition {
  if (term.kind === 'conditional') return term.condition
  const leaves = limitsOf(term).map((value): LeafNode => leafOf(term.slot, value))
  const codes =
    term.kind === 'categories' ? term.points.map((_, code): LeafNode => ({ ...leafOf(term.slot, code), operator: 'equal' })) : []
  const all = [...leaves, ...codes, { ...leafOf(term.slot, 1), operator: 'isKnown' as const }]
  return { space, root: all[0] as LeafNode, nodes: all, leaves: all }
}

const leafOf = (slot: number, value: number): LeafNode => ({
  kind: 'leaf',
  id: 0,
  pointer: '',
  definition: null,
  annotations: {},
  slot,
  operator: 'lessThan',
  operand: { kind: 'literals', values: [value] },
})

/** Limits of bands; of a line its ends and their neighbours, and what lies in between, so that each stretch has two values. */
function limitsOf(term: Exclude<Term, { kind: 'conditional' }>): readonly number[] {
  if (term.kind === 'bands') return term.limits.flatMap((limit) => [limit, limit + 1])
  return term.kind === 'linear' ? lineLimits(term) : []
}

function lineLimits({ low, high }: LinearTerm): readonly number[] {
  const middle = Math.floor((low + high) / 2)
  return [...new Set([low, low + 1, low + 2, middle, middle + 1, high - 1, high, high + 1])].filter((value) => Number.isSafeInteger(value))
}
