/** The functions of an assembly, level by level: a fact is computed after those it is made of, all facts of one registry in one pass. */
import type { Catalogue, CatalogueFact, Entity, Relation } from '../catalogue.ts'
import { levelsOf } from '../sql/levels.ts'
import { relationRegistry } from '../sql/relatives-sql.ts'
import * as exact from './exact.ts'
import { type DerivedFact, isDerived } from './fact-source.ts'
import { type AggregateFact, isAggregate } from './pass-source.ts'
import type { RegistryRead, RegistryRows } from './rows.ts'
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

export interface PassOptions {
  readonly writing: { readonly catalogue: Catalogue; readonly asOfDay: number }
  readonly constants: Constants
  readonly entity: Entity
}

/** Text of the functions that compute facts: of one household, or of many. */
export interface PassSources {
  readonly registry: (read: RegistryRead, facts: readonly CatalogueFact[], options: PassOptions & { readonly dwelling: boolean }) => string
  readonly relatives: (
    facts: readonly AggregateFact[],
    options: PassOptions & { readonly relation: Relation; readonly within: 'household' | 'anywhere' },
  ) => string
  readonly derived: (facts: readonly DerivedFact[], options: PassOptions) => string
}

/** Levels of the members' facts, of what is read of relatives elsewhere, and of the household's facts; passes name `functions` by position. */
export interface AssemblyLevels {
  readonly reads: Reads
  readonly persons: readonly Level[]
  readonly relatives: readonly Level[]
  readonly households: readonly Level[]
  readonly functions: readonly Generated[]
}

export function assemblyLevels(catalogue: Catalogue, { wanted, usable, asOfDay }: AssemblyRequest, form: PassSources): AssemblyLevels {
  const reads = readsOf(catalogue, wanted)
  const isWanted = (fact: CatalogueFact): boolean => wanted === null || wanted.has(fact.id)
  const compiling: Compiling = { writing: { catalogue, asOfDay }, form, reads, usable, constants: [], sources: [] }
  const levels = (entity: Entity, isOne: (fact: CatalogueFact) => boolean): Level[] =>
    levelsOf(catalogue, entity, isOne).map((facts) => levelOf(facts, entity, compiling))
  const persons = levels('person', isWanted)
  const relatives = levels('person', (fact) => reads.ofRelatives.has(fact.id))
  const households = levels('household', isWanted)
  return { reads, persons, relatives, households, functions: link(compiling) }
}

/** What the functions of one assembly are generated from. */
interface Compiling {
  readonly writing: PassOptions['writing']
  readonly form: PassSources
  readonly reads: Reads
  readonly usable: ReadonlySet<string>
  readonly constants: Constants
  /** Text of each generated function. */
  readonly sources: string[]
}

export type Generated = (...args: readonly unknown[]) => void

/** One level of facts: passes over registries and relatives, then facts of facts; functions by position. What stands in membership and answers comes before them. */
export interface Level {
  readonly facts: readonly CatalogueFact[]
  readonly registries: readonly {
    readonly at: number
    readonly population: string
    /** Where the registry stands whose rows say who answered; -1 where nobody is asked. */
    readonly answers: number
    readonly pass: number
    readonly dwelling: boolean
  }[]
  readonly relatives: readonly { readonly relation: Relation; readonly within: 'household' | 'anywhere'; readonly pass: number }[]
  readonly derived: readonly number[]
}

/** Facts in one generated function: larger ones are left unoptimised by the engine. */
const FACTS_PER_FUNCTION = 12

function levelOf(facts: readonly CatalogueFact[], entity: Entity, compiling: Compiling): Level {
  const { writing, form, reads, usable, constants, sources } = compiling
  const options = { writing, constants, entity }
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
              answers:
                read.registry.answeredBy === undefined
                  ? -1
                  : reads.registries.findIndex(({ registry: { id } }) => id === read.registry.answeredBy),
              pass: generate(form.registry(read, group, { ...options, dwelling: index === 1 })),
              dwelling: index === 1,
            },
          ],
    )
  })
  const groups = new Map<string, Omit<Level['relatives'][number], 'pass'> & { readonly facts: CatalogueFact[] }>()
  for (const fact of facts) {
    const { definition: d } = fact
    if (d.kind !== 'aggregate' || d.over.kind !== 'relatives') continue
    const { relation, within } = d.over
    const foundBy = relationRegistry(relation)
    if (foundBy !== null && !usable.has(foundBy)) continue
    const key = `${relation} ${within}`
    const group = groups.get(key) ?? { relation, within, facts: [] }
    group.facts.push(fact)
    groups.set(key, group)
  }
  return {
    facts,
    registries,
    relatives: [...groups.values()].flatMap(({ relation, within, facts: own }) =>
      chunks(own.filter(isAggregate), FACTS_PER_FUNCTION).map((some) => ({
        relation,
        within,
        pass: generate(form.relatives(some, { ...options, relation, within })),
      })),
    ),
    derived: chunks(facts.filter(isDerived), FACTS_PER_FUNCTION).map((some) => generate(form.derived(some, options))),
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

/** Whether the person at this place was asked and answered, where a registry asks. */
export function hasAnswered(registries: readonly RegistryRows[], answers: number, p: number): boolean {
  if (answers < 0) return true
  const ranges = registries[answers]?.ranges
  return ranges !== undefined && (ranges[2 * p] as number) < (ranges[2 * p + 1] as number)
}

/** Whether the person may have relatives of this kind that no registry lists. */
export function isOpen(relation: Relation, isJordanian: number, parentsListed: () => boolean): boolean {
  if (relation === 'members' || relation === 'otherMembers') return false
  if (relation === 'parents' || relation === 'siblings') return !parentsListed()
  return isJordanian !== 1
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size))
}
