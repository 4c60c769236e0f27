/** A synthetic person and household: flat numbers in objects that are used again for every household, since 13 million of them pass by. */
import type { Traits } from './traits.ts'

/** Numbers between the first persons of two households; see `Slot`. */
export const SLOTS = 64

/** A person's place within the household; with the household's number it names the person for ever. */
export const Slot = {
  head: 0,
  spouse: 1,
  firstChild: 2,
  parent: 14,
  deadPartner: 16,
  deadFather: 18,
  deadMother: 19,
  oldNumber: 32,
} as const

export const personIndex = (household: number, slot: number): number => household * SLOTS + slot

/** Absent references, dates and records. */
export const NONE = -1

export interface Person extends Traits {
  household: number
  slot: number
  /** Person reference, as in the warehouse. */
  ref: number
  female: boolean
  birthDay: number
  /** Whole years on the population's date. */
  age: number
  deathDay: number
  /** When the civil register learns of the death; later than the population's date: it does not know yet. */
  deathRegisteredDay: number
  firstName: number
  secondName: number
  thirdName: number
  familyName: number
  fatherRef: number
  motherRef: number
  spouseRef: number
  guardianRef: number
  /** Household whose booklet, or residency file, the person stands on; and as what. */
  record: number
  recordRole: RecordRole
  /** A second booklet that should not name the person. */
  secondRecord: number
  residencyFile: number
  marriageDay: number
  /** By divorce or by the partner's death. */
  marriageEndDay: number
  nationality: number
  birthPlace: number
  wage: number
  pension: number
  taxableIncome: number
  education: number
  schoolGrade: number
  privateSchool: boolean
  disabilityType: number
  disabilityDegree: number
  /** Demonstration only: the nine digits after the zero of the person's number, and of one that it replaced (0: none). */
  number: number
  oldNumber: number
  /** Demonstration only: amounts are withheld by the registries. */
  amountsUnknown: boolean
}

export const recordRoles = ['head', 'spouse', 'child', 'other'] as const
export const Role = { head: 0, spouse: 1, child: 2, other: 3 } as const
export type RecordRole = (typeof Role)[keyof typeof Role]

export interface Household {
  index: number
  kind: number
  jordanian: boolean
  /** Living members first, then the dead and the former partner, whom only some registries know. */
  persons: Person[]
  count: number
  members: number
  /** True welfare: 0 poorest … 1 richest. */
  percentile: number
  expenditurePerCapita: number
  governorate: number
  place: number
  tenure: number
  dwellingType: number
  rooms: number
  area: number
  kwh: number
  waterM3: number
  carYear: number
  carClass: number
  landArea: number
  landPrice: number
  landShare: number
  livestockYield: number
  /** A demonstration family: chances become certainties, so that it is what its description says. */
  demonstration: boolean
}

export const newPerson = (): Person => clearPerson({} as Person)

/** Every field, so that nothing of whoever was held before is left; always in this order, which keeps the objects alike. */
export function clearPerson(person: Person): Person {
  person.traits0 = 0
  person.traits1 = 0
  person.household = 0
  person.slot = 0
  person.ref = 0
  person.female = false
  person.birthDay = 0
  person.age = 0
  person.deathDay = NONE
  person.deathRegisteredDay = NONE
  person.firstName = 0
  person.secondName = 0
  person.thirdName = 0
  person.familyName = 0
  person.fatherRef = NONE
  person.motherRef = NONE
  person.spouseRef = NONE
  person.guardianRef = NONE
  person.record = NONE
  person.recordRole = 3
  person.secondRecord = NONE
  person.residencyFile = NONE
  person.marriageDay = NONE
  person.marriageEndDay = NONE
  person.nationality = 0
  person.birthPlace = 0
  person.wage = 0
  person.pension = 0
  person.taxableIncome = 0
  person.education = 0
  person.schoolGrade = 0
  person.privateSchool = false
  person.disabilityType = 0
  person.disabilityDegree = 0
  person.number = 0
  person.oldNumber = 0
  person.amountsUnknown = false
  return person
}

export function newHousehold(): Household {
  return {
    index: 0,
    kind: 0,
    jordanian: true,
    persons: Array.from({ length: 24 }, newPerson),
    count: 0,
    members: 0,
    percentile: 0,
    expenditurePerCapita: 0,
    governorate: 0,
    place: 0,
    tenure: 0,
    dwellingType: 0,
    rooms: 0,
    area: 0,
    kwh: 0,
    waterM3: 0,
    carYear: 0,
    carClass: 0,
    landArea: 0,
    landPrice: 0,
    landShare: 0,
    livestockYield: 0,
    demonstration: false,
  }
}
