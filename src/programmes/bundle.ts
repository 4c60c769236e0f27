/** Everything that decides, checked and compiled: what a determination runs. */
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { Evaluate } from '../language/condition/compile.ts'
import type { Definitions } from '../language/condition/definition.ts'
import type { Formula } from '../language/formula/formula.ts'
import type { ScoreFunction } from '../language/formula/compile.ts'
import type { Programme } from '../language/programme/check.ts'
import type { Rule } from '../language/rule/check.ts'
import type { SecondOpinion } from '../language/rule/second-opinion.ts'
import type { VersionRef } from './version.ts'

export interface CompiledFormula {
  readonly ref: VersionRef
  readonly formula: Formula
  readonly score: ScoreFunction
}

export interface CompiledProgramme {
  readonly id: string
  readonly ref: VersionRef
  readonly programme: Programme
  readonly ruleRef: VersionRef
  readonly rule: Rule
  readonly evaluate: Evaluate
  readonly formula: CompiledFormula | null
}

/** Programmes that one run of the second engine judges together: the same unit and the same score. */
export interface OpinionGroup {
  readonly unit: 'household' | 'person'
  readonly formula: CompiledFormula | null
  readonly programmes: readonly string[]
  readonly ask: SecondOpinion
}

export interface Bundle {
  /** Hash of the set of versions. */
  readonly hash: string
  readonly versions: readonly VersionRef[]
  readonly catalogue: Catalogue
  readonly definitions: Definitions
  /** In an order in which a programme follows those whose status its rule reads. */
  readonly programmes: readonly CompiledProgramme[]
  readonly formulas: readonly CompiledFormula[]
  readonly opinions: readonly OpinionGroup[]
}

export const programmeOf = (bundle: Bundle, id: string): CompiledProgramme | undefined =>
  bundle.programmes.find((compiled) => compiled.id === id)
