/**
 * Bulk assembly: the statements of one household's assembly as loops over columns, one fact pass after another over all rows
 * (ADR 16). What is read of a relative anywhere is computed once, however many relatives ask.
 */
import type { FactSpace } from '../../fact-space.ts'
import type { Catalogue, CatalogueFact } from '../catalogue.ts'
import { type AssemblyLevels, type AssemblyRequest, assemblyLevels, hasAnswered, isCovered, type Level } from './assembly-levels.ts'
import type { ChunkRows, KinRows, PersonRows, ValueColumns } from './chunk.ts'
import { firstHouseholdColumns, firstPersonColumns } from './first-columns.ts'
import { manyHouseholds } from './many-households.ts'
import type { Reads } from './reads.ts'
import type { RegistryRows } from './rows.ts'

export interface ChunkAssembly {
  readonly reads: Reads
  /** Slots of person facts that are read of relatives anywhere. */
  readonly elsewhereSlots: readonly number[]
  /** Facts of persons as somebody's relatives, into columns of `elsewhereSlots` that begin at the first of them. */
  readonly elsewhere: (rows: PersonRows, into: ValueColumns) => void
  /** Facts of all households and members, into columns of every fact that is computed; relatives' facts come from `elsewhere`. */
  readonly households: (
    rows: ChunkRows,
    elsewhere: ValueColumns,
    into: { readonly household: ValueColumns; readonly person: ValueColumns },
  ) => void
}

/** Lists of columns as generated code takes them apart. */
interface Columns {
  readonly lo: readonly unknown[]
  readonly hi: readonly unknown[]
}

/** What the functions of many-households.ts read; each names the fields that it needs. */
interface Frame {
  readonly asOf: number
  /** What is computed, the members, relatives anywhere. */
  readonly W: Columns
  readonly M: Columns
  readonly Y: Columns
  /** A registry's columns and ranges. */
  readonly C: RegistryRows['columns']
  readonly R: RegistryRows['ranges']
  /** Ranges of the registry whose rows say who answered. */
  readonly A: RegistryRows['ranges']
  /** By member: 1 for a Jordanian; 1 where both parents are listed; the household. */
  readonly J: ChunkRows['isJordanian']
  readonly Q: ChunkRows['parentsListed']
  readonly O: Int32Array
  /** By household: the first member; the head, -1 without one; 1 where all members are covered. */
  readonly F: ChunkRows['firstMember']
  readonly E: Int32Array
  readonly G: Uint8Array
  /** Relatives of one kind by member. */
  readonly D: KinRows['ranges']
  readonly P: KinRows['relatives']
}

const NO_COLUMNS: Columns = { lo: [], hi: [] }
/** No place of it is less than the next. */
const NOBODY: RegistryRows['ranges'] = new Int32Array(0)
const NO_ROWS = new Int32Array(0)
const NO_FLAGS = new Uint8Array(0)

/**
 * Always all fields in this order: the engine compiles a function for frames of one shape, and for one of another it throws the
 * compiled code away. With frames that had only the fields in use, each of a thread's first parts came to compiling them again.
 */
function frameOf(asOf: number, W: Columns, known: Partial<Frame>): Frame {
  const { M = NO_COLUMNS, Y = NO_COLUMNS, C = [], R = NOBODY, A = NOBODY, J = NO_ROWS, Q = NO_ROWS, O = NO_ROWS } = known
  const { F = NO_ROWS, E = NO_ROWS, G = NO_FLAGS, D = NO_ROWS, P = NO_ROWS } = known
  return { asOf, W, M, Y, C, R, A, J, Q, O, F, E, G, D, P }
}

const withFields = (frame: Frame, fields: Partial<Frame>): Frame => frameOf(frame.asOf, frame.W, { ...frame, ...fields })

/** Households that are worked on together, so that the columns of one block stay in the second cache. */
const BLOCK_HOUSEHOLDS = 512

export function compileChunk(catalogue: Catalogue, request: AssemblyRequest): ChunkAssembly {
  const levels = assemblyLevels(catalogue, request, manyHouseholds)
  const elsewhereSlots = [...levels.reads.ofRelatives].flatMap((id) => catalogue.person.slot(id) ?? [])
  return {
    reads: levels.reads,
    elsewhereSlots,
    elsewhere(rows, into) {
      clear(into, rows.persons)
      const first = { ...rows, isHead: () => false, relationship: () => 'relative', declared: null }
      firstPersonColumns(factsOf(levels.relatives), catalogue, first, into)
      const frame = frameOf(rows.asOf, listsOf(into), { J: rows.isJordanian })
      const steps = levels.relatives.flatMap((level) => [...registrySteps(level, rows.registries, frame), ...derivedSteps(level, frame)])
      // Read by their kin's facts alone, as in the assembly of one household: codes outside a list are settled where facts end.
      run(levels, steps, 0, rows.persons)
    },
    households(rows, elsewhere, into) {
      const { households, firstMember } = rows
      const members = Number(firstMember[households])
      const lists = { M: listsOf(into.person), F: firstMember }
      clear(into.person, members)
      clear(into.household, households)
      const firstOfPersons = { ...rows, persons: members, isHead: (p: number) => rows.isHead[p] === 1, declared: rows.declaredPerson }
      firstPersonColumns(factsOf(levels.persons), catalogue, firstOfPersons, into.person)
      const memberFrame = frameOf(rows.asOf, lists.M, {
        ...lists,
        Y: listsOf(elsewhere),
        J: rows.isJordanian,
        Q: rows.parentsListed,
        O: householdsOf(rows, members),
      })
      const memberSteps = stepsOfMembers(levels, rows, memberFrame)
      for (let b = 0; b < households; b += BLOCK_HOUSEHOLDS)
        run(levels, memberSteps, Number(firstMember[b]), Number(firstMember[Math.min(households, b + BLOCK_HOUSEHOLDS)]))
      const head = headsOf(rows)
      const firstOfHouseholds = { ...rows, head, members: into.person, declared: rows.declaredHousehold }
      firstHouseholdColumns(factsOf(levels.households), catalogue, firstOfHouseholds, into.household)
      const householdSteps = stepsOfHouseholds(levels, rows, frameOf(rows.asOf, listsOf(into.household), { ...lists, E: head }))
      for (let b = 0; b < households; b += BLOCK_HOUSEHOLDS) run(levels, householdSteps, b, Math.min(households, b + BLOCK_HOUSEHOLDS))
      settle(catalogue.person, into.person, members)
      settle(catalogue.household, into.household, households)
    },
  }
}

/** A generated function with what it reads. */
interface Step {
  readonly pass: number
  readonly frame: Frame
}

const factsOf = (levels: readonly Level[]): CatalogueFact[] => levels.flatMap(({ facts }) => facts)

/** Runs the steps over rows `from` to `to` (exclusive). */
function run({ functions }: AssemblyLevels, steps: readonly Step[], from: number, to: number): void {
  for (const { pass, frame } of steps) functions[pass]?.(frame, from, to)
}

function stepsOfMembers(levels: AssemblyLevels, rows: ChunkRows, frame: Frame): Step[] {
  return levels.persons.flatMap((level) => [
    ...registrySteps(level, rows.registries, frame),
    ...level.relatives.map(({ relation, within, pass }) => {
      const kin = (within === 'anywhere' ? rows.anywhere : rows.within).get(relation)
      return { pass, frame: kin ? withFields(frame, { D: kin.ranges, P: kin.relatives }) : frame }
    }),
    ...derivedSteps(level, frame),
  ])
}

function stepsOfHouseholds(levels: AssemblyLevels, rows: ChunkRows, frame: Frame): Step[] {
  return levels.households.flatMap((level) => [
    ...level.registries.map(({ at, population, answers, pass }) => ({
      pass,
      frame: withFields(frame, { ...registryFields(rows.registries[at]), G: coveredOf(rows, population, answers) }),
    })),
    ...level.relatives.map(({ pass }) => ({ pass, frame })),
    ...derivedSteps(level, frame),
  ])
}

const registrySteps = (level: Level, registries: readonly RegistryRows[], frame: Frame): Step[] =>
  level.registries.map(({ at, answers, pass }) => ({
    pass,
    frame: withFields(frame, { ...registryFields(registries[at]), A: registries[answers]?.ranges ?? NOBODY }),
  }))

const derivedSteps = ({ derived }: Level, frame: Frame): Step[] => derived.map((pass) => ({ pass, frame }))

const registryFields = (registry: RegistryRows | undefined): Partial<Frame> => (registry ? { C: registry.columns, R: registry.ranges } : {})

const listsOf = (columns: ValueColumns): Columns => ({ lo: columns.map((column) => column?.lo), hi: columns.map((column) => column?.hi) })

function headsOf({ households, firstMember, isHead }: ChunkRows): Int32Array {
  const heads = new Int32Array(households).fill(-1)
  for (let h = 0; h < households; h++)
    for (let p = Number(firstMember[h + 1]) - 1; p >= Number(firstMember[h]); p--) if (isHead[p] === 1) heads[h] = p
  return heads
}

function householdsOf({ households, firstMember }: ChunkRows, members: number): Int32Array {
  const owner = new Int32Array(members)
  for (let h = 0; h < households; h++) owner.fill(h, Number(firstMember[h]), Number(firstMember[h + 1]))
  return owner
}

const covered = new WeakMap<ChunkRows, Map<string, Uint8Array>>()

/** By household: 1 where a registry of this population speaks of every member, each of whom answered if it asks; worked out once for all registries of it. */
function coveredOf(rows: ChunkRows, population: string, answers: number): Uint8Array {
  const known = covered.get(rows) ?? new Map<string, Uint8Array>()
  covered.set(rows, known)
  const key = `${population} ${answers}`
  const before = known.get(key)
  if (before) return before
  const all = new Uint8Array(rows.households).fill(1)
  for (let h = 0; h < rows.households; h++)
    for (let p = Number(rows.firstMember[h]); p < Number(rows.firstMember[h + 1]); p++)
      if (!isCovered(population, Number(rows.isJordanian[p])) || !hasAnswered(rows.registries, answers, p)) all[h] = 0
  known.set(key, all)
  return all
}

function clear(columns: ValueColumns, rows: number): void {
  for (const column of columns) {
    column?.lo.fill(NaN, 0, rows)
    if (column && column.hi !== column.lo) column.hi.fill(NaN, 0, rows)
  }
}

/** A code outside its list is unknown to everybody else, as in the assembly of one household. */
export function settle({ types }: FactSpace, columns: ValueColumns, rows: number): void {
  for (const [slot, { codes }] of types.entries()) {
    const lo = columns[slot]?.lo
    if (codes === null || !lo) continue
    for (let row = 0; row < rows; row++) if ((lo[row] as number) >= codes.length) lo[row] = NaN
  }
}
