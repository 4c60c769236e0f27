/** Checks how one fact is computed: exactly one kind of definition, whose yield is what the fact states. */
import { at } from '../../kernel/diagnostic.ts'
import { checkAggregate } from './aggregate.ts'
import type { CatalogueFact, FactDefinition } from './catalogue.ts'
import { AS_OF, conditionOver, type DefinitionContext, emptyValue, readsOf, yields } from './definition-context.ts'
import { isObject, quote } from './diagnostics.ts'
import { checkExpression, type ExpressionName, type ExpressionScope } from './expression.ts'
import type { FactHeader } from './fact-header.ts'
import { sameUnit } from './unit.ts'

const MOST_CHOICES = 50
const KINDS = ['attribute', 'aggregate', 'declared', 'firstKnown', 'greatestKnown', 'derived', 'holds', 'parameter', 'computed'] as const

/** Checks how a fact is computed; the type of what the definition yields must be the type that the fact states. */
export function checkDefinition(header: FactHeader, context: DefinitionContext): FactDefinition | undefined {
  const { out } = context
  const json = header.json['definition']
  const pointer = at(header.pointer, 'definition')
  const keys = isObject(json) ? Object.keys(json) : []
  const kind = KINDS.find((name) => name === keys[0])
  if (!isObject(json) || keys.length !== 1 || !kind) {
    return out.error('definition-kind', pointer, `a definition is of exactly one kind, this has ${quote(keys)}`, {
      expected: KINDS.join(', '),
    })
  }
  const value = json[kind]
  const here = at(pointer, kind)
  switch (kind) {
    case 'attribute':
      return checkAttribute(value, header, here, context)
    case 'aggregate':
      return checkAggregate(value, header, here, context)
    case 'declared': {
      const path = isObject(value) ? value['path'] : undefined
      if (typeof path === 'string' && path.startsWith('/')) return { kind: 'declared', path }
      return out.error('declared-path', at(here, 'path'), `${quote(path)} is not a JSON Pointer into the intake form`, {
        expected: '"/dwelling/rooms"',
      })
    }
    case 'firstKnown':
    case 'greatestKnown': {
      if (!Array.isArray(value) || value.length < 2 || value.length > MOST_CHOICES)
        return out.error('operands', here, `${kind} takes a list of 2 to ${MOST_CHOICES} facts`)
      if (kind === 'greatestKnown' && header.type === 'category')
        return out.error('definition-type', here, 'categories have no order', { hint: 'use firstKnown' })
      const facts = value.map((id: unknown, index) => inputFact(id, header, at(here, index), context, 'same'))
      return facts.every((fact) => fact !== undefined) ? { kind, facts: facts.map((fact) => fact.id) } : undefined
    }
    case 'derived': {
      const expression = checkExpression(value, here, factScope(header, context), out)
      return expression && yields(header, expression, here, out) ? { kind: 'derived', value: expression } : undefined
    }
    case 'holds': {
      if (header.type !== 'boolean') return out.error('definition-type', here, `holds yields a boolean, ${header.id} is ${header.type}`)
      const condition = conditionOver(value, here, context.spaces[header.entity], context)
      return condition && readsOf(condition, context) ? { kind: 'holds', condition } : undefined
    }
    case 'parameter': {
      const parameter = typeof value === 'string' ? context.parameters.get(value) : undefined
      if (!parameter)
        return out.error('unknown-parameter', here, `${quote(value)} is not a parameter`, {
          expected: [...context.parameters.keys()].join(', '),
        })
      if (parameter.keys.length > 0)
        return out.error('parameter-is-table', here, `${parameter.id} is a table`, { hint: 'use derived with lookUp' })
      if (parameter.type !== header.type || parameter.scale !== header.scale || !sameUnit(parameter.unit, header.unit)) {
        return out.error(
          'definition-type',
          here,
          `${parameter.id} is ${parameter.type} of scale ${parameter.scale} in ${parameter.unit}, ${header.id} is not`,
        )
      }
      return { kind: 'parameter', parameter }
    }
    case 'computed': {
      if (value === 'welfareScore' || value === 'welfareRank' || value === 'welfarePercentile') return { kind: 'computed', what: value }
      if (isObject(value) && typeof value['programmeStatus'] === 'string')
        return { kind: 'programmeStatus', programme: value['programmeStatus'] }
      return out.error('unknown-computed', here, `${quote(value)} is not computed by the service`, {
        expected: 'welfareScore, welfareRank, welfarePercentile, {"programmeStatus": "<programme>"}',
      })
    }
  }
}

function checkAttribute(value: unknown, header: FactHeader, pointer: string, context: DefinitionContext): FactDefinition | undefined {
  const { out } = context
  if (!isObject(value))
    return out.error('attribute-shape', pointer, `${quote(value)} is not an attribute`, {
      expected: '{"registry", "column"} or {"of": "head", "fact"}',
    })
  const { of, registry: registryId, column } = value
  if (of === 'head') {
    const fact = inputFact(value['fact'], header, at(pointer, 'fact'), context, 'person')
    return fact ? { kind: 'head', fact: fact.id } : undefined
  }
  if (of === 'person' && (column === 'isJordanian' || column === 'isHead' || column === 'relationship')) return { kind: 'identity', column }
  if (of === 'household' && (column === 'memberCount' || column === 'basis')) return { kind: 'household', column }
  if (of !== undefined && of !== 'dwelling') {
    return out.error('attribute-of', at(pointer, 'of'), `${quote(of)} with ${quote(column)} has no such attribute`, {
      expected: 'person, head, household or dwelling',
    })
  }
  const registry = typeof registryId === 'string' ? context.registries.get(registryId) : undefined
  if (!registry) return out.error('unknown-registry', at(pointer, 'registry'), `${quote(registryId)} is not a registry`)
  const found = registry.columns.find((c) => c.name === column)
  if (!found)
    return out.error('unknown-column', at(pointer, 'column'), `${registry.id} has no column ${quote(column)}`, {
      expected: registry.columns.map((c) => c.name).join(', '),
    })
  if (registry.rowsPerPerson !== 'one')
    return out.error('many-rows', at(pointer, 'registry'), `${registry.id} has many rows a person`, { hint: 'use an aggregate' })
  if (of === 'dwelling' && !registry.dwelling)
    return out.error('not-a-dwelling', at(pointer, 'registry'), `${registry.id} is not a registry of dwellings`)
  if ((header.entity === 'household') !== (of === 'dwelling')) {
    return out.error('attribute-entity', pointer, 'a registry speaks of a person', {
      hint: 'a household takes {"of": "head", "fact": ...}, an aggregate over members, or {"of": "dwelling"}',
    })
  }
  if (found.type !== header.type || found.scale > header.scale || !sameUnit(found.unit, header.unit)) {
    return out.error(
      'definition-type',
      at(pointer, 'column'),
      `${column as string} is ${found.type} in ${found.unit}, ${header.id} is ${header.type} in ${header.unit}`,
    )
  }
  if (found.type === 'category') {
    const stray = found.codes?.filter((code) => !header.codes?.includes(code)) ?? []
    if (stray.length > 0)
      out.error('codes-differ', at(pointer, 'column'), `${header.id} lacks the codes ${stray.join(', ')} of ${column as string}`)
  }
  const empty = emptyValue(value['empty'], header, at(pointer, 'empty'), out)
  return { kind: 'column', registry, column: found.name, of: of === 'dwelling' ? 'dwelling' : 'self', empty }
}

/** Resolves a fact that another is made of and checks that their types agree. */
function inputFact(
  id: unknown,
  header: FactHeader,
  pointer: string,
  context: DefinitionContext,
  entity: 'same' | 'person',
): CatalogueFact | undefined {
  const fact = typeof id === 'string' ? context.fact(id) : undefined
  if (!fact) return context.out.error('unknown-fact', pointer, `${quote(id)} is not a usable fact`)
  if (fact.entity !== (entity === 'same' ? header.entity : entity))
    return context.out.error('fact-entity', pointer, `${fact.id} is a ${fact.entity} fact`)
  const sameCodes = fact.codes === null || fact.codes.every((code) => header.codes?.includes(code))
  if (fact.type !== header.type || fact.scale !== header.scale || !sameUnit(fact.unit, header.unit) || !sameCodes) {
    return context.out.error(
      'definition-type',
      pointer,
      `${fact.id} is ${fact.type}(${fact.scale}) in ${fact.unit}, ${header.id} is ${header.type}(${header.scale}) in ${header.unit}`,
    )
  }
  context.reads.add(fact.id)
  return fact
}

/** Facts of one entity (and `asOf`) as names of an expression. */
export function factScope(header: FactHeader, context: DefinitionContext): ExpressionScope {
  return {
    name(id): ExpressionName | undefined {
      if (id === 'asOf') return AS_OF
      const fact = context.fact(id)
      if (!fact || fact.entity !== header.entity) return undefined
      context.reads.add(id)
      const { type, scale, unit, nonNegative, bounded, codes } = fact
      return { name: id, type, scale, unit, nonNegative, bounded, codes }
    },
    names: () => context.factIds,
    table: (id) => context.parameters.get(id),
    codes: header.codes,
    wantScale: header.scale,
  }
}
