/** Which facts have other values under other parameters, and the columns that then stand in the place of the snapshot's. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { CatalogueFact } from '../language/catalogue/catalogue.ts'
import { compileRederivation, factsFollowing, followsFromFacts } from '../language/catalogue/assembly/rederive.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { extendResident, type ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'

/** Facts of the snapshot that follow from parameters of which the two sets say different things. */
export function changedFacts(before: Bundle, after: Bundle, held: ReadonlySet<string>): CatalogueFact[] {
  const [was, is] = [before.catalogue.parameters, after.catalogue.parameters]
  const differs = (id: string): boolean => JSON.stringify(was.get(id)?.epochs) !== JSON.stringify(is.get(id)?.epochs)
  const changed = new Set([...was.keys(), ...is.keys()].filter(differs))
  return changed.size === 0 ? [] : factsFollowing(after.catalogue, changed).filter(({ id }) => held.has(id))
}

/** Facts that no other facts tell: for these the registries would have to be read again. */
export const notFromFacts = (facts: readonly CatalogueFact[]): string[] =>
  facts.filter((fact) => !followsFromFacts(fact)).map(({ id }) => id)

export function needsAssembly(facts: readonly string[], pointer: string): Diagnostic {
  return {
    code: 'parameter-read-by-registry',
    pointer,
    message: `${facts.join(', ')} would have to be read from the registries again`,
    expected: 'a parameter that facts of the snapshot are compared with',
    hint: 'Put the parameter in force, run the nation once, and simulate on that run.',
    severity: 'error',
  }
}

/** Computes the facts again in the threads, which from then on read them under these versions. Both know the bundle. */
export async function overlayFacts(
  threads: ThreadPool,
  resident: ResidentNation,
  bundle: Bundle,
  facts: readonly CatalogueFact[],
  asOf: number,
): Promise<ResidentNation> {
  if (facts.length === 0) return resident
  const { inputs } = compileRederivation(bundle.catalogue, facts, asOf)
  const extended = await extendResident(threads, resident, inputs)
  const ids = facts.map(({ id }) => id)
  const parts = await threads.perform(
    extended.parts.map(({ index }) => ({ kind: 'rederive' as const, bundle: bundle.hash, part: index, facts: ids })),
  )
  await threads.tell({ kind: 'overlay', bundle: bundle.hash, parts })
  return extended
}
