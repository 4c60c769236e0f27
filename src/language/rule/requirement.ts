/** One comparison in words: what was required, how far the value is from it, and where the value comes from. */
import { dayNumber } from '../../kernel/date.ts'
import type { LeafNode } from '../condition/condition.ts'
import type { FactType, FactValues, Words } from '../fact-space.ts'
import { say } from '../messages.ts'
import type { Voice } from '../messages.ts'
import { operators } from '../operators.ts'
import type { OperatorName } from '../operators.ts'
import { renderAmount, renderDate, renderInterval, renderList, renderValue } from '../render-value.ts'

/** Why a registry that was asked live about somebody did not answer. */
export type Silence = 'timed-out' | 'circuit-open' | 'refused' | 'malformed' | 'busy' | 'not-configured' | 'not-kept'

/** Where a value comes from, as the assembly recorded it. */
export interface Provenance {
  readonly registry?: string
  readonly custodian?: Words
  /** ISO date that the source speaks of. */
  readonly asOf?: string
  readonly load?: string
  readonly state?: 'fresh' | 'grace' | 'stale' | 'missing'
  /** Of a registry that was asked live: how many members it did not answer about, by why. */
  readonly unanswered?: Readonly<Partial<Record<Silence, number>>>
  /** The same of relatives outside the household. */
  readonly unansweredRelatives?: Readonly<Partial<Record<Silence, number>>>
  /** Of a registry that is asked live, where nobody was: ISO dates of the oldest and the newest answer of all that were read. */
  readonly answers?: { readonly oldest: string; readonly newest: string }
  readonly declared?: boolean
  /** The run among whose population a rank is, and whether it was told of somebody by a later score. */
  readonly run?: string
  readonly provisional?: boolean
}

const PLACE: Readonly<Partial<Record<OperatorName, 'genitive'>>> = {
  lessThan: 'genitive',
  lessThanInclusive: 'genitive',
  greaterThan: 'genitive',
  greaterThanInclusive: 'genitive',
}

/** Requirements that do not depend on the facts: they are most of an explanation and the same for every household. */
const constant = new WeakMap<LeafNode, Map<string, string>>()

/** What a leaf requires; with `positive` false, what its negation requires. */
export function renderRequirement(leaf: LeafNode, positive: boolean, types: readonly FactType[], values: FactValues, how: Voice): string {
  if (leaf.operand.kind !== 'fact') return constantRequirement(leaf, positive, types, how)
  const { slot } = leaf.operand
  const right = types[slot] as FactType
  const value = renderInterval(right, values.lo[slot] as number, values.hi[slot] as number, how)
  return compared(leaf, positive, types, say(how, 'value.fact', { label: right.label[how.language], value }), how)
}

/** What a fact is for everybody; undefined where it differs between households. */
export type AmountOf = (factId: string) => string | undefined

/** The same of no household: a fact that is compared with is told by its name, and by its value where it is the same for everybody. */
export function describeRequirement(leaf: LeafNode, positive: boolean, types: readonly FactType[], amountOf: AmountOf, how: Voice): string {
  if (leaf.operand.kind !== 'fact') return constantRequirement(leaf, positive, types, how)
  const right = types[leaf.operand.slot] as FactType
  const label = right.label[how.language]
  const value = amountOf(right.id)
  const operand = value === undefined ? say(how, 'value.factName', { label }) : say(how, 'value.fact', { label, value })
  return compared(leaf, positive, types, operand, how)
}

function constantRequirement(leaf: LeafNode, positive: boolean, types: readonly FactType[], how: Voice): string {
  const known = constant.get(leaf) ?? new Map<string, string>()
  constant.set(leaf, known)
  const key = `${how.locale} ${positive}`
  const text = known.get(key) ?? render(leaf, positive, types, how)
  known.set(key, text)
  return text
}

const operatorOf = (leaf: LeafNode, positive: boolean) => operators[positive ? leaf.operator : operators[leaf.operator].negation]
const kindOf = ({ type }: FactType): string => (type === 'date' ? 'date' : type === 'integer' || type === 'decimal' ? 'number' : 'other')

/** A comparison with another fact. */
function compared(leaf: LeafNode, positive: boolean, types: readonly FactType[], operand: string, how: Voice): string {
  return say(how, operatorOf(leaf, positive).phrase, { kind: kindOf(types[leaf.slot] as FactType), operand })
}

/** A comparison with literals. */
function render(leaf: LeafNode, positive: boolean, types: readonly FactType[], how: Voice): string {
  const type = types[leaf.slot] as FactType
  const operand = leaf.operand as Extract<LeafNode['operand'], { kind: 'literals' }>
  const operator = operatorOf(leaf, positive)
  const kind = kindOf(type)
  const [first = 0] = operand.values
  if (operator.value === 'flag') return say(how, operator.phrase, { known: (first === 1) === positive ? 'yes' : 'no' })
  if (type.type === 'boolean') {
    return say(how, 'requirement.equal', { kind, operand: renderValue(type, operator.name === 'notEqual' ? 1 - first : first, how) })
  }
  const grammar = PLACE[operator.name] ?? 'nominative'
  if (operator.value === 'list' && operand.values.length === 1) {
    const phrase = operator.name === 'in' ? 'requirement.equal' : 'requirement.notEqual'
    return say(how, phrase, { kind, operand: renderValue(type, first, how) })
  }
  const texts = operand.values.map((value) => renderValue(type, value, how, grammar))
  return say(how, operator.phrase, { kind, operand: operator.value === 'list' ? renderList(texts, how) : (texts[0] as string) })
}

/** How far a known value is from its threshold; null where there is no distance to speak of. */
export function renderDistance(leaf: LeafNode, types: readonly FactType[], values: FactValues, how: Voice): string | null {
  const { distance } = operators[leaf.operator]
  const type = types[leaf.slot] as FactType
  if (distance === null || type.type === 'boolean' || type.type === 'category') return null
  const bound = leaf.operand.kind === 'fact' ? leaf.operand.slot : null
  const threshold = bound === null ? (leaf.operand as { values: readonly number[] }).values[0] : values.lo[bound]
  const [lo, hi] = [values.lo[leaf.slot] as number, values.hi[leaf.slot] as number]
  if (lo !== hi || threshold === undefined || (bound !== null && threshold !== values.hi[bound])) return null
  const { leftMultiplier: m, rightMultiplier: n } = leaf.operand.kind === 'fact' ? leaf.operand : { leftMultiplier: 1, rightMultiplier: 1 }
  const gap = distance(lo * m, threshold * n)
  if (!Number.isSafeInteger(gap)) return null
  if (gap === 0) return say(how, 'distance.at')
  if (type.type === 'date') {
    return say(how, gap > 0 ? 'distance.after' : 'distance.before', { amount: renderAmount(Math.abs(gap), 0, 'days', how, 'genitive') })
  }
  const scale = Math.max(type.scale, bound === null ? 0 : (types[bound] as FactType).scale)
  return say(how, gap > 0 ? 'distance.above' : 'distance.below', { amount: renderAmount(Math.abs(gap), scale, type.unit, how) })
}

/** One line about where a value comes from; null when nothing is recorded. */
export function renderSources(sources: readonly Provenance[], how: Voice): string | null {
  const lines = sources.map((source) => renderSource(source, how))
  return lines.length === 0 ? null : [...new Set(lines)].join(how.language === 'ar' ? '؛ ' : '; ')
}

function renderSource(source: Provenance, how: Voice): string {
  const known = renderAnswers(source, how)
  const withMembers = renderSilence('source.unanswered', known, source.unanswered, how)
  return renderSilence('source.unansweredRelatives', withMembers, source.unansweredRelatives, how)
}

function renderAnswers(source: Provenance, how: Voice): string {
  const known = renderAnswered(source, how)
  const [oldest, newest] = [source.answers?.oldest, source.answers?.newest].map((day) => dayNumber(day ?? ''))
  if (typeof oldest !== 'number' || typeof newest !== 'number') return known
  return say(how, 'source.answers', { source: known, oldest: renderDate(oldest, how), newest: renderDate(newest, how) })
}

function renderSilence(
  message: 'source.unanswered' | 'source.unansweredRelatives',
  source: string,
  unanswered: Provenance['unanswered'],
  how: Voice,
): string {
  const silent = Object.entries(unanswered ?? {}) as [Silence, number][]
  if (silent.length === 0) return source
  const count = String(silent.reduce((all, [, persons]) => all + persons, 0))
  const why = renderList(
    silent.map(([reason]) => say(how, `unanswered.${reason}`)),
    how,
  )
  return say(how, message, { source, count, why })
}

function renderAnswered(source: Provenance, how: Voice): string {
  const day = source.asOf === undefined ? null : dayNumber(source.asOf)
  const date = day === null ? null : renderDate(day, how)
  if (source.declared === true) return date === null ? say(how, 'source.declared') : say(how, 'source.declaredDated', { date })
  if (source.run !== undefined)
    return say(how, source.provisional === true ? 'source.provisional' : 'source.run', { run: source.run, date: date ?? '—' })
  const custodian = source.custodian?.[how.language] ?? source.registry ?? '—'
  const plain = date === null ? say(how, 'source.undated', { custodian }) : say(how, 'source.dated', { custodian, date })
  switch (source.state) {
    case 'grace':
      return say(how, 'source.grace', { source: plain })
    case 'stale':
      return say(how, 'source.stale', { source: plain })
    case 'missing':
      return say(how, 'source.missing', { source: plain })
    default:
      return plain
  }
}
