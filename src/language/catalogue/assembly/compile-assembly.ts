/**
 * The catalogue compiled to JavaScript: every fact of one household from its registry rows. The same definitions compile
 * to SQL (../sql), which assembles the nation and rows that somebody sends; tests hold the two together.
 */
import { type FactSpace, type FactValues, unknownValues } from '../../fact-space.ts'
import type { Catalogue } from '../catalogue.ts'
import { type AssemblyRequest, assemblyLevels, type Generated, hasAnswered, isCovered, isOpen, type Level } from './assembly-levels.ts'
import { firstValues, type FirstValues } from './first-values.ts'
import { oneHousehold } from './one-household.ts'
import type { Ends, HouseholdRows, RegistryRows } from './rows.ts'

export interface AssembledValues {
  readonly household: FactValues
  /** By member. */
  readonly members: readonly FactValues[]
}

export type Assembly = (rows: HouseholdRows) => AssembledValues

/** Compiles the assembly of one household's facts. */
export function compileAssembly(catalogue: Catalogue, request: AssemblyRequest): Assembly {
  const levels = assemblyLevels(catalogue, request, oneHousehold)
  const { functions } = levels
  const first = (level: Level): FirstLevel => ({ ...level, first: firstValues(level.facts, catalogue) })
  const [persons, relatives, households] = [levels.persons.map(first), levels.relatives.map(first), levels.households.map(first)]
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

/** A level with what stands in membership and answers. */
interface FirstLevel extends Level {
  readonly first: FirstValues
}

interface Values {
  readonly lo: readonly Float64Array[]
  readonly hi: readonly Float64Array[]
}

const newEnds = (space: FactSpace): Ends => ({
  lo: new Float64Array(space.types.length).fill(NaN),
  hi: new Float64Array(space.types.length).fill(NaN),
})

function personLevel(level: FirstLevel, functions: readonly Generated[], rows: HouseholdRows, values: Values, p: number): void {
  const [lo, hi] = [values.lo[p] as Float64Array, values.hi[p] as Float64Array]
  const { asOf, members } = rows
  const person = rows.persons[p] as HouseholdRows['persons'][number]
  level.first.person(person, p < members ? rows.declaredPerson(p) : undefined, { lo, hi })
  for (const { at, population, answers, pass } of level.registries) {
    const { columns, ranges } = rows.registries[at] as RegistryRows
    const covered = isCovered(population, person.isJordanian) && hasAnswered(rows.registries, answers, p)
    functions[pass]?.(columns, ranges, 2 * p, 2 * p + 2, covered, asOf, lo, hi)
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

function householdLevel(level: FirstLevel, functions: readonly Generated[], rows: HouseholdRows, values: Values, { lo, hi }: Ends): void {
  const { asOf, members } = rows
  const persons = rows.persons.slice(0, members)
  const head = persons.findIndex(({ isHead }) => isHead)
  level.first.household({ members, basis: rows.basis, headLo: values.lo[head], headHi: values.hi[head] }, rows.declaredHousehold, {
    lo,
    hi,
  })
  for (const { at, population, answers, pass, dwelling } of level.registries) {
    const { columns, ranges } = rows.registries[at] as RegistryRows
    if (!dwelling)
      functions[pass]?.(
        columns,
        ranges,
        0,
        2 * members,
        persons.every(({ isJordanian }, p) => isCovered(population, isJordanian) && hasAnswered(rows.registries, answers, p)),
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
