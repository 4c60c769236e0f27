/** What the thread of a sample is started with, asked, and answers. */
import type { NumberedText } from '../../programmes/compile-bundle.ts'
import type { SampleMeasures } from './measure-sample.ts'
import type { OnSample } from './on-sample.ts'
import type { StoredRows } from './open-sample.ts'

export interface SampleStart {
  readonly stored: StoredRows
  /** The baseline's versions. */
  readonly texts: readonly NumberedText[]
  /** Day number. */
  readonly asOf: number
}

/** In this order: the rows are read, the baseline decides about them, and then each scenario. */
export type SampleTask =
  | { readonly kind: 'read' }
  /** `households`: that all rows together stand for. */
  | { readonly kind: 'baseline'; readonly households: number }
  | { readonly kind: 'scenario'; readonly texts: readonly NumberedText[] }

export interface SampleAnswers {
  /** Rows that the catalogue does not read. */
  readonly read: number
  readonly baseline: Pick<OnSample, 'about' | 'baseline'>
  readonly scenario: SampleMeasures
}
