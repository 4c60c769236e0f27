/** json-rules-engine on a rule's JSON exactly as written, for complete data: isKnown registered, definitions as named conditions. */
import { Engine } from 'json-rules-engine'
import type { TopLevelCondition } from 'json-rules-engine'
import { formatDecimal } from '../../src/kernel/decimal.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import type { Definitions } from '../../src/language/condition/definition.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'

export type RawRule = (facts: Readonly<Record<string, unknown>>) => Promise<boolean>

export function rawRule(conditions: unknown, definitions: Definitions): RawRule {
  const engine = new Engine([{ conditions: conditions as TopLevelCondition, event: { type: 'eligible' } }])
  engine.addOperator<unknown, boolean>('isKnown', (value, wanted) => (value !== undefined && value !== null) === wanted)
  for (const { id, conditions: shared } of definitions.values()) engine.setCondition(id, shared as TopLevelCondition)
  return async (facts) => {
    const { events } = await engine.run(facts)
    return events.length > 0
  }
}

/** Facts as plain JSON values: decimals as numbers, dates as ISO texts, which compare as texts in the right order. */
export function plainFacts(space: FactSpace, values: FactValues): Record<string, unknown> {
  return Object.fromEntries(
    space.types.map((type, slot) => {
      const value = values.lo[slot] as number
      if (type.type === 'boolean') return [type.id, value === 1]
      if (type.type === 'category') return [type.id, type.codes?.[value]]
      return [type.id, type.type === 'date' ? isoOfDay(value) : Number(formatDecimal(value, type.scale))]
    }),
  )
}
