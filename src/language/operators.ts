/**
 * The one table of operators: what each accepts, means, compiles to, is in SQL, and is called in English and Arabic.
 *
 * Meaning is given over intervals (see fact-space.ts). Each test is written so that NaN, which stands for unknown in a
 * bulk column without bounds, falls through to unknown. An entry that lacks a part does not compile.
 */
import { FALSE, TRUE, UNKNOWN } from '../kernel/truth.ts'
import type { Truth } from '../kernel/truth.ts'
import type { ValueType } from './fact-space.ts'
import type { MessageId } from './messages.ts'

export type OperatorName =
  | 'equal'
  | 'notEqual'
  | 'lessThan'
  | 'lessThanInclusive'
  | 'greaterThan'
  | 'greaterThanInclusive'
  | 'in'
  | 'notIn'
  | 'isKnown'

/** Source text (JavaScript or SQL) of the two ends of an interval; `lo` and `hi` are the same text for one value. */
export interface Ends {
  readonly lo: string
  readonly hi: string
}

export interface Operator {
  readonly name: OperatorName
  readonly accepts: readonly ValueType[]
  /** What stands at `value`: one literal of the fact's type, a list of them, or true/false whatever the fact's type. */
  readonly value: 'literal' | 'list' | 'flag'
  /** Whether `value` may be `{"fact": id}`. */
  readonly factValue: boolean
  /** Over one value; for a list the results are folded with `fold`. */
  readonly test: (aLo: number, aHi: number, bLo: number, bHi: number) => Truth
  readonly fold: 'any' | 'all'
  /** JavaScript expression that is 0, 1 or 2. */
  readonly code: (a: Ends, b: readonly Ends[]) => string
  /** SQL boolean expression that is NULL when unknown. */
  readonly sql: (a: Ends, b: readonly Ends[]) => string
  readonly negation: OperatorName
  /** Message of the requirement, in src/language/messages/. */
  readonly phrase: MessageId
  /** Signed distance of a known value from its threshold; null where there is none. */
  readonly distance: ((value: number, threshold: number) => number) | null
}

const ORDERED: readonly ValueType[] = ['integer', 'decimal', 'date']
const LISTED: readonly ValueType[] = ['integer', 'decimal', 'date', 'category']
const EVERY: readonly ValueType[] = ['integer', 'decimal', 'boolean', 'date', 'category']

const only = (ends: readonly Ends[]): Ends => ends[0] as Ends
const isOneValue = (ends: Ends): boolean => ends.lo === ends.hi
const difference = (value: number, threshold: number): number => value - threshold

const equalTest = (aLo: number, aHi: number, bLo: number, bHi: number): Truth =>
  aLo === aHi && bLo === bHi && aLo === bLo ? TRUE : aHi < bLo || aLo > bHi ? FALSE : UNKNOWN
const notEqualTest = (aLo: number, aHi: number, bLo: number, bHi: number): Truth =>
  aHi < bLo || aLo > bHi ? TRUE : aLo === aHi && bLo === bHi && aLo === bLo ? FALSE : UNKNOWN

const sameCode = (a: Ends, b: Ends): string =>
  [a, b]
    .filter((x) => !isOneValue(x))
    .map((x) => `${x.lo}===${x.hi}&&`)
    .join('') + `${a.lo}===${b.lo}`
const apartCode = (a: Ends, b: Ends): string => `${a.hi}<${b.lo}||${a.lo}>${b.hi}`
const codeOf = (whenTrue: string, whenFalse: string): string => `(${whenTrue}?2:${whenFalse}?0:1)`
const someSame = (a: Ends, b: readonly Ends[]): string => b.map((x) => `(${sameCode(a, x)})`).join('||')
const allApart = (a: Ends, b: readonly Ends[]): string => b.map((x) => `(${apartCode(a, x)})`).join('&&')

const sameSql = (a: Ends, b: Ends): string =>
  [a, b]
    .filter((x) => !isOneValue(x))
    .map((x) => `${x.lo} = ${x.hi} AND `)
    .join('') + `${a.lo} = ${b.lo}`
const apartSql = (a: Ends, b: Ends): string => `${a.hi} < ${b.lo} OR ${a.lo} > ${b.hi}`
const sqlOf = (whenTrue: string, whenFalse: string): string => `(CASE WHEN ${whenTrue} THEN TRUE WHEN ${whenFalse} THEN FALSE END)`
const someSameSql = (a: Ends, b: readonly Ends[]): string => b.map((x) => `(${sameSql(a, x)})`).join(' OR ')
const allApartSql = (a: Ends, b: readonly Ends[]): string => b.map((x) => `(${apartSql(a, x)})`).join(' AND ')
const list = (b: readonly Ends[]): string => b.map((x) => x.lo).join(', ')

/** A comparison is true when the far ends satisfy it and false when the near ends satisfy its opposite. */
function comparison(
  name: OperatorName,
  sign: '<' | '<=' | '>' | '>=',
  opposite: '<' | '<=' | '>' | '>=',
  test: Operator['test'],
  negation: OperatorName,
  phrase: MessageId,
): Operator {
  const upward = sign.startsWith('<')
  const far = (a: Ends, b: Ends, by: string): string => (upward ? `${a.hi}${by}${b.lo}` : `${a.lo}${by}${b.hi}`)
  const near = (a: Ends, b: Ends, by: string): string => (upward ? `${a.lo}${by}${b.hi}` : `${a.hi}${by}${b.lo}`)
  return {
    name,
    accepts: ORDERED,
    value: 'literal',
    factValue: true,
    test,
    fold: 'any',
    code: (a, b) => codeOf(far(a, only(b), sign), near(a, only(b), opposite)),
    sql: (a, b) =>
      isOneValue(a) && isOneValue(only(b))
        ? `(${a.lo} ${sign} ${only(b).lo})`
        : sqlOf(far(a, only(b), ` ${sign} `), near(a, only(b), ` ${opposite} `)),
    negation,
    phrase,
    distance: difference,
  }
}

export const operators: Readonly<Record<OperatorName, Operator>> = {
  equal: {
    name: 'equal',
    accepts: EVERY,
    value: 'literal',
    factValue: true,
    test: equalTest,
    fold: 'any',
    code: (a, b) => codeOf(someSame(a, b), allApart(a, b)),
    sql: (a, b) => (isOneValue(a) && isOneValue(only(b)) ? `(${a.lo} = ${only(b).lo})` : sqlOf(someSameSql(a, b), allApartSql(a, b))),
    negation: 'notEqual',
    phrase: 'requirement.equal',
    distance: difference,
  },
  notEqual: {
    name: 'notEqual',
    accepts: EVERY,
    value: 'literal',
    factValue: true,
    test: notEqualTest,
    fold: 'all',
    code: (a, b) => codeOf(allApart(a, b), someSame(a, b)),
    sql: (a, b) => (isOneValue(a) && isOneValue(only(b)) ? `(${a.lo} <> ${only(b).lo})` : sqlOf(allApartSql(a, b), someSameSql(a, b))),
    negation: 'equal',
    phrase: 'requirement.notEqual',
    distance: null,
  },
  lessThan: comparison(
    'lessThan',
    '<',
    '>=',
    (aLo, aHi, bLo, bHi) => (aHi < bLo ? TRUE : aLo >= bHi ? FALSE : UNKNOWN),
    'greaterThanInclusive',
    'requirement.lessThan',
  ),
  lessThanInclusive: comparison(
    'lessThanInclusive',
    '<=',
    '>',
    (aLo, aHi, bLo, bHi) => (aHi <= bLo ? TRUE : aLo > bHi ? FALSE : UNKNOWN),
    'greaterThan',
    'requirement.lessThanInclusive',
  ),
  greaterThan: comparison(
    'greaterThan',
    '>',
    '<=',
    (aLo, aHi, bLo, bHi) => (aLo > bHi ? TRUE : aHi <= bLo ? FALSE : UNKNOWN),
    'lessThanInclusive',
    'requirement.greaterThan',
  ),
  greaterThanInclusive: comparison(
    'greaterThanInclusive',
    '>=',
    '<',
    (aLo, aHi, bLo, bHi) => (aLo >= bHi ? TRUE : aHi < bLo ? FALSE : UNKNOWN),
    'lessThan',
    'requirement.greaterThanInclusive',
  ),
  in: {
    name: 'in',
    accepts: LISTED,
    value: 'list',
    factValue: false,
    test: equalTest,
    fold: 'any',
    code: (a, b) => codeOf(someSame(a, b), allApart(a, b)),
    sql: (a, b) => (isOneValue(a) ? `(${a.lo} IN (${list(b)}))` : sqlOf(someSameSql(a, b), allApartSql(a, b))),
    negation: 'notIn',
    phrase: 'requirement.in',
    distance: null,
  },
  notIn: {
    name: 'notIn',
    accepts: LISTED,
    value: 'list',
    factValue: false,
    test: notEqualTest,
    fold: 'all',
    code: (a, b) => codeOf(allApart(a, b), someSame(a, b)),
    sql: (a, b) => (isOneValue(a) ? `(${a.lo} NOT IN (${list(b)}))` : sqlOf(allApartSql(a, b), someSameSql(a, b))),
    negation: 'in',
    phrase: 'requirement.notIn',
    distance: null,
  },
  isKnown: {
    name: 'isKnown',
    accepts: EVERY,
    value: 'flag',
    factValue: false,
    test: (aLo, aHi, bLo) => ((aLo === aHi) === (bLo === 1) ? TRUE : FALSE),
    fold: 'any',
    code: (a, b) => `((${a.lo}===${a.hi})===(${only(b).lo}===1)?2:0)`,
    sql: (a, b) => `(${only(b).lo} = ${isOneValue(a) ? `(${a.lo} IS NOT NULL)` : `COALESCE(${a.lo} = ${a.hi}, FALSE)`})`,
    negation: 'isKnown',
    phrase: 'requirement.isKnown',
    distance: null,
  },
}

export const operatorNames = Object.keys(operators) as readonly OperatorName[]

export const isOperatorName = (name: unknown): name is OperatorName => typeof name === 'string' && Object.hasOwn(operators, name)
