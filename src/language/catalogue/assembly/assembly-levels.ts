/** The functions of an assembly, level by level: a fact is computed after those it is made of, all facts of one registry in one pass. */
import type { Catalogue, CatalogueFact, Relation } from '../catalogue.ts'
import { levelsOf } from '../sql/levels.ts'
import { relationRegistry } from '../sql/relatives-sql.ts'
import * as exact from './exact.ts'
import { type FactWriting, isDerived } from './fact-source.ts'
import { firstValues, type FirstValues } from './first-values.ts'
import { derivedPass, isAggregate, registryPass, relativesPass } from './pass-source.ts'
import { type Reads, readsOf } from './reads.ts'
import type { Constants } from './source.ts'

export interface AssemblyRequest {
  /** Facts to compute, closed under inputs; null for the whole catalogue. */
  readonly wanted: ReadonlySet<string> | null
  /** Registries that are loaded and not past their grace; what comes from others is unknown. */
  readonly usable: ReadonlySet<string>
  /** A day on which the parameters have the values that hold. */
  readonly asOfDay: number
}

/** Levels of the members' facts, of what is read of relatives elsewhere, and of the household's facts; passes name `functions` by position. */
export interface AssemblyLevels {
  readonly reads: Reads
  readonly persons: readonly Level[]
  readonly relatives: readonly Level[]
  readonly households: readonly Level[]
  readonly functions: readonly Generated[]
}

export function assemblyLevels(catalogue: Catalogue, { wanted, usable, asOfDay }: AssemblyRequest): AssemblyLevels {
  const reads = readsOf(catalogue, wanted)
  const isWanted = (fact: CatalogueFact): boolean => wanted === null || wanted.has(fact.id)
  const compiling: Compiling = { writing: { catalogue, asOfDay }, reads, usable, constants: [], sources: [] }
  const persons = levelsOf(catalogue, 'person', isWanted).map((facts) => levelOf(facts, compiling))
  const relatives = levelsOf(catalogue, 'person', (fact) => reads.ofRelatives.has(fact.id)).map((facts) => levelOf(facts, compiling))
  const households = levelsOf(catalogue, 'household', isWanted).map((facts) => levelOf(facts, compiling))
  return { reads, persons, relatives, households, functions: link(compiling) }
}

/** What the functions of one assembly are generated from. */
interface Compiling {
  readonly writing: FactWriting
  readonly reads: Reads
  readonly usable: ReadonlySet<string>
  readonly constants: Constants
  /** Text of each generated function. */
  readonly sources: string[]
}

export type Generated = (...args: readonly unknown[]) => void

/** One level of facts: what stands in membership and answers, passes over registries and relatives, then facts of facts; functions by position. */
export interface Level {
  readonly first: FirstValues
  readonly registries: readonly { readonly at: number; readonly population: string; readonly pass: number; readonly dwelling: boolean }[]
  readonly relatives: readonly { readonly relation: Relation; readonly within: 'household' | 'anywhere'; readonly pass: number }[]
  readonly derived: readonly number[]
}

/** Facts in one generated function: larger ones are left unoptimised by the engine. */
const FACTS_PER_FUNCTION = 12

function levelOf(facts: readonly CatalogueFact[], compiling: Compiling): Level {
  const { writing, reads, usable, constants, sources } = compiling
  const generate = (source: string): number => sources.push(source) - 1
  const registries = reads.registries.flatMap((read, at) => {
    if (!usable.has(read.registry.id)) return []
    const own = facts.filter(
      ({ definition: d }) =>
        (d.kind === 'column' ? d.registry : d.kind === 'aggregate' && d.over.kind === 'registry' ? d.over.registry : null) ===
        read.registry,
    )
    const dwelling = own.filter(({ definition: d }) => d.kind === 'column' && d.of === 'dwelling')
    return [own.filter((fact) => !dwelling.includes(fact)), dwelling].flatMap((group, index) =>
      group.length === 0
        ? []
        : [
            {
              at,
              population: read.registry.population,
              pass: generate(registryPass(read, group, writing, constants)),
              dwelling: index === 1,
            },
          ],
    )
  })
  const groups = new Map<string, Level['relatives'][number] & { readonly facts: CatalogueFact[] }>()
  for (const fact of facts) {
    const { definition: d } = fact
    if (d.kind !== 'aggregate' || d.over.kind !== 'relatives') continue
    const { relation, within } = d.over
    const foundBy = relationRegistry(relation)
    if (foundBy !== null && !usable.has(foundBy)) continue
    const key = `${relation} ${within}`
    const group = groups.get(key) ?? { relation, within, pass: -1, facts: [] }
    group.facts.push(fact)
    groups.set(key, group)
  }
  return {
    first: firstValues(facts, writing.catalogue),
    registries,
    relatives: [...groups.values()].map((group) => ({
      ...group,
      pass: generate(relativesPass(group.facts.filter(isAggregate), writing, constants)),
    })),
    derived: chunks(facts.filter(isDerived), FACTS_PER_FUNCTION).map((some) => generate(derivedPass(some, writing, constants))),
  }
}

// INVARIANT: the sources are made of fixed words, positions and numbers; no name or text that anybody wrote reaches them.
function link({ sources, constants }: Compiling): readonly Generated[] {
  const names = Object.keys(exact)
  const text = `"use strict";return [${sources.join(',\n')}]`
  // oxlint-disable-next-line typescript/no-implied-eval -- compiling is the point
  return new Function('K', ...names, text)(constants, ...Object.values(exact)) as Generated[]
}

/** Whether a registry of this population speaks of the person. */
export const isCovered = (population: string, isJordanian: number): boolean =>
  population === 'everyone' || isJordanian === (population === 'jordanians' ? 1 : 0)

/** Whether the person may have relatives of this kind that no registry lists. */
export function isOpen(relation: Relation, isJordanian: number, parentsListed: () => boolean): boolean {
  if (relation === 'members' || relation === 'otherMembers') return false
  if (relation === 'parents' || relation === 'siblings') return !parentsListed()
  return isJordanian !== 1
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size))
}
