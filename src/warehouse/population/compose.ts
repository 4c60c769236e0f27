/** Who lives in a household: its members with ages, names, parents, marriages and booklets, and the dead and divorced that belong to its story. */
import { addAdult, addPerson, type World, YEAR } from './add-person.ts'
import { dirt } from './dirt.ts'
import { BLOCK, type Header, Kind } from './header.ts'
import type { Parents } from './kin.ts'
import { familyNameCount, femaleNameCount, maleNameCount } from './names.ts'
import { type Household, NONE, type Person, personIndex, Role, Slot, SLOTS } from './person.ts'
import { between, chance, choose, draw, type Random } from './random.ts'
import { childrenOfPoorer, childrenOfRicher, nationalityShares, nonJordanianSpouses } from './shares.ts'
import { addTheDead } from './the-dead.ts'
import { give } from './traits.ts'

const parents: Parents = { father: NONE, mother: NONE, fatherName: 0, grandfatherName: 0 }

/** Fills `household` from its header; living members come first. */
export function compose(world: World, random: Random, header: Header, household: Household): void {
  const { index } = household
  household.jordanian = header.jordanian
  household.kind = header.kind
  household.governorate = header.governorate
  household.count = 0
  const head = addAdult(world, random, household, Slot.head, header.headAge, header.headFemale, header.headName, header.familyName)
  give(head, 'head')
  head.recordRole = Role.head
  head.secondName = header.headSecondName
  if (header.jordanian) setParents(world, head, index, header.sibling)
  else head.nationality = choose(random, nationalityShares)
  const spouse = header.kind === Kind.couple ? addSpouse(world, random, household, head, header) : null
  marry(world, random, household, head, spouse, header)
  const mother = head.female ? head : spouse
  if (header.kind !== Kind.manAlone && header.kind !== Kind.womanAlone) addChildren(world, random, household, head, mother, header)
  addParent(world, random, household, head, header)
  household.members = household.count
  addTheDead(world, random, household, header)
}

/** Parents from lineage: by the block of the person's own family and the set of brothers and sisters. */
function setParents(world: World, person: Person, own: number, sibling: number, block = Math.floor(own / BLOCK)): void {
  parents.father = NONE
  if (own >= world.households) return
  world.kin.parentsOf(block, sibling, person.age, own, parents)
  person.fatherRef = parents.father === NONE ? NONE : world.permute(parents.father)
  person.motherRef = parents.mother === NONE ? NONE : world.permute(parents.mother)
  if (parents.father === NONE) return
  person.secondName = parents.fatherName
  person.thirdName = parents.grandfatherName
}

function addSpouse(world: World, random: Random, household: Household, head: Person, header: Header): Person {
  const { index } = household
  const spouse = addAdult(
    world,
    random,
    household,
    Slot.spouse,
    header.spouseAge,
    true,
    header.spouseName,
    between(random, 0, familyNameCount - 1),
  )
  give(spouse, 'spouse')
  spouse.recordRole = Role.spouse
  spouse.secondName = between(random, 0, maleNameCount - 1)
  spouse.nationality = head.nationality
  const foreign = header.jordanian && chance(random, nonJordanianSpouses)
  if (foreign) {
    spouse.traits0 = 0
    spouse.traits1 = 0
    give(spouse, 'spouse')
    spouse.record = NONE
    spouse.residencyFile = index
    spouse.nationality = choose(random, nationalityShares)
  } else if (header.jordanian && index < world.households && world.kin.blocks > 1) {
    const block = (Math.floor(index / BLOCK) + 1 + Math.floor(draw(random) * 7)) % world.kin.blocks
    if (block !== Math.floor(index / BLOCK)) {
      spouse.familyName = world.kin.headerOf(Math.min(block * BLOCK, world.households - 1)).familyName
      setParents(world, spouse, index, Math.floor(draw(random) * 4), block)
      const fatherLives = parents.father !== NONE && parents.father % SLOTS === Slot.head
      if (fatherLives && chance(random, dirt.wivesOnTwoBooklets)) spouse.secondRecord = Math.floor(parents.father / SLOTS)
    }
  }
  return spouse
}

function marry(world: World, random: Random, household: Household, head: Person, spouse: Person | null, header: Header): void {
  const sinceAge = head.female ? 18 + draw(random) * 9 : 21 + draw(random) * 11
  const marriageDay = Math.min(world.asOfDay - 200, head.birthDay + Math.floor(sinceAge * YEAR))
  head.marriageDay = header.kind === Kind.womanAlone || header.kind === Kind.manAlone ? NONE : marriageDay
  if (spouse !== null) {
    // Nobody marries before 17, whatever the other's age.
    const day = Math.min(world.asOfDay - 200, Math.max(marriageDay, spouse.birthDay + Math.floor(17 * YEAR)))
    head.marriageDay = day
    spouse.marriageDay = day
    head.spouseRef = spouse.ref
    spouse.spouseRef = head.ref
    give(head, 'married')
    give(spouse, 'married')
  } else if (header.kind === Kind.divorced) {
    give(head, 'divorced')
    head.marriageEndDay = Math.min(world.asOfDay - 30, marriageDay + between(random, 600, 5000))
  } else if (header.kind === Kind.widow || header.kind === Kind.widower) {
    give(head, 'widowed')
    // The civil register knows the dead of Jordanians only.
    if (header.jordanian) head.spouseRef = world.permute(personIndex(household.index, Slot.deadPartner))
  } else give(head, 'single')
}

/** Children who live at home: born two to three years apart, leaving when they marry, sons later than daughters. */
function addChildren(world: World, random: Random, household: Household, head: Person, mother: Person | null, header: Header): void {
  const poor = 0.5 - header.means / 4
  let total = choose(random, chance(random, poor) ? childrenOfPoorer : childrenOfRicher)
  if (header.kind === Kind.divorced) total = Math.min(total, 3)
  const husband =
    header.kind === Kind.divorced && header.jordanian && household.index < world.households
      ? formerHusband(world, random, household.index, head.age)
      : NONE
  const motherBirthDay = mother?.birthDay ?? head.birthDay + 4 * 365
  let bornDay = motherBirthDay + Math.floor((18.5 + draw(random) * 6) * YEAR)
  if (head.marriageDay !== NONE) bornDay = Math.max(bornDay, head.marriageDay + 280)
  const lastDay = Math.min(world.asOfDay, motherBirthDay + Math.floor(45 * YEAR))
  for (let i = 0; i < total && bornDay < lastDay && household.count < Slot.parent; i++) {
    const age = (world.asOfDay - bornDay) / YEAR
    const female = chance(random, 0.488)
    if (chance(random, atHome(age, female)) && (husband === NONE || age < 17.9)) {
      const child = addChild(world, random, household, bornDay, female, Slot.firstChild + i, head, mother, header)
      if (husband !== NONE) custody(world, random, child, head, husband)
    }
    bornDay += Math.floor((1.3 + draw(random) * 1.8) * YEAR)
  }
  if (husband !== NONE) head.spouseRef = world.permute(personIndex(husband, Slot.head))
}

function atHome(age: number, female: boolean): number {
  if (age < 18) return 1
  const leaving = female ? age - 18 : age - 21
  return leaving <= 0 ? 0.98 : Math.max(0.2, 0.98 - leaving * 0.038)
}

function addChild(
  world: World,
  random: Random,
  household: Household,
  day: number,
  female: boolean,
  slot: number,
  head: Person,
  mother: Person | null,
  header: Header,
): Person {
  const child = addPerson(world, household, slot, female, day)
  give(child, 'child')
  give(child, 'single')
  child.recordRole = Role.child
  child.firstName = between(random, 0, (female ? femaleNameCount : maleNameCount) - 1)
  // A child is named after the father, whether he lives here, elsewhere or no more.
  child.secondName = head.female ? header.spouseName : head.firstName
  child.thirdName = head.female ? (header.spouseName * 11 + 3) % maleNameCount : head.secondName
  child.familyName = head.female ? (head.familyName + 17) % familyNameCount : head.familyName
  child.birthPlace = household.governorate
  child.nationality = head.nationality
  const deadPartner = header.jordanian ? world.permute(personIndex(household.index, Slot.deadPartner)) : NONE
  const fatherless = header.kind === Kind.widow
  const motherless = header.kind === Kind.widower
  child.fatherRef = head.female ? (fatherless ? deadPartner : NONE) : head.ref
  child.motherRef = motherless ? deadPartner : (mother?.ref ?? NONE)
  if (child.age < 18 && (fatherless || motherless)) give(child, 'orphan')
  const other = household.index + 1 + Math.floor(draw(random) * 40)
  if (header.jordanian && chance(random, dirt.childrenOnTwoBooklets) && other < world.households && world.kin.headerOf(other).jordanian)
    child.secondRecord = other
  if (chance(random, dirt.withoutBooklet)) child.record = NONE
  return child
}

/** The former husband lives near by with a booklet of his own, on which the children stay. */
function formerHusband(world: World, random: Random, own: number, age: number): number {
  const block = (Math.floor(own / BLOCK) + 1 + Math.floor(draw(random) * 7)) % world.kin.blocks
  return block === Math.floor(own / BLOCK) ? NONE : world.kin.formerHusband(block, age)
}

function custody(world: World, random: Random, child: Person, guardian: Person, husband: number): void {
  child.record = husband
  child.secondRecord = NONE
  child.fatherRef = world.permute(personIndex(husband, Slot.head))
  child.guardianRef = guardian.ref
  const father = world.kin.headerOf(husband)
  child.secondName = father.headName
  child.thirdName = father.headSecondName
  child.familyName = father.familyName
  if (chance(random, 0.96)) give(child, 'underCustody')
}

/** A widowed parent of the head, on the head's booklet as "other". */
function addParent(world: World, random: Random, household: Household, head: Person, header: Header): void {
  if (head.age < 24 || head.age > 58 || !chance(random, header.kind === Kind.couple ? 0.07 : header.kind === Kind.womanAlone ? 0.4 : 0.1))
    return
  const female = chance(random, 0.8)
  const parent = addAdult(
    world,
    random,
    household,
    Slot.parent,
    head.age + between(random, 20, 30),
    female,
    between(random, 0, maleNameCount - 1),
    head.familyName,
  )
  give(parent, 'parent')
  give(parent, 'widowed')
  parent.nationality = head.nationality
  parent.secondName = between(random, 0, maleNameCount - 1)
  parent.marriageDay = parent.birthDay + Math.floor(22 * YEAR)
  if (header.jordanian) {
    const late = world.permute(personIndex(household.index, Slot.deadPartner + 1))
    parent.spouseRef = late
    head.fatherRef = female ? late : parent.ref
    head.motherRef = female ? parent.ref : late
    if (!female) head.secondName = parent.firstName
  }
}
