/** Facts made of other facts of the same unit, or of a parameter, as JavaScript; and how a fact's value is stored. */
import { integer } from '../../generated-code.ts'
import { conditionSource } from '../../condition/compile.ts'
import type { Ends } from '../../operators.ts'
import type { Catalogue, CatalogueFact, FactDefinition } from '../catalogue.ts'
import { epochAt } from '../parameter.ts'
import { type ExpressionScope, placedSource, recoded } from './expression-source.ts'
import { extremeOf, isOne, knownOf, one, type Source } from './source.ts'

/** Code for one end of a fact's value in the slot of its space. */
export type Cell = (end: keyof Ends, slot: number) => string

/** Where generated code stands: where the facts that it computes are kept, and the day that decides on parameters. */
export interface FactWriting {
  readonly catalogue: Catalogue
  readonly asOfDay: number
  readonly own: Cell
}

/** Writes the fact's value into its slot. */
export function store({ catalogue, own }: FactWriting, fact: CatalogueFact, value: Ends, out: Source): void {
  // INVARIANT: every fact of the catalogue has its slot.
  const slot = catalogue[fact.entity].slot(fact.id) as number
  const [lo, hi] = [own('lo', slot), own('hi', slot)]
  if (fact.bounded && !isOne(value)) out.line(`${lo}=${value.lo};${hi}=${value.hi};`)
  else out.line(`${lo}=${lo === hi ? '' : `${hi}=`}${isOne(value) ? value.lo : `${value.lo}===${value.hi}?${value.lo}:NaN`};`)
}

/** Reads facts of the catalogue, each once. */
export function factReader({ catalogue, asOfDay }: Omit<FactWriting, 'own'>, cell: Cell, out: Source): Omit<ExpressionScope, 'codes'> {
  const read = new Map<string, Ends>()
  return {
    out,
    asOfDay,
    name(id) {
      if (id === 'asOf') return one('asOf')
      const before = read.get(id)
      if (before) return before
      const fact = catalogue.facts.get(id)
      // INVARIANT: the check resolved every input.
      if (!fact) throw new Error(`${id} is not in the catalogue`)
      const slot = catalogue[fact.entity].slot(id) as number
      const lo = out.keep(cell('lo', slot))
      const value = fact.bounded ? { lo, hi: out.keep(cell('hi', slot)) } : one(lo)
      read.set(id, value)
      return value
    },
  }
}

type Derived = Extract<FactDefinition, { readonly kind: 'derived' | 'holds' | 'firstKnown' | 'greatestKnown' | 'parameter' }>
export type DerivedFact = CatalogueFact & { readonly definition: Derived }

/** Whether a fact is made of others of the same unit, or of a parameter. */
export const isDerived = (fact: CatalogueFact): fact is DerivedFact =>
  ['derived', 'holds', 'firstKnown', 'greatestKnown', 'parameter'].includes(fact.definition.kind)

/** Value of a derived fact from others in `lo` and `hi`. */
export function derivedSource(fact: DerivedFact, { catalogue }: FactWriting, scope: Omit<ExpressionScope, 'codes'>): Ends {
  const { definition } = fact
  const { out } = scope
  // Facts of one type may number their codes apart.
  const asOwn = (id: string): Ends => {
    const value = scope.name(id)
    return fact.type === 'category' ? one(recoded(value.lo, catalogue.facts.get(id)?.codes ?? null, fact.codes, out)) : value
  }
  switch (definition.kind) {
    case 'derived': {
      const { value } = definition
      const placed = placedSource(value, fact.scale, { ...scope, codes: fact.codes })
      return value.type === 'category' ? one(recoded(placed.lo, value.codes ?? null, fact.codes, out)) : placed
    }
    case 'holds': {
      const { types } = definition.condition.space
      const { code, result } = conditionSource(definition.condition, (slot) => scope.name(types[slot]?.id ?? ''))
      const truth = out.block(code, result)
      return one(`${truth}===2?1:${truth}===0?0:NaN`)
    }
    case 'firstKnown': {
      const known = definition.facts.map((id) => knownOf(asOwn(id), out))
      return one(
        `${known
          .slice(0, -1)
          .map((code) => `${code}===${code}?${code}:`)
          .join('')}${known.at(-1)}`,
      )
    }
    case 'greatestKnown':
      return greatestOf(definition.facts.map(asOwn), out)
    case 'parameter': {
      const value = epochAt(definition.parameter, scope.asOfDay)?.value
      return one(value === undefined || value === null ? 'NaN' : integer(value))
    }
  }
}

/**
 * The greatest of those known, unless what is known of another one is already more: wages of at least 900 are not set
 * aside for a declared 100.
 */
function greatestOf(parts: readonly Ends[], out: Source): Ends {
  const greatest = (codes: readonly string[]): string => extremeOf('greatest', true, codes, out)
  const known = greatest(parts.map((part) => knownOf(part, out)))
  if (parts.every(isOne)) return one(known)
  const lo = greatest(parts.map((part) => part.lo))
  const his = parts.map((part) => part.hi)
  return { lo, hi: `${known}>=${lo}?${lo}:${his.map((hi) => `${hi}!==${hi}`).join('||')}?NaN:${greatest(his)}` }
}
