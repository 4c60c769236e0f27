/** What may be counted and summed, and by what: groups are of closed lists, and no row is counted once for each row of another registry. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { RegistryColumn } from '../warehouse/registry-definition.ts'
import type { AggregatesQuery, CheckedCommon, QueryAggregate } from './checked-query.ts'
import type { AggregateFunction, QueryDefinition } from './definition-schema.ts'
import type { QueryColumn } from './granted-columns.ts'
import { fault, repeats } from './query-diagnostics.ts'

type ColumnType = RegistryColumn['type']

const GROUPS: readonly ColumnType[] = ['category', 'boolean']
const NUMBERS: readonly ColumnType[] = ['integer', 'decimal']
const OF: Readonly<Record<AggregateFunction, readonly ColumnType[]>> = {
  count: ['integer', 'decimal', 'boolean', 'date', 'category', 'text'],
  countDistinct: ['integer', 'decimal', 'boolean', 'date', 'category', 'text'],
  sum: NUMBERS,
  mean: NUMBERS,
  min: [...NUMBERS, 'date'],
  max: [...NUMBERS, 'date'],
}
/** Rows that are there several times change these, and not the others. */
const COUNTING: readonly AggregateFunction[] = ['count', 'sum', 'mean']

export const PERSONS = 'persons'

export function checkAggregates(
  definition: QueryDefinition,
  common: CheckedCommon,
  columns: ReadonlyMap<string, QueryColumn>,
  faults: Diagnostic[],
): AggregatesQuery {
  const { aggregates = [], groupBy = [], order = [] } = definition
  faults.push(...repeats(groupBy, 'groupBy'))
  faults.push(
    ...repeats(
      aggregates.map(({ id }) => id),
      'aggregates',
    ),
  )
  const groups = groupBy.map((id) => columns.get(id) as QueryColumn)
  groups.forEach(({ column }, index) => {
    if (!GROUPS.includes(column.type)) faults.push(fault('query-column-type', ['groupBy', index], GROUPS.join(', ')))
  })
  const checked = aggregates.map((aggregate, index): QueryAggregate => {
    const of = aggregate.of === undefined ? null : (columns.get(aggregate.of) as QueryColumn)
    if (aggregate.id === PERSONS) faults.push(fault('query-repeats', ['aggregates', index, 'id'], 'persons are always counted'))
    faults.push(...aggregateFaults({ ...aggregate, of }, index, common))
    return { id: aggregate.id, function: aggregate.function, of }
  })
  const known = new Set([...groupBy, ...aggregates.map(({ id }) => id), PERSONS])
  order.forEach(({ by }, index) => {
    if (!known.has(by)) faults.push(fault('query-order-unknown', ['order', index, 'by'], [...known].join(', ')))
  })
  return {
    ...common,
    kind: 'aggregates',
    groupBy: groups,
    aggregates: checked,
    order: order.map(({ by, direction }) => ({ by, descending: direction === 'descending' })),
  }
}

function aggregateFaults({ function: name, of }: QueryAggregate, index: number, { registries }: CheckedCommon): Diagnostic[] {
  if (of === null) {
    if (name !== 'count') return [fault('query-aggregate-of', ['aggregates', index], 'of: a column')]
  } else if (!OF[name].includes(of.column.type)) return [fault('query-column-type', ['aggregates', index, 'of'], OF[name].join(', '))]
  const counted = of?.registry ?? registries[0]
  const multiplying = registries.filter((registry) => registry.rowsPerPerson === 'many' && registry.id !== counted?.id)
  if (!COUNTING.includes(name) || multiplying.length === 0) return []
  return [fault('query-rows-multiply', ['aggregates', index], `a query of its own, without ${multiplying.map(({ id }) => id).join(', ')}`)]
}
