/** Checks what a definition means: each name resolved to a granted column, the condition by the language's own check, every fault at once. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { problem } from '../kernel/problem.ts'
import { columnType } from '../language/catalogue/registry-shape.ts'
import { checkCondition } from '../language/condition/check.ts'
import type { Condition } from '../language/condition/condition.ts'
import { factSpace } from '../language/fact-space.ts'
import type { FactType } from '../language/fact-space.ts'
import { registryShape } from '../warehouse/registry-shape.ts'
import { checkAggregates } from './check-aggregates.ts'
import type { CheckedCommon, CheckedQuery, QueryParameter } from './checked-query.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { assertGranted, type Granted, type QueryColumn } from './granted-columns.ts'
import { namedColumns } from './named-columns.ts'
import { fault, repeats } from './query-diagnostics.ts'
import { textFaults, withoutNumbers } from './text-faults.ts'

export interface QueryLimits {
  readonly rowsDefault: number
  readonly rowsMax: number
}

/** Throws `query-not-granted` for any name that is not granted, then `query-refused` with everything else that is wrong. */
export function checkQuery(definition: QueryDefinition, granted: Granted, limits: QueryLimits): CheckedQuery {
  assertGranted(definition, granted)
  const faults: Diagnostic[] = [...textFaults(definition)]
  const common = checkCommon(definition, granted, limits, faults)
  const query = checkForm(definition, common, granted, faults)
  if (!query || faults.length > 0) throw problem('query-refused', { errors: faults.map(withoutNumbers) })
  return query
}

function checkForm(definition: QueryDefinition, common: CheckedCommon, granted: Granted, faults: Diagnostic[]): CheckedQuery | null {
  const { columns, aggregates, groupBy } = definition
  const asksRows = columns !== undefined
  const asksAggregates = aggregates !== undefined || groupBy !== undefined
  if (asksRows === asksAggregates) {
    faults.push(fault('query-shape', [], 'columns, or aggregates with or without groupBy'))
    return null
  }
  if (!asksRows) return checkAggregates(definition, common, granted.columns, faults)
  faults.push(...repeats(columns, 'columns'))
  const order = (definition.order ?? []).flatMap(({ by, direction }, index) => {
    const column = granted.columns.get(by)
    if (!column) faults.push(fault('query-order-unknown', ['order', index, 'by'], 'a column of a chosen registry'))
    return column ? [{ by: column, descending: direction === 'descending' }] : []
  })
  return { ...common, kind: 'rows', columns: columns.map((id) => granted.columns.get(id) as QueryColumn), order }
}

function checkCommon(definition: QueryDefinition, granted: Granted, limits: QueryLimits, faults: Diagnostic[]): CheckedCommon {
  const { registries, limit = Math.min(limits.rowsDefault, limits.rowsMax) } = definition
  faults.push(...repeats(registries, 'registries'))
  for (const { id, pointer } of namedColumns(definition)) {
    if (!registries.includes(granted.columns.get(id)?.registry.id ?? ''))
      faults.push({ ...fault('query-registry-not-chosen', [], registries.join(', ')), pointer })
  }
  if (limit > limits.rowsMax) faults.push(fault('query-limit', ['limit'], `at most ${limits.rowsMax}`))
  const parameters = checkParameters(definition, granted, faults)
  const { where, facts } = checkWhere(definition, granted, parameters, faults)
  const reads = [...new Set(namedColumns(definition).map(({ id }) => id))]
  return {
    registries: registries.map((id) => granted.registries.get(id) as CheckedCommon['registries'][number]),
    where,
    facts,
    parameters,
    limit,
    reads,
    readsAddresses: reads.some((id) => granted.columns.get(id)?.column.address === true),
  }
}

function checkParameters({ parameters = [] }: QueryDefinition, { columns }: Granted, faults: Diagnostic[]): QueryParameter[] {
  faults.push(
    ...repeats(
      parameters.map(({ id }) => id),
      'parameters',
    ),
  )
  const numbers = parameters.flatMap((parameter, index) => ('type' in parameter ? [index] : []))
  for (const index of numbers.slice(1)) faults.push(fault('query-parameter-several', ['parameters', index]))
  return parameters.flatMap((parameter, index): QueryParameter[] => {
    if ('type' in parameter) return [{ id: parameter.id, kind: 'person' }]
    const like = columns.get(parameter.of) as QueryColumn
    const type = typeOf(like)
    if (!type) faults.push(fault('query-column-type', ['parameters', index, 'of'], 'a column that conditions can read'))
    return type ? [{ id: parameter.id, kind: 'value', type: { ...type, id: parameter.id }, like }] : []
  })
}

/** The condition's facts are the chosen registries' columns and the parameters of values, each typed by a definition. */
function checkWhere(
  { where: json, registries }: QueryDefinition,
  { columns }: Granted,
  parameters: readonly QueryParameter[],
  faults: Diagnostic[],
): { where: Condition | null; facts: (QueryColumn | QueryParameter)[] } {
  const facts: (QueryColumn | QueryParameter)[] = []
  const types: FactType[] = []
  for (const column of columns.values()) {
    const type = registries.includes(column.registry.id) ? typeOf(column) : null
    if (type) {
      facts.push(column)
      types.push({ ...type, id: column.id })
    }
  }
  for (const parameter of parameters) {
    if (parameter.kind === 'person') continue
    facts.push(parameter)
    types.push(parameter.type)
  }
  const checked =
    json === undefined
      ? { diagnostics: [] }
      : checkCondition(json, '/where', { space: factSpace('the query', types), definitions: new Map(), allowFactValue: true })
  faults.push(...checked.diagnostics.filter(({ severity }) => severity === 'error'))
  const where = checked.condition ?? null
  const used = new Set(where?.leaves.flatMap(({ slot, operand }) => (operand.kind === 'fact' ? [slot, operand.slot] : [slot])))
  parameters.forEach(({ id, kind }, index) => {
    const slot = facts.findIndex((fact) => 'kind' in fact && fact.id === id)
    if (kind === 'value' && (json === undefined || where) && !used.has(slot))
      faults.push(fault('query-parameter-unused', ['parameters', index]))
  })
  return { where, facts }
}

/** Null for free text and references to persons, which no condition reads. */
function typeOf({ registry, column }: QueryColumn): FactType | null {
  const shape = registryShape(registry).columns.find(({ name }) => name === column.name)
  return shape ? columnType(shape) : null
}
