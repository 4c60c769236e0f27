/** Turns the description of a demonstration family into a household like any other, with nothing left to chance. */
import { addPerson, type World } from './add-person.ts'
import { type DemonstrationFamily, demonstrationFamilies, type FamilyMember } from './demonstration-families.ts'
import { Kind } from './header.ts'
import { type Household, NONE, type Person, personIndex, Slot } from './person.ts'
import { give, take, traitNames } from './traits.ts'

const familyIndex = (world: World, id: number): number => world.households + demonstrationFamilies.findIndex((family) => family.id === id)

/** Who they are; `finish` sets what they have, after the values that nobody described were drawn. */
export function composeFamily(world: World, family: DemonstrationFamily, household: Household): void {
  const index = familyIndex(world, family.id)
  household.index = index
  household.kind = Kind.couple
  household.demonstration = true
  household.jordanian = family.members[0]?.nonJordanian !== true
  household.governorate = family.governorate
  household.percentile = family.percentile
  household.count = 0
  household.members = family.members.length
  family.members.forEach((member, order) => addMember(world, family, member, order, household))
}

function addMember(world: World, family: DemonstrationFamily, member: FamilyMember, order: number, household: Household): void {
  const { index } = household
  const slot = member.as === 'head' ? Slot.head : member.as === 'spouse' ? Slot.spouse : Slot.firstChild + order
  const person = addPerson(world, household, slot, member.female === true, world.asOfDay - Math.floor(member.age * 365.2425) - 100)
  const head = household.persons[0] as Person
  const spouse = family.members[1]?.as === 'spouse' ? (household.persons[1] as Person) : null
  person.age = member.age
  person.number = family.id * 100 + order + 1
  person.oldNumber = member.oldNumber ?? 0
  person.amountsUnknown = member.amountsUnknown === true
  person.recordRole = member.as === 'head' ? 0 : member.as === 'spouse' ? 1 : member.as === 'child' ? 2 : 3
  nameMember(person, head, family.id, order)
  if (member.nonJordanian) {
    take(person, 'jordanian')
    person.record = NONE
    person.residencyFile = index
    person.nationality = 0
  }
  if (member.as === 'child') {
    person.fatherRef =
      member.fatherIn !== undefined
        ? world.permute(personIndex(familyIndex(world, member.fatherIn), Slot.head))
        : ((head.female ? spouse?.ref : head.ref) ?? NONE)
    person.motherRef = head.female ? head.ref : (spouse?.ref ?? NONE)
    person.guardianRef = head.ref
  }
  if (member.as === 'spouse') {
    person.spouseRef = head.ref
    head.spouseRef = person.ref
  }
  if (member.parentsIn !== undefined) {
    const home = familyIndex(world, member.parentsIn)
    person.fatherRef = world.permute(personIndex(home, Slot.head))
    person.motherRef = world.permute(personIndex(home, Slot.spouse))
  }
  if (member.formerHusbandIn !== undefined)
    person.spouseRef = world.permute(personIndex(familyIndex(world, member.formerHusbandIn), Slot.head))
  person.marriageDay = member.status === 'single' ? NONE : world.asOfDay - Math.floor((member.age - 22) * 365) - 60
  person.marriageEndDay = member.status === 'divorced' || member.status === 'widowed' ? world.asOfDay - 500 : NONE
  placeOnBooklet(world, member, person)
}

function placeOnBooklet(world: World, { booklet }: FamilyMember, person: Person): void {
  if (booklet === 'none') person.record = NONE
  else if (booklet !== undefined && 'of' in booklet) person.record = familyIndex(world, booklet.of)
  else if (booklet !== undefined) person.secondRecord = familyIndex(world, booklet.alsoOf)
}

function nameMember(person: Person, head: Person, family: number, order: number): void {
  person.firstName = (family * 5 + order * 7) % 60
  person.secondName = order === 0 || head.female ? (family * 3 + 1) % 60 : head.firstName
  person.thirdName = (family * 11 + 2) % 60
  person.familyName = family % 60
  person.birthPlace = 0
}

/** Exactly the traits and amounts of the description. */
export function finishFamily(world: World, family: DemonstrationFamily, household: Household, year: number): void {
  family.members.forEach((member, order) => {
    const person = household.persons[order] as Person
    const jordanian = member.nonJordanian !== true
    for (const trait of traitNames) take(person, trait)
    if (jordanian) give(person, 'jordanian')
    give(person, member.as)
    give(person, member.status)
    for (const trait of member.traits ?? []) give(person, trait)
    person.wage = member.wage ?? 0
    person.pension = member.pension ?? 0
    person.taxableIncome = Math.max(0, person.wage * 12 - 4_200)
    person.schoolGrade = Math.min(12, Math.max(1, member.age - 5))
    person.privateSchool = false
    if (member.diedDaysAgo !== undefined) {
      give(person, 'deceased')
      person.deathDay = world.asOfDay - member.diedDaysAgo
      person.deathRegisteredDay = person.deathDay + 5
    }
  })
  const { home = {} } = family
  household.tenure = home.tenure ?? household.tenure
  household.rooms = home.rooms ?? household.rooms
  household.kwh = home.kwh ?? household.kwh
  household.carYear = year - (home.carAge ?? 12)
  household.expenditurePerCapita = Math.log(family.percentile / (1 - family.percentile)) / 1.702
}
