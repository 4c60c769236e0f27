/** A query whose every name has become a constant object: what SQL is written from. */
import type { Condition } from '../language/condition/condition.ts'
import type { FactType } from '../language/fact-space.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import type { AggregateFunction } from './definition-schema.ts'
import type { QueryColumn } from './granted-columns.ts'

export type QueryParameter =
  | { readonly id: string; readonly kind: 'person' }
  | { readonly id: string; readonly kind: 'value'; readonly type: FactType; readonly like: QueryColumn }

export interface QueryAggregate {
  readonly id: string
  readonly function: AggregateFunction
  /** Null for rows as such. */
  readonly of: QueryColumn | null
}

export interface CheckedCommon {
  /** The base first. */
  readonly registries: readonly RegistryDefinition[]
  readonly where: Condition | null
  /** Of the condition's facts, by slot. */
  readonly facts: readonly (QueryColumn | QueryParameter)[]
  readonly parameters: readonly QueryParameter[]
  readonly limit: number
  /** Ids of all columns that are read, shown or not. */
  readonly reads: readonly string[]
  /** Whether one of them tells where a person lives. */
  readonly readsAddresses: boolean
}

export interface RowsQuery extends CheckedCommon {
  readonly kind: 'rows'
  readonly columns: readonly QueryColumn[]
  readonly order: readonly { readonly by: QueryColumn; readonly descending: boolean }[]
}

export interface AggregatesQuery extends CheckedCommon {
  readonly kind: 'aggregates'
  readonly groupBy: readonly QueryColumn[]
  readonly aggregates: readonly QueryAggregate[]
  /** By the name of a group's column, of an aggregate, or `persons`. */
  readonly order: readonly { readonly by: string; readonly descending: boolean }[]
}

export type CheckedQuery = RowsQuery | AggregatesQuery

export const personParameter = ({ parameters }: CheckedCommon): QueryParameter | undefined =>
  parameters.find(({ kind }) => kind === 'person')
