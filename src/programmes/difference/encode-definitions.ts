/**
 * What the catalogue's definitions say of facts, as SMT-LIB text: sums, differences, smallest and greatest, known factors and divisors,
 * bands, tables, first known, conditions. The same meaning as the assembly's (language/catalogue/assembly); anything else is left open.
 */
import { AS_OF } from '../../language/catalogue/definition-context.ts'
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'
import type { Expression } from '../../language/catalogue/expression.ts'
import { epochAt } from '../../language/catalogue/parameter.ts'
import { and, encodeTruthBy, int, known, or } from './encode.ts'
import type { End, Ends } from './encode.ts'

export interface DefinitionScope {
  /** Ends of a fact that a definition names; as often as needed, times a power of ten. */
  readonly ends: (id: string, multiplier?: number) => Ends
  readonly codesOf: (id: string) => readonly string[] | null
  /** Gives a part a name, so that a text does not grow with every use of it. */
  readonly keep: (sort: 'Int' | 'Bool', text: string) => string
  /** Day number: tables have their rows of that day. */
  readonly asOf: number
}

/** Longer tables are left open: each row is a part of the question. */
const MOST_ROWS = 300

/** That the fact's ends are what its definition makes of its inputs'; null where that cannot be said. */
export function encodeDefinition(fact: CatalogueFact, scope: DefinitionScope): string | null {
  const { definition: d } = fact
  const own = scope.ends(fact.id)
  if (d.kind === 'holds') {
    const { root, space } = d.condition
    const { isTrue, isFalse } = encodeTruthBy(root, (slot, multiplier) => scope.ends(space.types[slot]?.id as string, multiplier))
    const is = (value: number): string => and([known(own), `(= ${own.lo.value} ${value})`])
    return and([`(= ${is(1)} ${isTrue})`, `(= ${is(0)} ${isFalse})`])
  }
  if (d.kind === 'firstKnown')
    return d.facts.every((id) => scope.codesOf(id)?.join() === fact.codes?.join())
      ? isValue(own, firstKnown(d.facts.map((id) => scope.ends(id))))
      : null
  if (d.kind !== 'derived') return null
  // A code's position in its own list means another code in another list.
  if (d.value.op === 'name' && d.value.codes?.join() !== fact.codes?.join()) return null
  const made = expressionEnds(d.value, fact.codes ?? [], scope)
  const placed = made && place(made, d.value, fact, scope)
  if (!placed) return null
  if (!fact.bounded) return isValue(own, valueOf(placed))
  return and([isEnd(own.lo, placed.lo), isEnd(own.hi, placed.hi)])
}

const isEnd = (own: End, made: End): string =>
  and([`(= ${own.finite} ${made.finite})`, `(=> ${made.finite} (= ${own.value} ${made.value}))`])
const isValue = (own: Ends, made: End): string =>
  and([`(= ${known(own)} ${made.finite})`, `(=> ${made.finite} (= ${own.lo.value} ${made.value}))`])
const valueOf = (ends: Ends): End => ({ finite: known(ends), value: ends.lo.value })
const one = (end: End): Ends => ({ lo: end, hi: end })

const firstKnown = (each: readonly Ends[]): End =>
  each
    .map(valueOf)
    .reduceRight((rest, { finite, value }) => ({ finite: or([finite, rest.finite]), value: `(ite ${finite} ${value} ${rest.value})` }))

/** At the expression's own scale. What an operation makes has names: those around it repeat it, and would double their text at each level. */
function expressionEnds(e: Expression, codes: readonly string[], scope: DefinitionScope): Ends | null {
  const made = operationEnds(e, codes, scope)
  return made === null || e.op === 'literal' || e.op === 'name' ? made : named(made, scope)
}

function named({ lo, hi }: Ends, { keep }: DefinitionScope): Ends {
  const end = ({ finite, value }: End): End => ({ finite: keep('Bool', finite), value: keep('Int', value) })
  const low = end(lo)
  return { lo: low, hi: hi === lo ? low : end(hi) }
}

function operationEnds(e: Expression, codes: readonly string[], scope: DefinitionScope): Ends | null {
  const each = (parts: readonly Expression[]): readonly Ends[] | null => {
    const all = parts.map((part) => expressionEnds(part, codes, scope))
    return all.includes(null) ? null : (all as Ends[])
  }
  const aligned = (parts: readonly Expression[]): readonly Ends[] | null =>
    each(parts)?.map((ends, n) => both(ends, (value) => timesPower(value, e.scale - (parts[n]?.scale ?? 0)))) ?? null
  switch (e.op) {
    case 'literal':
      return one({ finite: 'true', value: int(e.value) })
    case 'name':
      return e.name === AS_OF.name ? one({ finite: 'true', value: int(scope.asOf) }) : scope.ends(e.name)
    case 'add': {
      const parts = aligned(e.of)
      const total = (side: 'lo' | 'hi', all: readonly Ends[]): End => ({
        finite: and(all.map((part) => part[side].finite)),
        value: `(+ ${all.map((part) => part[side].value).join(' ')})`,
      })
      return parts && { lo: total('lo', parts), hi: total('hi', parts) }
    }
    case 'subtract': {
      const [a, b] = aligned(e.of) ?? []
      return a && b ? one({ finite: and([known(a), known(b)]), value: `(- ${a.lo.value} ${b.lo.value})` }) : null
    }
    case 'min':
    case 'max': {
      const parts = aligned(e.of)
      return (
        parts && {
          lo: extreme(
            e.op,
            parts.map(({ lo }) => lo),
            e.op === 'max',
            scope,
          ),
          hi: extreme(
            e.op,
            parts.map(({ hi }) => hi),
            e.op === 'min',
            scope,
          ),
        }
      )
    }
    case 'multiply':
      return product(each(e.of))
    case 'divide':
      return quotient(each(e.of), e, scope)
    case 'band': {
      const of = expressionEnds(e.of, codes, scope)
      const value = (given: number | string): string => int(typeof given === 'string' ? codes.indexOf(given) : given)
      return (
        of &&
        one(
          within(
            of,
            (at) =>
              e.bands.reduceRight((rest, band) => `(ite (< ${at} ${int(band.below)}) ${value(band.value)} ${rest})`, value(e.otherwise)),
            scope,
          ),
        )
      )
    }
    case 'lookUp':
      return tableEnds(e, each(e.keys), scope)
    default:
      return null
  }
}

const within = (of: Ends, value: (at: string) => string, { keep }: DefinitionScope): End => ({
  finite: known(of),
  value: value(keep('Int', of.lo.value)),
})

const both = ({ lo, hi }: Ends, f: (value: string) => string): Ends => ({
  lo: { finite: lo.finite, value: f(lo.value) },
  hi: { finite: hi.finite, value: f(hi.value) },
})

const timesPower = (value: string, power: number): string => (power === 0 ? value : `(* ${10n ** BigInt(power)} ${value})`)

/** One side of a smallest or greatest skips what is unknown: a minimum is at most any part that is known. */
function extreme(op: 'min' | 'max', ends: readonly End[], skips: boolean, { keep }: DefinitionScope): End {
  const sign = op === 'min' ? '<' : '>'
  return ends.reduce((all, next) => {
    const better = `(ite (${sign} ${all.value} ${next.value}) ${all.value} ${next.value})`
    const value = skips ? `(ite (and ${all.finite} ${next.finite}) ${better} (ite ${all.finite} ${all.value} ${next.value}))` : better
    return { finite: keep('Bool', skips ? or([all.finite, next.finite]) : and([all.finite, next.finite])), value: keep('Int', value) }
  })
}

/** A number that is given, not one that a household states. */
function given({ lo, hi }: Ends): bigint | null {
  const text = /^(?:(\d+)|\(- (\d+)\))$/.exec(lo.value)
  if (!text || lo.finite !== 'true' || hi.value !== lo.value) return null
  return text[1] === undefined ? -BigInt(text[2] as string) : BigInt(text[1])
}

const times = (factor: bigint, value: string): string => `(* ${integer(factor)} ${value})`
const integer = (value: bigint): string => (value < 0n ? `(- ${-value})` : String(value))

/** By given factors: bounds pass through positive ones and are dropped by any other. A product of two facts is not said. */
function product(parts: readonly Ends[] | null): Ends | null {
  if (!parts) return null
  const factors = parts.flatMap((part) => given(part) ?? [])
  const [of, ...others] = parts.filter((part) => given(part) === null)
  const factor = factors.reduce((all, each) => all * each, 1n)
  if (!of) return one({ finite: 'true', value: integer(factor) })
  if (others.length > 0) return null
  const made = both(of, (value) => times(factor, value))
  return factors.every((each) => each > 0n) ? made : one({ finite: known(of), value: made.lo.value })
}

function quotient(
  parts: readonly Ends[] | null,
  e: Expression & { readonly of: readonly Expression[] },
  scope: DefinitionScope,
): Ends | null {
  const [above, below] = parts ?? []
  const divisor = below ? given(below) : null
  if (!above || divisor === null || divisor <= 0n) return null
  const [a, b] = e.of as [Expression, Expression]
  const shift = e.scale + b.scale - a.scale
  const [by, up] = shift < 0 ? [divisor * 10n ** BigInt(-shift), 1n] : [divisor, 10n ** BigInt(shift)]
  return both(above, (value) => rounded(times(up, value), by, scope))
}

/** Half away from zero. */
function rounded(value: string, by: bigint, { keep }: DefinitionScope): string {
  const n = keep('Int', value)
  const up = (size: string): string => `(div (+ (* 2 ${size}) ${by}) ${2n * by})`
  return keep('Int', `(ite (< ${n} 0) (- ${up(`(- ${n})`)}) ${up(n)})`)
}

function tableEnds(e: Expression & { readonly op: 'lookUp' }, keys: readonly Ends[] | null, scope: DefinitionScope): Ends | null {
  const rows = epochAt(e.table, scope.asOf)?.rows ?? []
  if (!keys || rows.length > MOST_ROWS) return null
  const values = keys.map((key) => scope.keep('Int', key.lo.value))
  const arms = rows.map(({ keys: at, value }) => ({
    is: and(at.map((key, n) => `(= ${values[n]} ${int(typeof key === 'string' ? (e.keys[n]?.codes ?? []).indexOf(key) : key)})`)),
    value,
  }))
  const found = arms.reduceRight((rest, { is, value }) => `(ite ${is} ${int(value)} ${rest})`, '0')
  return one({ finite: and([...keys.map(known), or(arms.map(({ is }) => is))]), value: found })
}

/**
 * At the fact's scale, rounded half away from zero. Beyond ±2^53 the assembly leaves it unknown; here the fact's own range rules such
 * amounts out, so that no witness is a household with quadrillions.
 */
function place(ends: Ends, e: Expression, { scale, type }: CatalogueFact, scope: DefinitionScope): Ends {
  if (type !== 'integer' && type !== 'decimal') return ends
  const shift = scale - e.scale
  return both(ends, (value) => scope.keep('Int', shift >= 0 ? timesPower(value, shift) : rounded(value, 10n ** BigInt(-shift), scope)))
}
