/** Parameters in words: the constants and tables that a programme refers to, with what holds on a day. */
import { parametersIn } from '../catalogue/assembly/rederive.ts'
import type { Catalogue, CatalogueFact } from '../catalogue/catalogue.ts'
import type { Parameter, TableKey } from '../catalogue/parameter.ts'
import { epochAt } from '../catalogue/parameter.ts'
import { closureOf } from '../catalogue/sql/levels.ts'
import { slotsOf } from '../condition/condition.ts'
import type { FactType } from '../fact-space.ts'
import { say } from '../messages.ts'
import type { Voice } from '../messages.ts'
import type { Programme } from '../programme/check.ts'
import { renderAmount, renderDate } from '../render-value.ts'
import type { Rule } from '../rule/check.ts'
import { plain } from './plain-text.ts'
import type { PlainNode } from './plain-text.ts'

/** Parameters behind the facts of the rule, of the tiers and of the benefit, and those that quotas divide by; each once. */
export function parametersOf(text: {
  readonly programme: Programme
  readonly rule: Rule
  readonly catalogue: Catalogue
}): readonly Parameter[] {
  const { programme, rule, catalogue } = text
  const conditions = [rule.condition, ...programme.tiers.map(({ condition }) => condition)]
  const named = conditions.flatMap((condition) => slotsOf(condition).map((slot) => (condition.space.types[slot] as FactType).id))
  const facts = [...closureOf(catalogue, [...named, programme.source.benefit.fact])].map((id) => catalogue.facts.get(id) as CatalogueFact)
  const { quotas } = programme.source.targeting
  const shares = quotas?.method === 'proportional' && quotas.to !== 'population' ? [quotas.to.parameter] : []
  return [...new Set([...facts.flatMap(parametersIn), ...shares])].map((id) => catalogue.parameters.get(id) as Parameter)
}

export function tellParameter(parameter: Parameter, day: number, catalogue: Catalogue, how: Voice): PlainNode {
  const label = parameter.label[how.language]
  const epoch = epochAt(parameter, day)
  if (!epoch) return plain(say(how, 'plain.parameter.none', { label }))
  const amount = (value: number): string =>
    parameter.type === 'boolean'
      ? say(how, value === 1 ? 'value.yes' : 'value.no')
      : renderAmount(value, parameter.scale, parameter.unit, how)
  const from = renderDate(epoch.from, how)
  if (epoch.value !== null) return plain(say(how, 'plain.parameter', { label, value: amount(epoch.value), from }), [], epoch.citation)
  const rows = epoch.rows.map(({ keys, value }) => {
    const words = keys.map((key, index) => keyText(key, catalogue.facts.get(parameter.keys[index] ?? ''), how))
    return plain(say(how, 'plain.row', { keys: words.join(how.language === 'ar' ? '، ' : ', '), value: amount(value) }))
  })
  return plain(say(how, 'plain.parameter.table', { label, from }), rows, epoch.citation)
}

/** The value of a fact that is a parameter without keys, on a day. */
export function parameterAmount({ facts }: Catalogue, fact: string, day: number, how: Voice): string | undefined {
  const definition = facts.get(fact)?.definition
  if (definition?.kind !== 'parameter') return undefined
  const value = epochAt(definition.parameter, day)?.value
  return typeof value === 'number' ? amountText(definition.parameter, value, how) : undefined
}

const amountText = ({ type, scale, unit }: Parameter, value: number, how: Voice): string =>
  type === 'boolean' ? say(how, value === 1 ? 'value.yes' : 'value.no') : renderAmount(value, scale, unit, how, 'genitive')

function keyText(key: TableKey, fact: CatalogueFact | undefined, how: Voice): string {
  if (typeof key === 'string') return fact?.codeLabels?.[key]?.[how.language] ?? key
  return renderAmount(key, 0, fact?.unit ?? null, how)
}
