/** The observed distribution of one fact as a principal may know it: told, withheld, or why there is none. */
import type { ReadRights } from '../../access/grants/read-rights.ts'
import type { Principal } from '../../access/principal.ts'
import { canonicalJson } from '../../kernel/canonical.ts'
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Distributions, Observed } from './distributions.ts'
import { isHeld } from './distributions.ts'
import { type ToldCell, type ToldDistribution, toldDistribution } from './told-distribution.ts'
import { maySeeDistribution } from './who-may-see.ts'

type SourceThen = Pick<Observed['sources'][number], 'registry' | 'state' | 'asOf'>

export interface FactDistribution {
  readonly state: 'told' | 'withheld' | 'not-held' | 'no-snapshot' | 'counting'
  readonly run: string | null
  readonly asOf: string | null
  readonly snapshot: string | null
  readonly sources: readonly SourceThen[]
  readonly told: (ToldDistribution & { readonly unit: CatalogueFact['entity']; readonly flaggedStale: ToldCell }) | null
  /** Of the snapshot; null where nothing is told. */
  readonly bytesPerHousehold: number | null
}

export interface DistributionViewing {
  readonly distributions: Distributions
  readonly rights: (entity: string) => Promise<ReadRights>
}

/** Longer than it takes to count a fact of households; one of eleven million persons is asked for again. */
const WAIT_MS = 5_000
const NONE = { run: null, asOf: null, snapshot: null, sources: [], told: null, bytesPerHousehold: null }

export async function observedDistribution(
  { distributions, rights }: DistributionViewing,
  { catalogue }: Pick<Bundle, 'catalogue'>,
  id: string,
  principal: Principal,
): Promise<FactDistribution> {
  const own = await rights(principal.entity)
  if (!maySeeDistribution(catalogue, id, own, principal)) return { ...NONE, state: 'withheld' }
  const observed = await distributions.observed()
  if (!observed) return { ...NONE, state: 'no-snapshot' }
  const { run, snapshot, bundle } = observed
  // What was counted is the snapshot's fact, which may have been protected, or come from other columns.
  if (bundle.catalogue.facts.has(id) && !maySeeDistribution(bundle.catalogue, id, own, principal)) return { ...NONE, state: 'withheld' }
  const about = { ...NONE, run: run.id, asOf: run.asOf, snapshot: snapshot.hash, sources: sourcesThen(observed, id) }
  const fact = bundle.catalogue.facts.get(id)
  if (!fact || !isHeld(bundle, id) || !isSameKind(fact, catalogue.facts.get(id))) return { ...about, state: 'not-held' }
  const tally = (await distributions.tallies(observed, [id], WAIT_MS)).get(id)
  if (!tally) return { ...about, state: 'counting' }
  const told = toldDistribution(fact, tally)
  const isFlagged = about.sources.some(({ state }) => state === 'grace')
  const households = snapshot.manifest.parts.reduce((sum, part) => sum + part.households, 0)
  return {
    ...about,
    state: 'told',
    told: { unit: fact.entity, ...told, flaggedStale: isFlagged ? told.known : { units: 0, share: told.units === 0 ? null : 0 } },
    bytesPerHousehold: households === 0 ? null : Math.round((2 * tally.bytes) / households) / 2,
  }
}

function sourcesThen({ bundle: { catalogue }, sources }: Observed, id: string): SourceThen[] {
  const read = catalogue.facts.has(id) ? catalogue.sourcesOf(id) : []
  return sources.filter(({ registry }) => read.includes(registry)).map(({ registry, state, asOf }) => ({ registry, state, asOf }))
}

/** What was counted under another type, unit or list of codes is another fact of the same name. */
export function isSameKind(one: CatalogueFact, other: CatalogueFact | undefined): boolean {
  const kind = (fact: CatalogueFact | undefined): string =>
    fact ? canonicalJson([fact.entity, fact.type, fact.scale, fact.unit, fact.codes === null ? null : [...fact.codes]]) : ''
  return kind(one) === kind(other)
}
