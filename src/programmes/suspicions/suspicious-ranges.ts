/** Thresholds that lie beyond what was observed of a fact: a comparison that nearly everybody, or nearly nobody, meets. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { Condition, LeafNode } from '../../language/condition/condition.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { FactType } from '../../language/fact-space.ts'
import { voice } from '../../language/messages.ts'
import { renderValue } from '../../language/render-value.ts'
import type { Bundle } from '../bundle.ts'
import { catalogueDomains, type DomainOf } from '../difference/domain.ts'
import { suspicion } from './suspicion-codes.ts'
import { placesOf } from './told-part.ts'

/** What a check may know of observed values. */
export interface ObservedRanges {
  /** The snapshot's day. */
  readonly asOf: string
  /** By fact, in its scaled integers: beyond it there are fewer than ten households. */
  readonly reach: ReadonlyMap<string, { readonly low: number; readonly high: number }>
  /** Facts that are being counted. */
  readonly counting: readonly string[]
}

/** Numbers and dates that conditions of the programmes compare with a number, a date or a parameter. */
export function thresholdFacts({ programmes }: Bundle, asked: readonly string[]): string[] {
  const facts = conditionsOf(programmes, asked).flatMap(({ condition }) =>
    condition.leaves
      .filter((leaf) => isOrdered(typeOf(condition, leaf.slot)) && isThreshold(leaf))
      .map((leaf) => typeOf(condition, leaf.slot).id),
  )
  return [...new Set(facts)].toSorted()
}

/** Pointers begin with the text's name; `asOf` is a day number, on which parameters have their value. */
export function suspiciousRanges(bundle: Bundle, asked: readonly string[], ranges: ObservedRanges, asOf: number): Diagnostic[] {
  const domainOf = catalogueDomains(bundle.catalogue, asOf)
  return conditionsOf(bundle.programmes, asked).flatMap(({ text, condition }) => {
    const places = placesOf(condition)
    const told = new Set<string>()
    const beyond = condition.leaves.flatMap((leaf) => {
      const place = places.get(leaf) as string
      const threshold = thresholdOf(condition, leaf, domainOf)
      if (threshold === null || told.has(place)) return []
      const found = beyondObserved(`${text}#${place}`, typeOf(condition, leaf.slot), threshold, ranges)
      if (found !== null) told.add(place)
      return found ?? []
    })
    const counting = ranges.counting.filter((fact) =>
      condition.leaves.some((leaf) => isThreshold(leaf) && typeOf(condition, leaf.slot).id === fact),
    )
    return counting.length === 0 ? beyond : [...beyond, notCounted(`${text}#${condition.root.pointer}`, counting)]
  })
}

function conditionsOf(
  programmes: Bundle['programmes'],
  asked: readonly string[],
): { readonly text: string; readonly condition: Condition }[] {
  return programmes
    .filter(({ id }) => asked.includes(id))
    .flatMap(({ id, ref, ruleRef, rule, programme }) => [
      { text: `rule/${ruleRef.id}/${ruleRef.version}`, condition: rule.condition },
      ...programme.tiers.map(({ condition }) => ({ text: `programme/${id}/${ref.version}`, condition })),
    ])
}

const typeOf = ({ space }: Condition, slot: number): FactType => space.types[slot] as FactType
const isOrdered = ({ type }: FactType): boolean => type === 'integer' || type === 'decimal' || type === 'date'
const COMPARING = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive', 'equal']
const isThreshold = ({ operator, operand }: LeafNode): boolean =>
  COMPARING.includes(operator) && (operand.kind === 'fact' || operand.values.length === 1)

/** In the fact's own scale, where conditions of two scales compare the coarser multiplied; null where it is no one number. */
function thresholdOf(condition: Condition, leaf: LeafNode, domainOf: DomainOf): number | null {
  if (!isOrdered(typeOf(condition, leaf.slot)) || !isThreshold(leaf)) return null
  const { operand } = leaf
  if (operand.kind === 'literals') return operand.values[0] ?? null
  const { fixed } = domainOf(typeOf(condition, operand.slot))
  return fixed === undefined ? null : (fixed * operand.rightMultiplier) / operand.leftMultiplier
}

function beyondObserved(pointer: string, type: FactType, threshold: number, { asOf, reach }: ObservedRanges): Diagnostic | null {
  const observed = reach.get(type.id)
  if (!observed || (observed.low <= threshold && threshold <= observed.high)) return null
  const isAbove = threshold > observed.high
  const end = isAbove ? observed.high : observed.low
  const say = (value: number, language: 'en' | 'ar'): string => renderValue(type, value, voice(language))
  return suspicion('threshold-unobserved', pointer, {
    en: `“${type.label.en}” is compared with ${say(threshold, 'en')}: on ${asOf} fewer than ten households were observed ${isAbove ? 'above' : 'below'} ${say(end, 'en')}`,
    ar: `يُقارن «${type.label.ar}» بـ ${say(threshold, 'ar')}: في ${asOf} رُصد أقل من عشر أسر ${isAbove ? 'فوق' : 'تحت'} ${say(end, 'ar')}`,
  })
}

const notCounted = (pointer: string, facts: readonly string[]): Diagnostic =>
  suspicion(
    'range-being-counted',
    pointer,
    {
      en: `the observed values of ${facts.map(quote).join(', ')} are being counted: thresholds on them were not looked at`,
      ar: `يجري عدّ القيم المرصودة لكل من ${facts.map(quote).join('، ')}: لم تُفحص الحدود المبنية عليها`,
    },
    'check again',
  )
