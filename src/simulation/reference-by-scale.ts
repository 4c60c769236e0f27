/** The reference welfare of a snapshot by a scale of equivalence. */
import { extendResident, type ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import type { Baseline } from './baseline.ts'
import type { EquivalenceScale } from './equivalence-scale.ts'
import { equivalised } from './equivalised-welfare.ts'
import type { Reference } from './measuring-basis.ts'

/** A snapshot in memory, with what is kept beside it. */
export interface Scalable {
  readonly threads: ThreadPool
  resident: ResidentNation
  /** Per person. */
  readonly reference: Reference | null
  /** By the last scale that was asked for: whoever compares policies asks by one. */
  equivalised?: { readonly key: string; readonly reference: Reference }
}

/** Brings the ages into memory, which nothing else measures by. */
export async function referenceByScale(bench: Scalable, { assembledBy }: Baseline, scale: EquivalenceScale): Promise<Reference | null> {
  const { reference, threads } = bench
  if (!reference) return null
  const key = JSON.stringify(scale)
  if (bench.equivalised?.key === key) return bench.equivalised.reference
  const ageSlot = assembledBy.catalogue.person.slot('age') ?? -1
  const wanted = { household: new Set<number>(), person: new Set(scale.kind === 'byAge' && ageSlot >= 0 ? [ageSlot] : []) }
  bench.resident = await extendResident(threads, bench.resident, wanted)
  bench.equivalised = { key, reference: equivalised(reference, bench.resident, { scale, ageSlot }) }
  return bench.equivalised.reference
}
