/** What a laboratory is opened with, and how it tells how far it is. */
import type { BaselineDeps } from './baseline.ts'

export interface LaboratorySettings {
  readonly dataDirectory: string
  readonly threads: number
}

export type LaboratoryDeps = BaselineDeps & { readonly settings: LaboratorySettings }

export interface Told {
  readonly onProgress: (stage: SimulationStage, done: number, total: number) => void
  readonly signal: AbortSignal
}

export type SimulationStage = 'open' | 'baseline' | 'scenario' | 'measure' | 'sensitivity'
