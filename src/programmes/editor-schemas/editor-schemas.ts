/** JSON Schemas of policy files for editors: the shapes that the checks use, with the facts, codes and definitions of a set of versions. */
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'
import { DefinitionSchema } from '../../language/condition/definition.ts'
import { FormulaSchema } from '../../language/formula/schema.ts'
import { CasesSchema } from '../../language/programme/cases.ts'
import { ProgrammeSchema } from '../../language/programme/schema.ts'
import { RuleSchema } from '../../language/rule/schema.ts'
import { CONDITION_TITLE } from '../../language/schema-parts.ts'
import type { Bundle } from '../bundle.ts'
import { conditionDefs, told, valueSchema } from './condition-schema.ts'
import type { JsonSchema } from './condition-schema.ts'

export const editedKinds = ['rule', 'programme', 'definition', 'formula', 'cases'] as const
export type EditedKind = (typeof editedKinds)[number]

const shapes: Readonly<Record<EditedKind, object>> = {
  rule: RuleSchema,
  programme: ProgrammeSchema,
  definition: DefinitionSchema,
  formula: FormulaSchema,
  cases: CasesSchema,
}

/** A JSON Schema (draft 2020-12, read by editors for draft-07 too). The check says more: it knows periods, scales, protection and meaning. */
export function editorSchema({ catalogue, definitions }: Pick<Bundle, 'catalogue' | 'definitions'>, kind: EditedKind): JsonSchema {
  const facts = [...catalogue.facts.values()]
  const household = facts.filter(({ entity }) => entity === 'household')
  const spoken = kind === 'formula' ? household : facts
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Mizan ${kind}`,
    ...forEditors(shapes[kind], { household, person: facts.filter(({ entity }) => entity === 'person') }),
    $defs: conditionDefs(spoken, [...definitions.values()]),
  }
}

interface FactsByEntity {
  readonly household: readonly CatalogueFact[]
  readonly person: readonly CatalogueFact[]
}

/** The schema with conditions, fact names and facts of cases put in. */
function forEditors(schema: unknown, facts: FactsByEntity, key = ''): JsonSchema {
  const { title, type, properties, const: only } = schema as JsonSchema
  if (title === CONDITION_TITLE) return { $ref: '#/$defs/condition' }
  if (type === 'string' && only === undefined && (key === 'fact' || key === 'by')) return { $ref: '#/$defs/fact' }
  if (type === 'object' && properties === undefined && key === 'facts') return factsSchema([...facts.household, ...facts.person])
  if (type === 'object' && properties === undefined && key === 'person') return factsSchema(facts.person)
  return Object.fromEntries(Object.entries(schema as object).map(([name, value]) => [name, within(name, value, facts)]))
}

function within(name: string, value: unknown, facts: FactsByEntity): unknown {
  if (name === 'format' && value === 'identifier') return undefined
  if (name === 'properties')
    return Object.fromEntries(Object.entries(value as object).map(([key, of]) => [key, forEditors(of, facts, key)]))
  if (Array.isArray(value)) return value.map((one) => (isSchema(one) ? forEditors(one, facts) : one))
  return isSchema(value) ? forEditors(value, facts) : value
}

const isSchema = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Values, bounds or null by fact. */
function factsSchema(facts: readonly CatalogueFact[]): JsonSchema {
  const known = (fact: CatalogueFact): JsonSchema => {
    const one = valueSchema(fact)
    const decimal = fact.type === 'decimal' ? [{ type: 'string', pattern: '^-?[0-9]+([.][0-9]+)?$' }] : []
    const bounds = { type: 'object', properties: { atLeast: one, atMost: one }, minProperties: 1, additionalProperties: false }
    const hasBounds = fact.type !== 'boolean' && fact.type !== 'category'
    return {
      description: told(fact),
      ...(fact.deprecated === null ? {} : { deprecated: true }),
      anyOf: [one, ...decimal, ...(hasBounds ? [bounds] : []), { type: 'null' }],
    }
  }
  return { type: 'object', properties: Object.fromEntries(facts.map((fact) => [fact.id, known(fact)])), additionalProperties: false }
}
