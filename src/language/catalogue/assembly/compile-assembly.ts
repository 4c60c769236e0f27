/**
 * The catalogue compiled to JavaScript: every fact of one household from its registry rows. The same definitions compile
 * to SQL (../sql), which assembles the nation and rows that somebody sends; tests hold the two together.
 */
import { type FactSpace, type FactValues, unknownValues } from '../../fact-space.ts'
import type { Catalogue, CatalogueFact, Relation } from '../catalogue.ts'
import { relationRegistry } from '../sql/relatives-sql.ts'
import { levelsOf } from '../sql/levels.ts'
import * as exact from './exact.ts'
import { type FactWriting, isDerived } from './fact-source.ts'
import { firstValues, type FirstValues } from './first-values.ts'
import { derivedPass, isAggregate, registryPass, relativesPass } from './pass-source.ts'
import { type Reads, readsOf } from './reads.ts'
import type { Ends, HouseholdRows, RegistryRows } from './rows.ts'
import type { Constants } from './source.ts'

export interface AssembledValues {
  readonly household: FactValues
  /** By member. */
  readonly members: readonly FactValues[]
}

export type Assembly = (rows: HouseholdRows) => AssembledValues

export interface AssemblyRequest {
  /** Facts to compute, closed under inputs; null for the whole catalogue. */
  readonly wanted: ReadonlySet<string> | null
  /** Registries that are loaded and not past their grace; what comes from others is unknown. */
  readonly usable: ReadonlySet<string>
  /** A day on which the parameters have the values that hold. */
  readonly asOfDay: number
}

/** Compiles the assembly of one household's facts. */
export function compileAssembly(catalogue: Catalogue, { wanted, usable, asOfDay }: AssemblyRequest): Assembly {
  const reads = readsOf(catalogue, wanted)
  const isWanted = (fact: CatalogueFact): boolean => wanted === null || wanted.has(fact.id)
  const compiling: Compiling = { writing: { catalogue, asOfDay }, reads, usable, constants: [], sources: [] }
  const persons = levelsOf(catalogue, 'person', isWanted).map((facts) => levelOf(facts, compiling))
  const relatives = levelsOf(catalogue, 'person', (fact) => reads.ofRelatives.has(fact.id)).map((facts) => levelOf(facts, compiling))
  const households = levelsOf(catalogue, 'household', isWanted).map((facts) => levelOf(facts, compiling))
  const functions = link(compiling)
  return (rows) => {
    const people = rows.persons.map(() => newEnds(catalogue.person))
    const values: Values = { lo: people.map(({ lo }) => lo), hi: people.map(({ hi }) => hi) }
    for (const level of relatives) for (let p = rows.members; p < people.length; p++) personLevel(level, functions, rows, values, p)
    for (const level of persons) for (let p = 0; p < rows.members; p++) personLevel(level, functions, rows, values, p)
    const own = newEnds(catalogue.household)
    for (const level of households) householdLevel(level, functions, rows, values, own)
    return {
      household: settled(catalogue.household, own),
      members: people.slice(0, rows.members).map((ends) => settled(catalogue.person, ends)),
    }
  }
}

interface Compiling {
  readonly writing: FactWriting
  readonly reads: Reads
  readonly usable: ReadonlySet<string>
  readonly constants: Constants
  /** Text of each generated function. */
  readonly sources: string[]
}

type Generated = (...args: readonly unknown[]) => void

/** One level of facts: what stands in membership and answers, passes over registries and relatives, then facts of facts; functions by position. */
interface Level {
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

interface Values {
  readonly lo: readonly Float64Array[]
  readonly hi: readonly Float64Array[]
}

const newEnds = (space: FactSpace): Ends => ({
  lo: new Float64Array(space.types.length).fill(NaN),
  hi: new Float64Array(space.types.length).fill(NaN),
})

function personLevel(level: Level, functions: readonly Generated[], rows: HouseholdRows, values: Values, p: number): void {
  const [lo, hi] = [values.lo[p] as Float64Array, values.hi[p] as Float64Array]
  const { asOf, members } = rows
  const person = rows.persons[p] as HouseholdRows['persons'][number]
  level.first.person(person, p < members ? rows.declaredPerson(p) : undefined, { lo, hi })
  for (const { at, population, pass } of level.registries) {
    const { columns, ranges } = rows.registries[at] as RegistryRows
    functions[pass]?.(columns, ranges, 2 * p, 2 * p + 2, isCovered(population, person.isJordanian), asOf, lo, hi)
  }
  for (const { relation, within, pass } of level.relatives) {
    const positions = within === 'anywhere' ? rows.anywhere(relation, p) : rows.within(relation, p)
    functions[pass]?.(
      positions,
      values.lo,
      values.hi,
      isOpen(relation, person.isJordanian, () => rows.parentsListed(p)),
      asOf,
      lo,
      hi,
    )
  }
  for (const pass of level.derived) functions[pass]?.(lo, hi, asOf)
}

function householdLevel(level: Level, functions: readonly Generated[], rows: HouseholdRows, values: Values, { lo, hi }: Ends): void {
  const { asOf, members } = rows
  const persons = rows.persons.slice(0, members)
  const head = persons.findIndex(({ isHead }) => isHead)
  level.first.household({ members, basis: rows.basis, headLo: values.lo[head], headHi: values.hi[head] }, rows.declaredHousehold, {
    lo,
    hi,
  })
  for (const { at, population, pass, dwelling } of level.registries) {
    const { columns, ranges } = rows.registries[at] as RegistryRows
    if (!dwelling)
      functions[pass]?.(
        columns,
        ranges,
        0,
        2 * members,
        persons.every(({ isJordanian }) => isCovered(population, isJordanian)),
        asOf,
        lo,
        hi,
      )
    else if (head >= 0) functions[pass]?.(columns, ranges, 2 * head, 2 * head + 2, true, asOf, lo, hi)
  }
  const everybody = persons.map((_, p) => p)
  for (const { pass } of level.relatives) functions[pass]?.(everybody, values.lo, values.hi, false, asOf, lo, hi)
  for (const pass of level.derived) functions[pass]?.(lo, hi, asOf)
}

const isCovered = (population: string, isJordanian: number): boolean =>
  population === 'everyone' || isJordanian === (population === 'jordanians' ? 1 : 0)

/** Whether the person may have relatives of this kind that no registry lists. */
function isOpen(relation: Relation, isJordanian: number, parentsListed: () => boolean): boolean {
  if (relation === 'members' || relation === 'otherMembers') return false
  if (relation === 'parents' || relation === 'siblings') return !parentsListed()
  return isJordanian !== 1
}

/** Values as everybody else reads them: open ends are infinite, an unknown flag is 0 to 1, a code outside its list is unknown. */
function settled(space: FactSpace, { lo, hi }: Ends): FactValues {
  const values = unknownValues(space)
  for (const [slot, { codes }] of space.types.entries()) {
    const [a, b] = [lo[slot] as number, hi[slot] as number]
    if (codes !== null && a >= codes.length) continue
    if (a === a) values.lo[slot] = a
    if (b === b) values.hi[slot] = b
  }
  return values
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size))
}
