/** The same rules for json-rules-engine: their JSON as written, one engine for the household, one for each member. */
import { Engine } from 'json-rules-engine'
import type { TopLevelCondition } from 'json-rules-engine'
import type { Definitions } from '../../../src/language/condition/definition.ts'

/** Programmes of which the facts are true. */
export type EnginePeer = (facts: Readonly<Record<string, unknown>>) => Promise<ReadonlySet<string>>

export function enginePeer(rules: ReadonlyMap<string, unknown>, definitions: Definitions): EnginePeer {
  const engine = new Engine([], { replaceFactsInEventParams: false })
  for (const { id, conditions } of definitions.values()) engine.setCondition(id, asTop(conditions))
  for (const [type, conditions] of rules) engine.addRule({ conditions: asTop(conditions), event: { type } })
  return async (facts) => {
    const { events } = await engine.run(facts)
    return new Set(events.map(({ type }) => type))
  }
}

/** Our shared definitions may be a single leaf; the engine wants a group on top. */
const asTop = (conditions: unknown): TopLevelCondition =>
  (Object.hasOwn(conditions as object, 'fact') ? { all: [conditions] } : conditions) as TopLevelCondition
