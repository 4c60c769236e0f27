/** The threads of a laboratory that measure, beside those that decide. */
import { openPool, type WorkerPool } from '../jobs/worker-pool.ts'
import { BASES_KEPT, type BasisTold, type MeasureAnswers, type MeasureTask, type MeasuringBasis, type TermsShown } from './measure-tasks.ts'

export interface MeasuringThreads {
  readonly perform: WorkerPool<MeasureTask, MeasureAnswers, BasisTold | TermsShown>['perform']
  /** The number by which tasks name it; whoever asks names one basis by one and the same object. */
  readonly numberOf: (basis: MeasuringBasis) => Promise<number>
  /** What terms are tried over until others are shown. */
  readonly showTerms: (tried: TermsShown['tried']) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openMeasuringThreads(count: number, signal: AbortSignal): Promise<MeasuringThreads> {
  const script = new URL('./measure-thread', import.meta.url)
  const pool = await openPool<MeasureTask, MeasureAnswers, BasisTold | TermsShown>({ script, count, start: null }, signal)
  // The threads forget the oldest as soon as this does.
  const told: { readonly basis: MeasuringBasis; readonly number: number }[] = []
  let next = 0
  return {
    perform: pool.perform,
    async numberOf(basis) {
      const known = told.find((one) => one.basis === basis)
      if (known) return known.number
      const number = next++
      told.push({ basis, number })
      if (told.length > BASES_KEPT) told.shift()
      await pool.tell({ kind: 'basis', number, basis })
      return number
    },
    showTerms: (tried) => pool.tell({ kind: 'terms', tried }),
    close: pool.close,
  }
}
