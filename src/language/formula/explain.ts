/** A score told in English or Arabic: what each indicator contributed and why, adding up to the last digit. */
import type { FactType, FactValues } from '../fact-space.ts'
import type { Digits, Language, Voice } from '../messages.ts'
import { say, voice } from '../messages.ts'
import { renderAmount, renderInterval } from '../render-value.ts'
import type { Provenance } from '../rule/requirement.ts'
import { renderSources } from '../rule/requirement.ts'
import { PLACES_PER_TERM } from './compile.ts'
import type { ConditionalTerm, Formula, Term } from './formula.ts'
import { POINT_SCALE, slotsOf } from './formula.ts'
import { type UnknownInputs, missingOfTerm } from './missing.ts'
import { formatPoints } from './score-tables.ts'
import { type TableExplanation, explainTables } from './explain-tables.ts'

export interface ExplainScoreInput {
  readonly formula: Formula
  readonly values: FactValues
  /** As the compiled formula filled them for these values. */
  readonly contributions: Float64Array
  readonly provenance?: (factId: string) => readonly Provenance[]
  readonly unknownInputs?: UnknownInputs
  readonly labelOf?: (factId: string) => string | undefined
  /** False for values that the reader may not see: their terms are told only as one sum, so that none can be worked out. */
  readonly isVisible?: (factId: string) => boolean
}

export interface FactExplanation {
  readonly fact: string
  readonly label: string
  readonly value: string
  readonly source: string | null
}

/** Decimals are texts with 6 places. */
export interface TermExplanation {
  readonly id: string
  readonly label: string
  readonly facts: readonly FactExplanation[]
  /** Null when the term is unknown and may not be estimated. */
  readonly contribution: string | null
  readonly lowest: string
  readonly highest: string
  /** Why the contribution stands in for an unknown one; null when it does not. */
  readonly imputed: string | null
  readonly missing: readonly string[]
  readonly sentence: string
}

export interface ScoreExplanation {
  readonly language: Language
  readonly formula: {
    readonly id: string
    readonly version: number
    readonly label: string
    readonly predicts: string
    readonly illustrative: boolean
  }
  /** intercept + every contribution + hidden.contribution, exactly; null when there is no point score. */
  readonly score: string | null
  readonly lowest: string
  readonly highest: string
  readonly intercept: string
  readonly terms: readonly TermExplanation[]
  /** Terms that the reader may not see, together; null when there are none. */
  readonly hidden: {
    readonly count: number
    readonly contribution: string | null
    readonly lowest: string
    readonly highest: string
  } | null
  readonly missing: readonly { readonly fact: string; readonly label: string }[]
  readonly tables: readonly TableExplanation[]
  /** The score, what is missing, what it means and each term, ready to be read out. */
  readonly sentences: readonly string[]
}

interface Points {
  readonly point: number
  readonly lo: number
  readonly hi: number
}
interface Teller extends ExplainScoreInput {
  readonly how: Voice
  readonly language: Language
}

export function explainScore(input: ExplainScoreInput, language: Language, digits?: Digits): ScoreExplanation {
  const { formula, contributions, isVisible = () => true } = input
  const teller: Teller = { ...input, how: voice(language, digits), language }
  const typesOf = (term: Term): readonly FactType[] => slotsOf(term).map((slot) => formula.space.types[slot] as FactType)
  const visible = formula.terms.map((term) => typesOf(term).every((type) => isVisible(type.id)))
  const numbers = formula.terms.map((_, n) => pointsAt(contributions, n))
  const total = numbers.reduce(plus, { point: formula.intercept, lo: formula.intercept, hi: formula.intercept })
  const terms = formula.terms.flatMap((term, n) => (visible[n] ? [tellTerm(term, n, typesOf(term), teller)] : []))
  const unseen = numbers.filter((_, n) => !visible[n])
  const hiddenSum = unseen.reduce(plus, { point: 0, lo: 0, hi: 0 })
  const missing = [...new Set(terms.flatMap((term) => term.missing))].map((fact) => ({ fact, label: labelOf(fact, teller) }))
  const tables = explainTables(formula, total, teller.how)
  return {
    language,
    formula: {
      id: formula.id,
      version: formula.version,
      label: formula.label[language],
      predicts: formula.predicts[language],
      illustrative: formula.illustrative,
    },
    score: pointText(total.point),
    lowest: formatPoints(total.lo),
    highest: formatPoints(total.hi),
    intercept: formatPoints(formula.intercept),
    terms,
    hidden:
      unseen.length === 0
        ? null
        : {
            count: unseen.length,
            contribution: pointText(hiddenSum.point),
            lowest: formatPoints(hiddenSum.lo),
            highest: formatPoints(hiddenSum.hi),
          },
    missing,
    tables,
    sentences: [
      ...headline(teller, total, missing, terms),
      ...tables.map((table) => table.sentence),
      sumSentence(teller),
      ...terms.map((term) => term.sentence),
      ...hiddenSentence(unseen.length, hiddenSum.point, teller.how),
    ],
  }
}

function tellTerm(term: Term, n: number, types: readonly FactType[], teller: Teller): TermExplanation {
  const { how, language, contributions, values, unknownInputs } = teller
  const { point, lo, hi } = pointsAt(contributions, n)
  const facts = types.map((type) => tellFact(type, teller))
  const label = term.label[language]
  const isImputed = lo !== hi && !Number.isNaN(point)
  const reason = isImputed && term.unknown.kind === 'imputed' ? term.unknown.reason[language] : null
  const words = {
    label,
    value: valueText(term, facts, how),
    points: pointsText(point, how),
    low: pointsText(lo, how),
    high: pointsText(hi, how),
  }
  const sentence =
    lo === hi
      ? say(how, 'score.term', words)
      : reason === null
        ? say(how, 'score.termUndetermined', words)
        : say(how, 'score.termImputed', { ...words, reason })
  return {
    id: term.id,
    label,
    facts,
    contribution: pointText(point),
    lowest: formatPoints(lo),
    highest: formatPoints(hi),
    imputed: reason,
    missing: missingOfTerm(teller.formula, n, contributions, values, unknownInputs),
    sentence,
  }
}

function tellFact(type: FactType, { values, formula, how, language, provenance }: Teller): FactExplanation {
  const slot = formula.space.slot(type.id) as number
  const value = renderInterval(type, values.lo[slot] as number, values.hi[slot] as number, how)
  return { fact: type.id, label: type.label[language], value, source: renderSources(provenance?.(type.id) ?? [], how) }
}

/** A term of one fact, or one that asks whether a fact is true, shows its value; other conditions show each fact with its name. */
function valueText(term: Term, facts: readonly FactExplanation[], how: Voice): string {
  const [only] = facts
  if (only && (term.kind !== 'conditional' || asksForTrue(term)))
    return only.source === null ? only.value : `${only.value} (${only.source})`
  const lines = facts.map(({ label, value, source }) =>
    source === null ? say(how, 'score.fact', { label, value }) : say(how, 'score.factWithSource', { label, value, source }),
  )
  return lines.join(separator(how))
}

function asksForTrue({ condition }: ConditionalTerm): boolean {
  const { root, space } = condition
  if (root.kind !== 'leaf' || root.operator !== 'equal' || root.operand.kind !== 'literals') return false
  return space.types[root.slot]?.type === 'boolean' && root.operand.values[0] === 1
}

/** Labels hold commas of their own. */
const separator = (how: Voice): string => (how.language === 'ar' ? '؛ ' : '; ')

function headline(
  teller: Teller,
  total: Points,
  missing: readonly { readonly label: string }[],
  terms: readonly TermExplanation[],
): readonly string[] {
  const { formula, how, language } = teller
  const range = { low: pointsText(total.lo, how), high: pointsText(total.hi, how) }
  const label = formula.label[language]
  const list = (labels: readonly string[]) => ({ count: labels.length, facts: labels.join(separator(how)) })
  if (Number.isNaN(total.point)) {
    const needed = terms.filter((term) => term.contribution === null).flatMap((term) => term.missing)
    const names = needed.length === 0 ? [say(how, 'value.hidden')] : [...new Set(needed)].map((fact) => labelOf(fact, teller))
    return [say(how, 'score.none', { formula: label, ...range, ...list(names) })]
  }
  const score = say(how, 'score.point', { formula: label, score: pointsText(total.point, how) })
  return missing.length === 0 ? [score] : [score, say(how, 'score.interval', { ...range, ...list(missing.map((fact) => fact.label)) })]
}

function sumSentence({ formula, how }: Teller): string {
  const sum = say(how, 'score.sum', { intercept: pointsText(formula.intercept, how), count: formula.terms.length })
  const direction = say(how, `score.direction.${formula.direction}`)
  return [direction, sum, ...(formula.illustrative ? [say(how, 'score.illustrative')] : [])].join(' ')
}

function hiddenSentence(count: number, point: number, how: Voice): readonly string[] {
  if (count === 0) return []
  return [
    Number.isNaN(point)
      ? say(how, 'score.hiddenUndetermined', { count })
      : say(how, 'score.hidden', { count, points: pointsText(point, how) }),
  ]
}

const pointsAt = (contributions: Float64Array, n: number): Points => {
  const [point = 0, lo = 0, hi = 0] = contributions.subarray(n * PLACES_PER_TERM, (n + 1) * PLACES_PER_TERM)
  return { point, lo, hi }
}
const plus = (a: Points, b: Points): Points => ({ point: a.point + b.point, lo: a.lo + b.lo, hi: a.hi + b.hi })
const pointText = (point: number): string | null => (Number.isNaN(point) ? null : formatPoints(point))
export const pointsText = (points: number, how: Voice): string =>
  Number.isNaN(points) ? say(how, 'value.unknown') : renderAmount(points, POINT_SCALE, null, how)

function labelOf(fact: string, { formula, language, labelOf: named }: Teller): string {
  const slot = formula.space.slot(fact)
  return named?.(fact) ?? (slot === undefined ? fact : (formula.space.types[slot] as FactType).label[language])
}
