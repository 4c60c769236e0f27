/** The dead that belong to a household's story: late partners, the parents of a generation, a member who died lately, and when the register learnt of it. */
import { addAdult, type World, YEAR } from './add-person.ts'
import { dirt } from './dirt.ts'
import { BLOCK, type Header, Kind } from './header.ts'
import { SETS } from './kin.ts'
import { familyNameCount, femaleNameCount, maleNameCount } from './names.ts'
import { type Household, NONE, type Person, Role, Slot } from './person.ts'
import { between, chance, type Random } from './random.ts'
import { give, take } from './traits.ts'

/** Adds them behind the living members: rows of the civil register that no household counts. */
export function addTheDead(world: World, random: Random, household: Household, header: Header): void {
  const head = household.persons[0] as Person
  const { index, members } = household
  if (index < world.households && index % BLOCK < SETS) addGrave(world, random, household, header, index % BLOCK)
  if (!header.jordanian) return
  if (header.kind === Kind.widow || header.kind === Kind.widower) addLatePartner(world, random, household, head, header)
  for (let i = 1; i < members; i++) {
    const parent = household.persons[i] as Person
    if (parent.slot === Slot.parent) {
      const late = addDead(
        world,
        random,
        household,
        Slot.deadPartner + 1,
        parent.age + 3,
        !parent.female,
        head.secondName,
        between(random, 200, 6000),
      )
      late.spouseRef = parent.ref
      late.marriageDay = parent.marriageDay
      parent.marriageEndDay = late.deathDay
    }
  }
  if (chance(random, dirt.deadOnBooklet)) {
    const late = addDead(
      world,
      random,
      household,
      Slot.deadPartner + 4,
      between(random, 60, 90),
      chance(random, 0.5),
      between(random, 0, maleNameCount - 1),
      between(random, 10, 700),
    )
    late.record = index
    late.recordRole = Role.other
  }
}

function addLatePartner(world: World, random: Random, household: Household, head: Person, header: Header): void {
  const age = header.headAge + (head.female ? 5 : -4)
  const longest = Math.max(200, Math.floor((header.headAge - 22) * YEAR * 0.6))
  const late = addDead(world, random, household, Slot.deadPartner, age, !head.female, header.spouseName, between(random, 100, longest))
  if (head.female) late.familyName = (head.familyName + 17) % familyNameCount
  for (let i = 1; i < household.members; i++) {
    const { slot, birthDay } = household.persons[i] as Person
    if (slot >= Slot.firstChild && slot < Slot.parent) late.deathDay = Math.max(late.deathDay, Math.min(world.asOfDay - 1, birthDay))
  }
  register(world, random, late)
  late.spouseRef = head.ref
  head.marriageDay = late.marriageDay = Math.min(head.marriageDay, late.deathDay - 400)
  head.marriageEndDay = late.deathDay
  if (head.female && chance(random, dirt.bookletsNotRenewed)) {
    late.record = household.index
    late.recordRole = Role.head
    head.recordRole = Role.spouse
  }
}

/** The dead parents whom heads and wives of one generation of this block share. */
function addGrave(world: World, random: Random, household: Household, header: Header, set: number): void {
  const age = [64, 76, 89][Math.floor(set / 4)] as number
  const father = addDead(
    world,
    random,
    household,
    Slot.deadFather,
    age + 6,
    false,
    world.kin.deadFatherName(household.index),
    between(random, 400, 5000),
  )
  const mother = addDead(
    world,
    random,
    household,
    Slot.deadMother,
    age,
    true,
    between(random, 0, femaleNameCount - 1),
    between(random, 400, 5000),
  )
  for (const person of [father, mother]) {
    give(person, 'jordanian')
    person.residencyFile = NONE
    person.familyName = header.blockFamilyName
  }
  father.spouseRef = mother.ref
  mother.spouseRef = father.ref
  father.marriageDay = mother.marriageDay = mother.birthDay + Math.floor(20 * YEAR)
}

function addDead(
  world: World,
  random: Random,
  household: Household,
  slot: number,
  age: number,
  female: boolean,
  name: number,
  daysAgo: number,
): Person {
  const person = addAdult(world, random, household, slot, age, female, name, household.persons[0]?.familyName ?? 0)
  person.secondName = between(random, 0, maleNameCount - 1)
  person.deathDay = world.asOfDay - daysAgo
  person.record = NONE
  register(world, random, person)
  return person
}

/** A death reaches the register some days later, or much later: until then all other registries go on as before. */
function register(world: World, random: Random, person: Person): void {
  const delay = chance(random, dirt.lateDeaths) ? between(random, 61, 700) : between(random, 1, 20)
  person.deathRegisteredDay = person.deathDay + delay
  take(person, 'deceased')
  if (person.deathRegisteredDay <= world.asOfDay) give(person, 'deceased')
}
