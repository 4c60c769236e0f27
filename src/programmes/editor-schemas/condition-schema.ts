/** JSON Schema of conditions over one set of facts: completes facts, the operators that each accepts, its codes and the shared definitions. */
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'
import type { Definition } from '../../language/condition/definition.ts'
import type { ValueType } from '../../language/fact-space.ts'
import { operatorNames, operators } from '../../language/operators.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

const text = { type: 'string', minLength: 1 }
export const annotations = {
  name: text,
  because: { type: 'object', properties: { en: text, ar: text }, required: ['en', 'ar'], additionalProperties: false },
  citation: text,
}

const node = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { ...properties, ...annotations },
  required: Object.keys(properties),
  additionalProperties: false,
})

/** `$defs` for a document whose conditions are `{"$ref": "#/$defs/condition"}`. */
export function conditionDefs(facts: readonly CatalogueFact[], definitions: readonly Definition[]): JsonSchema {
  const self = { $ref: '#/$defs/condition' }
  const children = { type: 'array', items: self, minItems: 1 }
  const reference = {
    enum: definitions.map(({ id }) => id),
    enumDescriptions: definitions.map(({ label }) => `${label.en} · ${label.ar}`),
  }
  return {
    fact: named(facts),
    condition: {
      anyOf: [
        ...leafSchemas(facts),
        node({ all: children }),
        node({ any: children }),
        node({ not: self }),
        ...(definitions.length > 0 ? [node({ condition: reference })] : []),
      ],
    },
  }
}

/** Ids with what they mean in both languages, as editors show it. */
const named = (facts: readonly CatalogueFact[]): JsonSchema => ({
  enum: facts.map(({ id }) => id),
  enumDescriptions: facts.map(told),
})

/** A deprecated fact can still be chosen, since rules in force read it, and is told so first. */
export const told = ({ label, unit, deprecated }: CatalogueFact): string => {
  const words = `${label.en} · ${label.ar}${unit === null ? '' : ` (${unit})`}`
  if (deprecated === null) return words
  const { instead } = deprecated
  return `Deprecated${instead === null ? '' : `, use ${instead}`} · متوقف${instead === null ? '' : `، استعمل ${instead}`} — ${words}`
}

/** One comparison for each group of facts with the same values, and one for `isKnown`. */
function leafSchemas(facts: readonly CatalogueFact[]): JsonSchema[] {
  const groups = new Map<string, CatalogueFact[]>()
  for (const fact of facts) {
    const key = JSON.stringify([fact.type, fact.codes, fact.unit])
    groups.set(key, [...(groups.get(key) ?? []), fact])
  }
  const ofGroup = (group: readonly CatalogueFact[]): JsonSchema[] => {
    const [{ type }] = group as [CatalogueFact]
    const one = valueSchema(group[0] as CatalogueFact)
    const accepting = (value: 'literal' | 'list', list: readonly string[] = operatorNames): string[] =>
      list.filter((name) => isAccepting(name, type, value))
    const other = { type: 'object', properties: { fact: named(group) }, required: ['fact'], additionalProperties: false }
    const lists = accepting('list')
    return [
      node({ fact: named(group), operator: { enum: accepting('literal') }, value: { anyOf: [one, other] } }),
      ...(lists.length > 0
        ? [node({ fact: named(group), operator: { enum: lists }, value: { type: 'array', items: one, minItems: 1, maxItems: 500 } })]
        : []),
    ]
  }
  const known = operatorNames.filter((name) => operators[name].value === 'flag')
  return [
    ...[...groups.values()].flatMap(ofGroup),
    node({ fact: { $ref: '#/$defs/fact' }, operator: { enum: known }, value: { type: 'boolean' } }),
  ]
}

const isAccepting = (name: string, type: ValueType, value: string): boolean => {
  const operator = operators[name as keyof typeof operators]
  return operator.value === value && operator.accepts.includes(type)
}

/** What a value of the fact looks like. */
export function valueSchema({ type, codes, codeLabels }: CatalogueFact): JsonSchema {
  switch (type) {
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
      return { type: 'integer' }
    case 'decimal':
      return { type: 'number' }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'category':
      return { enum: codes, enumDescriptions: (codes ?? []).map((code) => `${codeLabels?.[code]?.en} · ${codeLabels?.[code]?.ar}`) }
  }
}
