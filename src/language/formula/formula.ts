/** A checked formula: names resolved to slots, decimals to integers. Points, weights and scores are integer millionths. */
import type { Condition } from '../condition/condition.ts'
import { slotsOf as slotsOfCondition } from '../condition/condition.ts'
import type { FactSpace, Words } from '../fact-space.ts'
import type { FormulaJson, Transform } from './schema.ts'

/** Scores, points and weights have 6 places. */
export const POINT_SCALE = 6
export const MICRO = 1_000_000

export type UnknownPolicy =
  | { readonly kind: 'undetermined' }
  | { readonly kind: 'imputed'; readonly points: number; readonly reason: Words }

interface AnyTerm {
  readonly id: string
  readonly label: Words
  readonly unknown: UnknownPolicy
  /** Lowest and highest points that the term can give. */
  readonly least: number
  readonly most: number
}

export interface LinearTerm extends AnyTerm {
  readonly kind: 'linear'
  readonly slot: number
  readonly scale: number
  readonly weight: number
  readonly transform: Transform
  /** Ends of the clamp at the fact's scale. */
  readonly low: number
  readonly high: number
}

export interface BandsTerm extends AnyTerm {
  readonly kind: 'bands'
  readonly slot: number
  /** Ascending upper limits (exclusive) at the fact's scale; `points` has one more entry than there are limits. */
  readonly limits: readonly number[]
  readonly points: readonly number[]
}

export interface CategoriesTerm extends AnyTerm {
  readonly kind: 'categories'
  readonly slot: number
  /** By index of the code in the category's list. */
  readonly points: readonly number[]
}

export interface ConditionalTerm extends AnyTerm {
  readonly kind: 'conditional'
  readonly condition: Condition
  readonly points: number
  readonly otherwise: number
}

export type Term = LinearTerm | BandsTerm | CategoriesTerm | ConditionalTerm

export interface BandTable {
  readonly kind: 'bands'
  readonly name: string
  readonly label: Words | null
  readonly limits: readonly number[]
  readonly bands: readonly { readonly value: string; readonly label: Words }[]
}

/** A step function: the value of the last row whose score is not above the score; none below the first row. */
export interface LookUpTable {
  readonly kind: 'lookUp'
  readonly name: string
  readonly label: Words | null
  readonly unit: string | null
  readonly scores: readonly number[]
  readonly values: readonly number[]
}

export type ScoreTable = BandTable | LookUpTable

export interface Formula {
  readonly source: FormulaJson
  readonly id: string
  readonly version: number
  readonly illustrative: boolean
  /** Day numbers; the formula holds from the first day to the day before the second. */
  readonly effectiveFrom: number
  readonly effectiveTo: number | null
  readonly label: Words
  readonly predicts: Words
  readonly unit: FormulaJson['unit']
  readonly direction: FormulaJson['direction']
  readonly intercept: number
  readonly terms: readonly Term[]
  readonly tables: readonly ScoreTable[]
  readonly legalBasis: readonly { readonly fact: string; readonly basis: Words }[]
  readonly space: FactSpace
  /** Lowest and highest score that the formula can give. */
  readonly least: number
  readonly most: number
  /** Slots of all facts that the formula reads, ascending, each once. */
  readonly slots: readonly number[]
}

/** Slots that one term reads. */
export const slotsOf = (term: Term): readonly number[] => (term.kind === 'conditional' ? slotsOfCondition(term.condition) : [term.slot])
