/** The differential: every way to judge a condition, over random conditions and rows of random facts, counted. */
import fc from 'fast-check'
import type { Truth } from '../../src/kernel/truth.ts'
import { checkCondition } from '../../src/language/condition/check.ts'
import { compileBulk, compileCondition } from '../../src/language/condition/compile.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { interpret } from '../../src/language/condition/interpret.ts'
import { isKnownAt } from '../../src/language/fact-space.ts'
import type { FactValues } from '../../src/language/fact-space.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import { secondOpinion } from '../../src/language/rule/second-opinion.ts'
import type { Judge } from './fact-tables.ts'
import { definitions, household, ruleConditionJson, values } from './generators.ts'
import { plainFacts, rawRule } from './raw-engine.ts'

export interface Tally {
  pairs: number
  truths: [number, number, number]
  completePairs: number
  differences: string[]
}

export const newTally = (): Tally => ({ pairs: 0, truths: [0, 0, 0], completePairs: 0, differences: [] })

export const sampleConditions = (seed: number, count: number): readonly unknown[] => fc.sample(ruleConditionJson, { seed, numRuns: count })
/** Two rows of three may lack facts; the third is complete, for json-rules-engine as it is. */
export const sampleRows = (seed: number, count: number): readonly FactValues[] => [
  ...fc.sample(values(false), { seed, numRuns: count - Math.floor(count / 3) }),
  ...fc.sample(values(true), { seed: seed + 1, numRuns: Math.floor(count / 3) }),
]

export function checked(json: unknown): Condition {
  const scope = { space: household, definitions, allowFactValue: true, rootMustBeGroup: true }
  const { condition, diagnostics } = checkCondition(json, '/conditions', scope)
  if (!condition) throw new Error(`a generated condition is refused: ${JSON.stringify({ json, diagnostics })}`)
  return condition
}

/** Judges `json` over all rows in every way and adds to the tally. */
export async function compareAll(
  json: unknown,
  rows: readonly FactValues[],
  judges: Readonly<Record<string, Judge>>,
  tally: Tally,
): Promise<void> {
  const condition = checked(json)
  const reference = rows.map((row) => interpret(condition, row))
  const answers: Record<string, readonly (Truth | null)[]> = {
    compiled: tracedAnswers(condition, rows),
    bulk: bulkAnswers(condition, rows),
    secondOpinion: await secondAnswers(condition, rows),
    raw: await rawAnswers(json, rows),
  }
  for (const [name, judge] of Object.entries(judges)) answers[name] = await judge(condition)
  reference.forEach((truth, row) => {
    tally.pairs++
    tally.truths[truth]++
    if (answers.raw?.[row] !== null) tally.completePairs++
    for (const [name, given] of Object.entries(answers)) {
      if (given[row] !== truth && given[row] !== null) {
        tally.differences.push(
          `${name} says ${given[row]}, the reference ${truth}: ${JSON.stringify(json)} over ${show(rows[row] as FactValues)}`,
        )
      }
    }
  })
}

function tracedAnswers(condition: Condition, rows: readonly FactValues[]): Truth[] {
  const evaluate = compileCondition(condition)
  const trace = newTrace(condition)
  return rows.map((row) => {
    const truth = evaluate(row.lo, row.hi, trace)
    if (trace[0] !== truth) throw new Error('the trace of the root is not the answer')
    return truth
  })
}

function bulkAnswers(condition: Condition, rows: readonly FactValues[]): Truth[] {
  const column = (side: 'lo' | 'hi', slot: number): Float64Array => Float64Array.from(rows, (row) => row[side][slot] as number)
  const lo: Float64Array[] = []
  const hi: Float64Array[] = []
  for (const slot of household.types.keys()) {
    lo[slot] = column('lo', slot)
    hi[slot] = column('hi', slot)
    // A column without any bounds is one array, NaN where unknown: the narrow form that a nation's columns use.
    const isOpen = (i: number): boolean =>
      (lo[slot]?.[i] === -Infinity && hi[slot]?.[i] === Infinity) ||
      (household.types[slot]?.type === 'boolean' && lo[slot]?.[i] !== hi[slot]?.[i])
    if (rows.every((row, i) => isKnownAt(row, slot) || isOpen(i))) {
      lo[slot] = lo[slot].map((v, i) => (isOpen(i) ? NaN : v))
      hi[slot] = lo[slot]
    }
  }
  const out = new Uint8Array(rows.length)
  compileBulk(condition)(lo, hi, 0, rows.length, out)
  return [...out] as Truth[]
}

async function secondAnswers(condition: Condition, rows: readonly FactValues[]): Promise<Truth[]> {
  const judge = secondOpinion(new Map([['rule', condition]]))
  const answers: Truth[] = []
  for (const row of rows) answers.push((await judge(row)).get('rule') as Truth)
  return answers
}

/** Null where the data are incomplete: there json-rules-engine by itself means something else. */
async function rawAnswers(json: unknown, rows: readonly FactValues[]): Promise<(Truth | null)[]> {
  const judge = rawRule(json, definitions)
  const answers: (Truth | null)[] = []
  for (const row of rows) {
    const isComplete = household.types.every((_, slot) => isKnownAt(row, slot) && Math.abs(row.lo[slot] as number) < 1e15)
    answers.push(isComplete ? ((await judge(plainFacts(household, row))) ? 2 : 0) : null)
  }
  return answers
}

const show = (row: FactValues): string => household.types.map(({ id }, slot) => `${id}=[${row.lo[slot]},${row.hi[slot]}]`).join(' ')
