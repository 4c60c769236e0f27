/** A random nation twice: as households that the online determination judges, and as the columns that bulk judging reads. */
import type { AssembledHousehold } from '../../../src/households/assembled.ts'
import { setEnrolled, statusSlots } from '../../../src/households/enrolled-status.ts'
import type { Nation } from '../../../src/determinations/bulk/nation.ts'
import type { Catalogue } from '../../../src/language/catalogue/catalogue.ts'
import { columnsOf } from '../../../src/language/fact-columns.ts'
import type { FactSpace, FactValues } from '../../../src/language/fact-space.ts'
import { isKnownAt } from '../../../src/language/fact-space.ts'
import type { Random } from '../../bench/support/random-household.ts'
import { randomHouseholds, seeded, withUnknowns } from '../../bench/support/random-household.ts'

export interface RandomNation {
  readonly nation: Nation
  /** By row; members go by their person rows. */
  readonly households: readonly AssembledHousehold[]
}

/** `count` households: complete ones, ones that lack a few facts or many, ones with bounds, some of no members, and some enrolled in whatever has a status. */
export function randomNation(catalogue: Catalogue, count: number, seed: number): RandomNation {
  const random = seeded(seed)
  let persons = 0
  const households = randomHouseholds(catalogue, count, seed).map((complete, row): AssembledHousehold => {
    const share = [0, 0.02, 0.1, 0.4][row % 4] as number
    const thin = withUnknowns(catalogue, complete, share, random)
    const blur = (space: FactSpace, values: FactValues): FactValues =>
      row % 3 === 0 ? values : withBounds(catalogue, space, values, share, random)
    const members = random() < 0.03 ? [] : thin.members
    const household = blur(catalogue.household, thin.household)
    if (random() < 0.15) setEnrolled(catalogue, household, new Set(statusSlots(catalogue).map(({ programme }) => programme)))
    return {
      ...thin,
      householdRef: row,
      household,
      members: members.map((member) => ({ ...member, personRef: persons++, facts: blur(catalogue.person, member.facts) })),
    }
  })
  return { households, nation: nationOf(catalogue, households) }
}

export function nationOf(catalogue: Catalogue, households: readonly AssembledHousehold[]): Nation {
  const firstMember = new Uint32Array(households.length + 1)
  households.forEach(({ members }, row) => (firstMember[row + 1] = (firstMember[row] as number) + members.length))
  return {
    households: columnsOf(
      catalogue.household,
      households.map(({ household }) => household),
    ),
    persons: columnsOf(
      catalogue.person,
      households.flatMap(({ members }) => members.map(({ facts }) => facts)),
    ),
    householdOf: Uint32Array.from(households.flatMap(({ members }, row) => members.map(() => row))),
    firstMember,
  }
}

/** Some known values of facts that may have bounds become intervals around them, open at an end or not. */
function withBounds(catalogue: Catalogue, space: FactSpace, known: FactValues, share: number, random: Random): FactValues {
  const values = { lo: known.lo.slice(), hi: known.hi.slice() }
  space.types.forEach(({ id }, slot) => {
    if (catalogue.facts.get(id)?.bounded !== true || !isKnownAt(known, slot) || random() >= share) return
    const value = known.lo[slot] as number
    values.lo[slot] = random() < 0.2 ? -Infinity : value - Math.floor(random() * 3)
    values.hi[slot] = random() < 0.5 ? Infinity : value + Math.floor(random() * 3)
  })
  return values
}
