/** Adds one person to a household in the making. */
import type { Kin } from './kin.ts'
import { maleNameCount } from './names.ts'
import { clearPerson, type Household, NONE, type Person, personIndex } from './person.ts'
import { between, draw, type Random } from './random.ts'
import { give } from './traits.ts'

/** What composing needs to know beside the household's own number. */
export interface World {
  readonly seed: number
  readonly households: number
  readonly asOfDay: number
  readonly kin: Kin
  readonly permute: (counter: number) => number
}

/** Days of a mean year. */
export const YEAR = 365.2425
/** Somebody of that age on the day, born on a day drawn within the year. */
export function addAdult(
  world: World,
  random: Random,
  household: Household,
  slot: number,
  age: number,
  female: boolean,
  name: number,
  familyName: number,
): Person {
  const birthDay = world.asOfDay - Math.floor((age + draw(random) * 0.999) * YEAR) - 1
  const person = addPerson(world, household, slot, female, birthDay)
  person.firstName = name
  person.familyName = familyName
  person.thirdName = between(random, 0, maleNameCount - 1)
  person.birthPlace = household.governorate
  return person
}

/** A person object, cleared; non-Jordanians stand on the household's residency file, Jordanians on its booklet. */
export function addPerson(world: World, household: Household, slot: number, female: boolean, birthDay: number): Person {
  const person = clearPerson(household.persons[household.count++] as Person)
  person.household = household.index
  person.slot = slot
  person.ref = world.permute(personIndex(household.index, slot))
  person.female = female
  person.birthDay = birthDay
  person.age = Math.floor((world.asOfDay - birthDay) / YEAR)
  person.record = household.jordanian ? household.index : NONE
  person.residencyFile = household.jordanian ? NONE : household.index
  if (household.jordanian) give(person, 'jordanian')
  return person
}
