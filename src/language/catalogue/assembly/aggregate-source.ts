/** Aggregates as JavaScript that keeps unknown unknown: counters before the rows, what a row adds, the value after them. */
import { integer } from '../../generated-code.ts'
import { conditionSource } from '../../condition/compile.ts'
import type { Ends } from '../../operators.ts'
import type { Aggregate } from '../catalogue.ts'
import type { Expression } from '../expression.ts'
import { type ExpressionScope, expressionSource, placedSource, recoded } from './expression-source.ts'
import { addTo, knownOf, one } from './source.ts'

export interface AggregateSource {
  /** Statements before the rows. */
  readonly declare: string
  /** Writes what one row adds; `scope` names what the row holds. */
  readonly row: (scope: ExpressionScope) => void
  /** The value after the rows. `open`: code that is true where rows may exist that are not listed. */
  readonly value: (open: string) => Ends
}

interface Writing {
  /** Name of a counter of this aggregate. */
  readonly n: (name: string) => string
  readonly aggregate: Aggregate
  readonly scale: number
  readonly codes: readonly string[] | null
}

type Writer = (writing: Writing) => {
  /** Counters by name and first value. */
  readonly counters: Readonly<Record<string, string>>
  /** Statements of a row whose truth is `w` (2 in, 1 perhaps, 0 out). */
  readonly row: (w: string, scope: ExpressionScope) => string
  readonly value: (open: string) => Ends
}

/** Writes one aggregate; `key` keeps its counters apart from others in the same pass. */
export function aggregateSource(
  key: string,
  aggregate: Aggregate,
  fact: { readonly scale: number; readonly codes: readonly string[] | null },
): AggregateSource {
  const n = (name: string): string => `${key}_${name}`
  const { counters, row, value } = WRITERS[aggregate.function]({ n, aggregate, ...fact })
  return {
    declare: Object.entries(counters)
      .map(([name, first]) => `let ${n(name)}=${first};`)
      .join(''),
    row: (scope) => scope.out.line(row(truthOfRow(aggregate, scope), scope)),
    value,
  }
}

const WRITERS: Readonly<Record<Aggregate['function'], Writer>> = {
  count: ({ n }) => ({
    counters: { t: '0', u: '0' },
    row: (w) => `if(${w}===2)${n('t')}++;else if(${w}===1)${n('u')}++;`,
    value: (open) => ({ lo: n('t'), hi: `(${open}?NaN:${n('t')}+${n('u')})` }),
  }),
  countDistinct: ({ n, aggregate }) => ({
    counters: { t: 'null', u: '0' },
    row(w, scope) {
      const x = aggregate.of ? knownOf(expressionSource(aggregate.of, scope), scope.out) : 'NaN'
      return `if(${w}===2){if(${x}!==${x})${n('u')}++;else (${n('t')}??=new Set()).add(${x});}else if(${w}===1)${n('u')}++;`
    },
    value: (open) => ({ lo: `(${n('t')}===null?0:${n('t')}.size)`, hi: `(${open}?NaN:(${n('t')}===null?0:${n('t')}.size)+${n('u')})` }),
  }),
  sum(writing) {
    const { n } = writing
    const { nonNegative } = expressionOf(writing.aggregate)
    return {
      counters: { lo: '0', hi: '0', ul: '0', uh: '0' },
      row(w, scope) {
        const x = valueOf(writing, scope)
        // A row that may be in adds between nothing and itself; an unknown amount that cannot be negative adds at least nothing.
        const lowest = nonNegative ? scope.out.keep(`${x.lo}===${x.lo}?${x.lo}:0`) : x.lo
        const side = (code: string, total: string, unknown: string, beyond: '<' | '>'): string =>
          `if(${code}!==${code})${unknown}++;else if(${w}===2||${code}${beyond}0)${addTo(total, code)}`
        return `if(${w}!==0){${side(lowest, n('lo'), n('ul'), '<')}${side(x.hi, n('hi'), n('uh'), '>')}}`
      },
      value: (open) => ({
        lo: `(${n('ul')}===0${nonNegative ? '' : `&&!${open}`}?narrow(${n('lo')}):NaN)`,
        hi: `(${n('uh')}===0&&!${open}?narrow(${n('hi')}):NaN)`,
      }),
    }
  },
  mean: (writing) => {
    const { n, aggregate } = writing
    return {
      counters: { s: '0', n: '0', u: '0' },
      row(w, scope) {
        const x = valueOf(writing, scope)
        return `if(${w}===2){${n('n')}++;if(${x.lo}===${x.hi})${addTo(n('s'), x.lo)}else ${n('u')}++;}else if(${w}===1)${n('u')}++;`
      },
      value: (open) =>
        one(`(${open}||${n('u')}>0?NaN:${n('n')}===0?${emptyOf(writing, aggregate)}:narrow(quotient(narrow(${n('s')}),${n('n')})))`),
    }
  },
  max: (writing) => extreme(writing, 'max'),
  min: (writing) => extreme(writing, 'min'),
  any: ({ n, aggregate }) => ({
    counters: { t: '0', u: '0' },
    row(w, scope) {
      const of = aggregate.of ? truthOfFlag(aggregate.of, scope) : '2'
      return `if(${w}===2&&${of}===2)${n('t')}++;else if(${w}!==0&&${of}!==0)${n('u')}++;`
    },
    value: (open) => one(`(${n('t')}>0?1:${open}||${n('u')}>0?NaN:0)`),
  }),
  every: ({ n, aggregate }) => ({
    counters: { f: '0', u: '0' },
    row(w, scope) {
      if (!aggregate.of) return `if(${w}===0)${n('f')}++;else if(${w}===1)${n('u')}++;`
      const of = truthOfFlag(aggregate.of, scope)
      return `if(${w}===2&&${of}===0)${n('f')}++;else if(${w}!==0&&${of}!==2)${n('u')}++;`
    },
    value: (open) => one(`(${n('f')}>0?0:${open}||${n('u')}>0?NaN:1)`),
  }),
  latest(writing) {
    const { n, aggregate } = writing
    return {
      counters: { m: '-Infinity', a: 'NaN', b: 'NaN', n: '0', x: '0', q: '-Infinity', p: '0' },
      row(w, scope) {
        const d = dateOf(aggregate, scope)
        const x = knownOf(valueOf(writing, scope), scope.out)
        // x: the newest value is not known; p, q: rows that may be in, and the newest of them.
        return `if(${w}===2){${n('n')}++;if(${d}!==${d})${n('x')}=2;else if(${d}>${n('m')}){${n('m')}=${d};${n('a')}=${n('b')}=${x};if(${n('x')}<2)${n('x')}=${x}!==${x}?1:0;}
else if(${d}===${n('m')}){if(${x}!==${x}){if(${n('x')}<2)${n('x')}=1;}else{${n('a')}=leastKnown(${n('a')},${x});${n('b')}=greatestKnown(${n('b')},${x});}}}
else if(${w}===1){${n('p')}=1;if(${d}!==${d})${n('x')}=2;else if(${d}>${n('q')})${n('q')}=${d};}`
      },
      // Two newest rows that differ leave the value unknown, and so does a row that may be in and newer.
      value: (open) =>
        one(
          `(${open}||${n('x')}>0||${n('p')}===1&&(${n('m')}===-Infinity||${n('q')}>=${n('m')})?NaN:${n('n')}===0?${emptyOf(writing, aggregate)}:${n('a')}===${n('b')}?${n('a')}:NaN)`,
        ),
    }
  },
  longestRun: ({ n, aggregate }) => ({
    counters: { t: 'null', rb: '0', re: '0' },
    row(w, scope) {
      const d = dateOf(aggregate, scope)
      // A month counts when each of its rows does; a month without a row breaks the run.
      return `if(${d}!==${d}){if(${w}!==2)${n('rb')}++;if(${w}!==0)${n('re')}++;}else{const m=month(${d});${n('t')}??=new Map();${n('t')}.set(m,Math.min(${n('t')}.get(m)??2,${w}));}`
    },
    // A row that is not listed, or has no date, may break a month's run (a month counts by all its rows) or lengthen it.
    value: (open) => ({
      lo: `(!${open}&&${n('rb')}===0?longestRun(${n('t')},2):NaN)`,
      hi: `(!${open}&&${n('re')}===0?longestRun(${n('t')},1):NaN)`,
    }),
  }),
}

function extreme(writing: Writing, side: 'max' | 'min'): ReturnType<Writer> {
  const { n, aggregate } = writing
  const [sure, loose] = side === 'max' ? (['lo', 'hi'] as const) : (['hi', 'lo'] as const)
  const more = side === 'max' ? 'greatestKnown' : 'leastKnown'
  return {
    counters: { s: 'NaN', p: 'NaN', n: '0', m: '0', u: '0' },
    row(w, scope) {
      const x = valueOf(writing, scope)
      return `if(${w}!==0){if(${w}===2){${n('n')}++;${n('s')}=${more}(${n('s')},${x[sure]});}else ${n('m')}++;if(${x[loose]}!==${x[loose]})${n('u')}++;else ${n('p')}=${more}(${n('p')},${x[loose]});}`
    },
    value(open) {
      const empty = aggregate.empty === null ? '' : `!${open}&&${n('n')}===0&&${n('m')}===0?${emptyOf(writing, aggregate)}:`
      // With no row that is surely in, the set may be empty: then nothing bounds the value.
      const bound = `(${empty}${n('n')}>0?${n('s')}:NaN)`
      const other = `(${empty}${n('n')}>0&&!${open}&&${n('u')}===0?${n('p')}:NaN)`
      const value = side === 'max' ? { lo: bound, hi: other } : { lo: other, hi: bound }
      return expressionOf(aggregate).type === 'date' ? one(`(${value.lo}===${value.hi}?${value.lo}:NaN)`) : value
    },
  }
}

/** Name of the truth of a row: its `where` and its window. */
function truthOfRow(aggregate: Aggregate, scope: ExpressionScope): string {
  const { out } = scope
  const parts: string[] = []
  if (aggregate.where) {
    const { types } = aggregate.space
    const { code, result } = conditionSource(aggregate.where, (slot) => scope.name(types[slot]?.id ?? ''))
    parts.push(out.block(code, result))
  }
  if (aggregate.window) {
    const date = knownOf(scope.name(aggregate.window.date), out)
    parts.push(out.keep(`${date}!==${date}?1:${date}<=asOf&&${date}>=windowStart(asOf,${integer(aggregate.window.months)})?2:0`))
  }
  const [a = '2', b] = parts
  return b === undefined ? a : out.keep(`${a}<${b}?${a}:${b}`)
}

function truthOfFlag(of: Expression, scope: ExpressionScope): string {
  const flag = knownOf(expressionSource(of, scope), scope.out)
  return scope.out.keep(`${flag}!==${flag}?1:2*${flag}`)
}

/** Each row's value is rounded to the fact's own scale; what is collected of the rows is then exact. */
function valueOf({ aggregate, scale, codes }: Writing, scope: ExpressionScope): Ends {
  const e = expressionOf(aggregate)
  const placed = placedSource(e, scale, { ...scope, codes })
  return e.type === 'category' ? one(recoded(placed.lo, e.codes ?? null, codes, scope.out)) : placed
}

const dateOf = (aggregate: Aggregate, scope: ExpressionScope): string => knownOf(scope.name(aggregate.date ?? ''), scope.out)

function emptyOf({ codes }: Writing, { empty }: Aggregate): string {
  if (empty === null) return 'NaN'
  return integer(typeof empty === 'string' ? (codes ?? []).indexOf(empty) : empty)
}

function expressionOf(aggregate: Aggregate): Expression {
  // INVARIANT: the check gives every function that takes a value its expression.
  if (!aggregate.of) throw new Error(`${aggregate.function} without "of"`)
  return aggregate.of
}
