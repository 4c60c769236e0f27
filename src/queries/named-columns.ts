/** Every `registry.column` that a definition names, wherever: read before anything is told of any of them. */
import { at } from '../kernel/diagnostic.ts'
import type { QueryDefinition } from './definition-schema.ts'

export interface NamedColumn {
  readonly id: string
  readonly pointer: string
}

/** Columns with the places of their names. Parameters and aggregates have no dot in their names, columns have. */
export function namedColumns(definition: QueryDefinition): NamedColumn[] {
  const list = (key: 'columns' | 'groupBy'): NamedColumn[] =>
    (definition[key] ?? []).map((id, index) => ({ id, pointer: `/${key}/${index}` }))
  const named = [
    ...list('columns'),
    ...list('groupBy'),
    ...(definition.aggregates ?? []).flatMap(({ of }, index) => (of === undefined ? [] : [{ id: of, pointer: `/aggregates/${index}/of` }])),
    ...(definition.order ?? []).flatMap(({ by }, index) => (isColumn(by) ? [{ id: by, pointer: `/order/${index}/by` }] : [])),
    ...(definition.parameters ?? []).flatMap((parameter, index) =>
      'of' in parameter ? [{ id: parameter.of, pointer: `/parameters/${index}/of` }] : [],
    ),
  ]
  factsNamed(definition.where, '/where', named)
  return named
}

export const isColumn = (name: string): boolean => name.includes('.')

/** Whatever stands at a key `fact`, however deep and however malformed the rest. */
function factsNamed(json: unknown, pointer: string, named: NamedColumn[]): void {
  if (typeof json !== 'object' || json === null) return
  for (const [key, value] of Object.entries(json)) {
    const place = at(pointer, key)
    if (key === 'fact' && typeof value === 'string') {
      if (isColumn(value)) named.push({ id: value, pointer: place })
    } else factsNamed(value, place, named)
  }
}
