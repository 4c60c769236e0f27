/** Looks up, in the parts of the snapshot, which facts the units lack whose selection hangs on missing ones. */
import { TRUE } from '../../kernel/truth.ts'
import type { JudgedNation } from './judged-nation.ts'
import type { MissingAsked, MissingFacts } from './missing-facts.ts'
import type { MissingByUnit, ProgrammeList } from './select.ts'
import type { NationPart } from './tasks.ts'
import type { ThreadPool } from './thread-pool.ts'

/** How the nation's rows stand in the parts. */
export interface PartsOfNation {
  readonly parts: readonly NationPart[]
  /** Hash of the set of versions that judged it. */
  readonly bundle: string
  /** Row among the households of all parts, by row of the nation; ascending. */
  readonly rows: Uint32Array
}

interface Asked extends MissingAsked {
  readonly units: Uint32Array
}

/** The same lists, with the missing facts of their flagged units. Only parts that hold such a unit are looked into. */
export async function nameMissingFacts(
  threads: ThreadPool,
  { parts, bundle, rows }: PartsOfNation,
  nation: JudgedNation,
  lists: readonly ProgrammeList[],
): Promise<ProgrammeList[]> {
  const firstMember = firstMembers(nation.persons)
  const asked = parts.map((): Asked[] => [])
  lists.forEach((list, programme) => {
    const flagged = flaggedUnits(list.dependsOnMissing)
    let from = 0
    // INVARIANT: the units of a list, and of the parts, stand in the order of their households.
    parts.forEach(({ firstHousehold: first, households }, part) => {
      let to = from
      while (to < flagged.length && (rows[list.household[flagged[to] as number] as number] as number) < first + households) to++
      if (to > from) asked[part]?.push(askedOf(flagged.slice(from, to), { list, programme, nation, rows, first, firstMember }))
      from = to
    })
  })
  const wanted = asked.flatMap((some, part) => (some.length > 0 ? [{ part, some }] : []))
  const answers = await threads.perform(
    wanted.map(({ part, some }) => ({ kind: 'missing' as const, bundle, part, asked: some })),
    () => undefined,
  )
  const missing = lists.map(({ household }) => new MissingOfUnits(household.length))
  wanted.forEach(({ some }, task) =>
    some.forEach(({ units, programme }, index) => {
      const answer = answers[task]?.[index]
      if (answer) missing[programme]?.add(units, answer)
    }),
  )
  return lists.map((list, programme) => ({ ...list, missingFacts: missing[programme] as MissingOfUnits }))
}

interface AskedAbout {
  readonly list: ProgrammeList
  readonly programme: number
  readonly nation: JudgedNation
  readonly rows: Uint32Array
  /** Of the part. */
  readonly first: number
  readonly firstMember: Uint32Array
}

function askedOf(units: Uint32Array, { list, programme, nation, rows, first, firstMember }: AskedAbout): Asked {
  const { household, person } = list
  const truth = nation.programmes[programme]?.truth
  const asked = { units, programme, households: units.slice(), members: units.slice(), undetermined: new Uint8Array(units.length) }
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number
    const home = household[unit] as number
    const row = person ? (person[unit] as number) : home
    asked.households[i] = (rows[home] as number) - first
    asked.members[i] = person ? row - (firstMember[home] as number) : 0
    asked.undetermined[i] = truth?.[row] === TRUE ? 0 : 1
  }
  return asked
}

/** Sets of fact ids by unit of a list: numbers of sets in a column, since a map of them would be an entry for each unit. */
class MissingOfUnits implements MissingByUnit {
  readonly #sets: (readonly string[])[] = []
  /** Place behind that of the set; 0 for a unit of which nobody asked. */
  readonly #setOf: Uint32Array

  constructor(units: number) {
    this.#setOf = new Uint32Array(units)
  }

  get(unit: number): readonly string[] | undefined {
    return this.#sets[(this.#setOf[unit] as number) - 1]
  }

  add(units: Uint32Array, { sets, setOf }: MissingFacts): void {
    const before = this.#sets.length
    for (const set of sets) this.#sets.push(set)
    for (let i = 0; i < units.length; i++) this.#setOf[units[i] as number] = before + (setOf[i] as number) + 1
  }
}

/** Person row of each household's first member. */
function firstMembers(persons: Uint32Array): Uint32Array {
  const first = new Uint32Array(persons.length)
  let next = 0
  for (let household = 0; household < persons.length; household++) {
    first[household] = next
    next += persons[household] as number
  }
  return first
}

/** Those with a 1, ascending: of millions a plain loop, since the service's thread walks over them. */
function flaggedUnits(flags: Uint8Array): Uint32Array {
  const units = new Uint32Array(flags.length + 1)
  let count = 0
  for (let unit = 0; unit < flags.length; unit++) {
    units[count] = unit
    count += flags[unit] as number
  }
  return units.subarray(0, count)
}
