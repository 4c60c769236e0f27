/** Made households as rows: one for each fact, for each sentence of either explanation, and for each term's points before and after. */
import type { Words } from '../../language/fact-space.ts'
import type { ToldScenario } from '../result.ts'
import { type ResultRow, type ResultTable, row } from './result-row.ts'

type Programme = NonNullable<ToldScenario['witnesses']>[number]
type Moved = NonNullable<ToldScenario['movedScores']>[number]
type Mover = Moved['movers'][number]

const MICRO = 1_000_000
const SIDES = ['before', 'after'] as const
/** Which side of the cut-off a household comes from, and goes to. */
const WAYS = { enters: { from: 'beyond', to: 'within' }, leaves: { from: 'within', to: 'beyond' } } as const

export function* madeRows({ name, witnesses = [], movedScores = [] }: ToldScenario): Generator<ResultRow> {
  for (const one of witnesses) yield* witnessRows(name, one)
  for (const one of movedScores) for (const mover of one.movers) yield* moverRows(name, one, mover)
}

/** `from` and `to` are what the rule says of it before and after. */
function* witnessRows(scenario: string, { programme, difference }: Programme): Generator<ResultRow> {
  for (const { from, to, witness } of difference?.changes ?? []) {
    if (!witness) continue
    const about = { scenario, programme, from, to }
    const { en, ar } = witness.words
    yield* factRows('witnesses', about, witness.facts, en.household, ar.household)
    for (const side of SIDES) yield* textRows('witnesses', about, `because.${side}`, en[side], ar[side])
  }
}

function* moverRows(scenario: string, { programme, formulas, area, tier, cutOffs }: Moved, { kind, witness }: Mover): Generator<ResultRow> {
  if (!witness) return
  const about = { scenario, programme, formula: formulas.after, ...WAYS[kind as keyof typeof WAYS] }
  if (area) yield placeRow(about, 'area', area.code, area.label)
  if (tier) yield placeRow(about, 'tier', tier.name, tier.label)
  yield* factRows('movedScores', about, witness.facts, witness.words.en, witness.words.ar)
  for (const side of SIDES) {
    yield row('movedScores', { ...about, measure: `cutOff.${side}`, value: cutOffs[side] / MICRO, unit: 'points' })
    yield row('movedScores', { ...about, measure: `score.${side}`, value: Number(witness[side]), unit: 'points' })
    for (const { term, label, ...points } of witness.terms) {
      const value = points[side] === null ? null : Number(points[side])
      const named = { breakdown: 'term', group: term, groupAr: label?.ar ?? term, words: label?.en ?? null, wordsAr: label?.ar ?? null }
      yield row('movedScores', { ...about, ...named, measure: `points.${side}`, value, unit: 'points' })
    }
  }
}

/** What it is said by is the group. */
const placeRow = (about: Partial<ResultRow>, measure: string, group: string | null, label: Words | null): ResultRow => ({
  ...row('movedScores', { ...about, breakdown: measure, group, groupAr: label?.ar ?? group, measure, value: null, unit: 'text' }),
  words: label?.en ?? null,
  wordsAr: label?.ar ?? null,
})

/** A number where it is one, its ends where bounds are known, 0 or 1 of what is no or yes; a day, and a code that is no number, are in words only. */
function* factRows(
  table: ResultTable,
  about: Partial<ResultRow>,
  facts: Readonly<Record<string, unknown>>,
  en: readonly string[],
  ar: readonly string[],
): Generator<ResultRow> {
  for (const [place, [fact, json]] of Object.entries(facts).entries()) {
    const { atLeast, atMost } = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>
    const ends = { low: numberOf(atLeast), high: numberOf(atMost) }
    const named = { breakdown: 'fact', group: fact, groupAr: fact, words: en[place] ?? null, wordsAr: ar[place] ?? null }
    yield row(table, { ...about, ...named, ...ends, measure: 'fact', value: numberOf(json), unit: 'fact' })
  }
}

function* textRows(
  table: ResultTable,
  about: Partial<ResultRow>,
  measure: string,
  en: readonly string[],
  ar: readonly string[],
): Generator<ResultRow> {
  for (const [place, words] of en.entries())
    yield row(table, { ...about, measure, value: place + 1, unit: 'sentence', words, wordsAr: ar[place] ?? null })
}

/** Decimals are told as texts. */
function numberOf(json: unknown): number | null {
  if (typeof json === 'boolean') return Number(json)
  if (typeof json === 'number') return json
  return typeof json === 'string' && /^-?\d+(\.\d+)?$/.test(json) ? Number(json) : null
}
