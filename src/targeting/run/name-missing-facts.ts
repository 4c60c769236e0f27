/** Looks up, in the parts of the snapshot, which facts the units lack whose selection hangs on missing ones. */
import { TRUE } from '../../kernel/truth.ts'
import type { JudgedNation } from './judged-nation.ts'
import type { MissingAsked } from './missing-facts.ts'
import type { ProgrammeList } from './select.ts'
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
  const askedOf = (units: Uint32Array, programme: number, first: number): Asked => {
    const list = lists[programme] as ProgrammeList
    const truth = nation.programmes[programme]?.truth
    return {
      programme,
      units,
      households: units.map((unit) => (rows[list.household[unit] as number] as number) - first),
      members: units.map((unit) =>
        list.person ? (list.person[unit] as number) - (firstMember[list.household[unit] as number] as number) : 0,
      ),
      undetermined: Uint8Array.from(units, (unit) => (truth?.[(list.person ?? list.household)[unit] as number] === TRUE ? 0 : 1)),
    }
  }
  lists.forEach((list, programme) => {
    const flagged = Array.from(list.household.keys()).filter((unit) => list.dependsOnMissing[unit] === 1)
    flagged.sort((a, b) => (list.household[a] as number) - (list.household[b] as number))
    let from = 0
    parts.forEach(({ firstHousehold: first, households }, part) => {
      let to = from
      const rowOf = (index: number): number => rows[list.household[flagged[index] as number] as number] as number
      while (to < flagged.length && rowOf(to) < first + households) to++
      if (to > from) asked[part]?.push(askedOf(Uint32Array.from(flagged.slice(from, to)), programme, first))
      from = to
    })
  })
  const wanted = asked.flatMap((some, part) => (some.length > 0 ? [{ part, some }] : []))
  const answers = await threads.perform(
    wanted.map(({ part, some }) => ({ kind: 'missing' as const, bundle, part, asked: some })),
    () => undefined,
  )
  const missing = lists.map(() => new Map<number, readonly string[]>())
  wanted.forEach(({ some }, task) =>
    some.forEach(({ units, programme }, index) => {
      const { sets, setOf } = answers[task]?.[index] ?? { sets: [], setOf: new Uint32Array(0) }
      units.forEach((unit, place) => missing[programme]?.set(unit, sets[setOf[place] as number] ?? []))
    }),
  )
  return lists.map((list, programme) => ({ ...list, missingFacts: missing[programme] as ReadonlyMap<number, readonly string[]> }))
}

/** Person row of each household's first member. */
function firstMembers(persons: Uint32Array): Uint32Array {
  const first = new Uint32Array(persons.length)
  let next = 0
  persons.forEach((count, household) => {
    first[household] = next
    next += count
  })
  return first
}
