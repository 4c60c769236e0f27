/** Targeting in words: how much there is, in which order the eligible are taken, and what becomes of the others. */
import { scaledOfNumber } from '../../kernel/decimal.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { FactType, Words } from '../fact-space.ts'
import type { Formula } from '../formula/formula.ts'
import { POINT_SCALE } from '../formula/formula.ts'
import { pointsText } from '../formula/explain.ts'
import { say } from '../messages.ts'
import type { Voice } from '../messages.ts'
import type { Programme, Tier } from '../programme/check.ts'
import type { OrderKey } from '../programme/schema.ts'
import { renderAmount } from '../render-value.ts'
import type { Referred } from './plain-condition.ts'
import { tellCondition } from './plain-condition.ts'
import { plain } from './plain-text.ts'
import type { PlainNode } from './plain-text.ts'

interface SelectionText {
  readonly programme: Programme
  readonly formula: Formula | null
  readonly catalogue: Catalogue
  readonly referred: Referred
  readonly nameOf: (programme: string) => Words | undefined
}

export function tellSelection(text: SelectionText, how: Voice): readonly PlainNode[] {
  const { programme, referred, nameOf } = text
  const { unit, targeting } = programme.source
  const { period, places, precedence, exclusions = [], waitlist, keepUndeterminedMonths, legalBasis = [] } = targeting
  return [
    plain(say(how, 'plain.period', { period })),
    budget(programme, how),
    places === undefined ? plain(say(how, 'plain.places.none')) : plain(say(how, `plain.places.${unit}`, { count: places })),
    ...quotas(text, how),
    plain(say(how, 'plain.precedence', { place: precedence })),
    ...exclusions.map(({ programme: other, when }) =>
      plain(say(how, `plain.exclusion.${when}`, { programme: nameOf(other)?.[how.language] ?? other })),
    ),
    plain(
      say(how, 'plain.order'),
      targeting.order.map((key) => tellKey(key, text, how)),
    ),
    ...thresholds(text, how),
    ...(waitlist ? [plain(say(how, 'plain.waitlist', { count: waitlist.length }))] : []),
    ...(keepUndeterminedMonths === undefined
      ? []
      : [plain(say(how, 'plain.keepUndetermined', { months: renderAmount(keepUndeterminedMonths, 0, 'months', how, 'genitive') }))]),
    ...legalBasis.map(({ fact, basis }) =>
      plain(say(how, 'plain.basis', { label: labelOf(programme, fact, how), law: basis[how.language] })),
    ),
  ]

  function tellKey(key: OrderKey, { formula }: SelectionText, how: Voice): PlainNode {
    switch (key.by) {
      case 'tiers':
        return plain(
          say(how, 'plain.order.tiers'),
          key.tiers.map(({ name, label, citation = null }) => {
            const { condition } = programme.tiers.find((tier) => tier.name === name) as Tier
            return plain(say(how, 'plain.order.tier', { label: label[how.language] }), [tellCondition(condition, referred, how)], citation)
          }),
        )
      case 'score': {
        const { direction, label } = formula as Formula
        return plain(say(how, `plain.order.score.${direction}`, { formula: label[how.language] }))
      }
      case 'fact':
        return plain(say(how, `plain.order.fact.${key.direction}`, { label: labelOf(programme, key.fact, how) }))
      case 'applicationDate':
      case 'tieBreak':
        return plain(say(how, `plain.order.${key.by}`))
    }
  }
}

function budget({ source, space }: Programme, how: Voice): PlainNode {
  const { budget: amount } = source.targeting
  if (amount === undefined) return plain(say(how, 'plain.budget.none'))
  const { scale, unit } = space.types[space.slot(source.benefit.fact) as number] as FactType
  return plain(
    say(how, 'plain.budget', { amount: renderAmount(exact(amount, scale), scale, unit?.split('/')[0] ?? null, how, 'genitive') }),
  )
}

function quotas({ programme, catalogue }: SelectionText, how: Voice): readonly PlainNode[] {
  const { quotas: divided } = programme.source.targeting
  if (!divided) return []
  const by = labelOf(programme, divided.by, how)
  const leftOver = plain(say(how, `plain.leftOver.${divided.leftOver}`))
  if (divided.method === 'proportional') {
    if (divided.to === 'population') return [plain(say(how, 'plain.quotas.population', { by }), [leftOver])]
    const { parameter } = divided.to
    const label = catalogue.parameters.get(parameter)?.label[how.language] ?? parameter
    return [plain(say(how, 'plain.quotas.parameter', { by, parameter: label }), [leftOver])]
  }
  const type = programme.space.types[programme.space.slot(divided.by) as number] as FactType
  const areas = Object.entries(divided.places).map(([code, count]) =>
    plain(say(how, 'plain.row', { keys: type.codeLabels?.[code]?.[how.language] ?? code, value: renderAmount(count, 0, null, how) })),
  )
  return [plain(say(how, 'plain.quotas.absolute', { by }), [...areas, leftOver])]
}

function thresholds({ programme, formula }: SelectionText, how: Voice): readonly PlainNode[] {
  const { thresholds: ends } = programme.source.targeting
  if (!ends || !formula) return []
  const points = (value: number): string => pointsText(exact(value, POINT_SCALE), how)
  return [plain(say(how, `plain.thresholds.${formula.direction}`, { entry: points(ends.entry), exit: points(ends.exit) }))]
}

/** INVARIANT: the check of the programme refuses what is not a whole number at this scale. */
function exact(value: number, scale: number): number {
  const scaled = scaledOfNumber(value, scale)
  if (!scaled.ok) throw new Error(`${value} has more than ${scale} places`)
  return scaled.value
}

function labelOf({ space }: Programme, fact: string, how: Voice): string {
  return space.types[space.slot(fact) ?? -1]?.label[how.language] ?? fact
}
