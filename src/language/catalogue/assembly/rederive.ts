/** Facts computed again from other facts when a parameter has another value: the statements of the assembly, over columns instead of registries. */
import type { FactColumn, FactColumns } from '../../fact-columns.ts'
import type { FactSpace } from '../../fact-space.ts'
import { packColumn } from '../../pack-columns.ts'
import type { Catalogue, CatalogueFact, Entity } from '../catalogue.ts'
import type { Expression } from '../expression.ts'
import { type AssemblyLevels, assemblyLevels, type Level } from './assembly-levels.ts'
import type { ValueColumn, ValueColumns } from './chunk.ts'
import { settle } from './compile-chunk.ts'
import { isDerived } from './fact-source.ts'
import { manyHouseholds } from './many-households.ts'

/** Facts whose values follow from these parameters, directly or through others, in the catalogue's order. */
export function factsFollowing({ facts }: Catalogue, parameters: ReadonlySet<string>): CatalogueFact[] {
  const found = new Set<string>()
  // The order of the map is one in which every fact follows its inputs.
  for (const fact of facts.values())
    if (fact.inputs.some((id) => found.has(id)) || parametersIn(fact).some((id) => parameters.has(id))) found.add(fact.id)
  return [...facts.values()].filter(({ id }) => found.has(id))
}

/** Whether a fact can be computed from the facts of its household alone. */
export function followsFromFacts(fact: CatalogueFact): boolean {
  const { definition: d } = fact
  if (isDerived(fact)) return true
  return (
    d.kind === 'aggregate' &&
    d.over.kind === 'relatives' &&
    d.over.within === 'household' &&
    (d.over.relation === 'members' || d.over.relation === 'otherMembers')
  )
}

/** Parameters that a fact is computed from directly, tables among them. */
export function parametersIn({ definition: d }: CatalogueFact): string[] {
  if (d.kind === 'parameter') return [d.parameter.id]
  if (d.kind === 'derived') return tablesIn(d.value)
  return d.kind === 'aggregate' ? [...d.lets.flatMap(({ value }) => tablesIn(value)), ...(d.of ? tablesIn(d.of) : [])] : []
}

/** Every table that an expression looks something up in. */
function tablesIn(expression: Expression): string[] {
  const own = expression.op === 'lookUp' ? [expression.table.id] : []
  return [...own, ...partsOf(expression).flatMap(tablesIn)]
}

const partsOf = (expression: Expression): Expression[] =>
  Object.entries(expression).flatMap(([key, value]: [string, unknown]) =>
    key === 'table' ? [] : (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isExpression),
  )

const isExpression = (value: unknown): value is Expression => typeof value === 'object' && value !== null && 'op' in value

/** Households with their members side by side. */
export interface HouseholdColumns {
  readonly households: number
  readonly persons: number
  /** First member of each household, and behind them the number of persons. */
  readonly firstMember: Uint32Array
  /** Household by person. */
  readonly householdOf: Uint32Array
  readonly household: FactColumns
  readonly person: FactColumns
}

export type Rederived = Readonly<Record<Entity, readonly (readonly [slot: number, column: FactColumn])[]>>

export interface Rederivation {
  /** Slots of what is read and not computed again. */
  readonly inputs: Readonly<Record<Entity, ReadonlySet<number>>>
  readonly compute: (columns: HouseholdColumns) => Rederived
}

/** INVARIANT: every one of `facts` follows from facts. */
export function compileRederivation(catalogue: Catalogue, facts: readonly CatalogueFact[], asOfDay: number): Rederivation {
  const wanted = new Set(facts.map(({ id }) => id))
  const levels = assemblyLevels(catalogue, { wanted, usable: new Set(), asOfDay }, manyHouseholds)
  const inputs = { household: new Set<number>(), person: new Set<number>() }
  for (const id of facts.flatMap((fact) => fact.inputs)) {
    const entity = catalogue.facts.get(id)?.entity
    const slot = entity === undefined || wanted.has(id) ? undefined : catalogue[entity].slot(id)
    if (entity !== undefined && slot !== undefined) inputs[entity].add(slot)
  }
  return { inputs, compute: (columns) => compute(catalogue, levels, wanted, inputs, asOfDay, columns) }
}

function compute(
  catalogue: Catalogue,
  levels: AssemblyLevels,
  wanted: ReadonlySet<string>,
  inputs: Rederivation['inputs'],
  asOf: number,
  columns: HouseholdColumns,
): Rederived {
  const { households, persons, firstMember, householdOf } = columns
  const values = (space: FactSpace, entity: Entity, rows: number): ValueColumns =>
    space.types.map(({ id }, slot) => {
      if (wanted.has(id)) return emptyColumn(catalogue.facts.get(id)?.bounded === true, rows)
      return inputs[entity].has(slot) ? plain(columns[entity][slot], rows) : undefined
    })
  const own = {
    household: values(catalogue.household, 'household', households),
    person: values(catalogue.person, 'person', persons),
  }
  const members = listsOf(own.person)
  const frame = { asOf, M: members, F: firstMember, O: householdOf }
  for (const level of levels.persons) run(levels, level, { ...frame, W: members }, persons)
  for (const level of levels.households) run(levels, level, { ...frame, W: listsOf(own.household) }, households)
  settle(catalogue.person, own.person, persons)
  settle(catalogue.household, own.household, households)
  const packed = (space: FactSpace, entity: Entity, rows: number): Rederived[Entity] =>
    space.types.flatMap(({ id }, slot) => {
      const column = own[entity][slot]
      return wanted.has(id) && column ? [[slot, packColumn(column, rows)] as const] : []
    })
  return { household: packed(catalogue.household, 'household', households), person: packed(catalogue.person, 'person', persons) }
}

function run({ functions }: AssemblyLevels, { relatives, derived }: Level, frame: object, rows: number): void {
  for (const pass of [...relatives.map((one) => one.pass), ...derived]) functions[pass]?.(frame, 0, rows)
}

const listsOf = (columns: ValueColumns): object => ({ lo: columns.map((column) => column?.lo), hi: columns.map((column) => column?.hi) })

function emptyColumn(isBounded: boolean, rows: number): ValueColumn {
  const lo = new Float64Array(rows).fill(NaN)
  return { lo, hi: isBounded ? new Float64Array(rows).fill(NaN) : lo }
}

/** Values with NaN at an end that is open; a column that was not loaded is open at both. */
function plain(column: FactColumn | undefined, rows: number): ValueColumn {
  if (!column) return emptyColumn(false, rows)
  const lo = plainEnd(column.lo, column.loKnown, rows)
  return { lo, hi: column.hi === column.lo ? lo : plainEnd(column.hi, column.hiKnown, rows) }
}

function plainEnd(values: FactColumn['lo'], known: Uint8Array | null, rows: number): Float64Array {
  const end = Float64Array.from(values.subarray(0, rows))
  if (known) for (let row = 0; row < rows; row++) if ((((known[row >> 3] as number) >> (row & 7)) & 1) === 0) end[row] = NaN
  return end
}
