/** The checked fact catalogue: facts, how each is computed, parameters, registries. */
import type { FactSpace, FactType, Words } from '../fact-space.ts'
import type { Condition } from '../condition/condition.ts'
import type { Deprecation } from './deprecation.ts'
import type { Expression } from './expression.ts'
import type { Parameter } from './parameter.ts'
import type { RegistryShape } from './registry-shape.ts'

export type Entity = 'household' | 'person'

export const AGGREGATE_FUNCTIONS = ['count', 'countDistinct', 'sum', 'mean', 'max', 'min', 'latest', 'any', 'every', 'longestRun'] as const
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number]

export const RELATIONS = ['members', 'otherMembers', 'spouse', 'parents', 'children', 'siblings'] as const
export type Relation = (typeof RELATIONS)[number]

export interface LetColumn {
  readonly type: FactType
  readonly value: Expression
}

export type AggregateRange =
  | { readonly kind: 'registry'; readonly registry: RegistryShape }
  | { readonly kind: 'relatives'; readonly relation: Relation; readonly within: 'household' | 'anywhere' }

export interface Aggregate {
  readonly kind: 'aggregate'
  readonly function: AggregateFunction
  readonly over: AggregateRange
  /** Names that `where` and `of` may use: the registry's columns and `let` names, or person facts. */
  readonly space: FactSpace
  readonly lets: readonly LetColumn[]
  readonly where: Condition | null
  readonly window: { readonly months: number; readonly date: string } | null
  readonly of: Expression | null
  readonly date: string | null
  /** Value over an empty set where the function has none of its own (scaled integer or code). */
  readonly empty: number | string | null
}

export type FactDefinition =
  | Aggregate
  | {
      readonly kind: 'column'
      readonly registry: RegistryShape
      readonly column: string
      readonly of: 'self' | 'dwelling'
      readonly empty: number | string | null
    }
  | { readonly kind: 'identity'; readonly column: 'isJordanian' | 'isHead' | 'relationship' }
  | { readonly kind: 'household'; readonly column: 'memberCount' | 'basis' }
  | { readonly kind: 'head'; readonly fact: string }
  | { readonly kind: 'declared'; readonly path: string }
  | { readonly kind: 'firstKnown' | 'greatestKnown'; readonly facts: readonly string[] }
  | { readonly kind: 'derived'; readonly value: Expression }
  | { readonly kind: 'holds'; readonly condition: Condition }
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  | { readonly kind: 'computed'; readonly what: 'welfareScore' | 'welfareRank' | 'welfarePercentile' }
  | { readonly kind: 'programmeStatus'; readonly programme: string }

export interface CatalogueFact extends FactType {
  readonly entity: Entity
  readonly description: Words | null
  readonly custodian: string
  readonly correctable: boolean
  readonly illustrative: boolean
  /** Null for a fact that new rules may use. */
  readonly deprecated: Deprecation | null
  readonly definition: FactDefinition
  /** Whether the value can be unknown and still have bounds: then SQL has the columns id__lo and id__hi. */
  readonly bounded: boolean
  readonly nonNegative: boolean
  /** Facts this one is computed from, directly. */
  readonly inputs: readonly string[]
}

/** The closed list of facts, checked: what a rule may speak of, and how each is computed. */
export interface Catalogue {
  readonly hash: string
  readonly facts: ReadonlyMap<string, CatalogueFact>
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly registries: ReadonlyMap<string, RegistryShape>
  readonly household: FactSpace
  readonly person: FactSpace
  /** A person rule's names: the person's facts, then the household's; values are the two arrays one after the other. */
  readonly personWithHousehold: FactSpace
  /** Facts of each entity in an order in which every fact follows its inputs. */
  readonly order: Readonly<Record<Entity, readonly CatalogueFact[]>>
  /** Registries that a fact is computed from, all the way down. */
  readonly sourcesOf: (factId: string) => readonly string[]
  /** Facts without inputs that a fact is computed from, itself if it has none. */
  readonly baseFactsOf: (factId: string) => readonly string[]
}
