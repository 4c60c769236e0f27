/** A synthetic person and household: flat numbers in objects that are used again for every household, since 13 million of them pass by. */
import type { Traits } from './traits.ts'

/** Numbers between the first persons of two households; see `Slot`. */
export const SLOTS = 64

/** A person's place within the household; with the household's number it names the person for ever. */
export const Slot = { head: 0, spouse: 1, firstChild: 2, parent: 14, deadPartner: 16, deadFather: 18, deadMother: 19, oldNumber: 32 } as const

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
export type RecordRole = 0 | 1 | 2 | 3

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

export function newPerson(): Person {
  return {
    traits0: 0, traits1: 0, household: 0, slot: 0, ref: 0, female: false, birthDay: 0, age: 0, deathDay: NONE, deathRegisteredDay: NONE,
    firstName: 0, secondName: 0, thirdName: 0, familyName: 0, fatherRef: NONE, motherRef: NONE, spouseRef: NONE, guardianRef: NONE,
    record: NONE, recordRole: 3, secondRecord: NONE, residencyFile: NONE, marriageDay: NONE, marriageEndDay: NONE, nationality: 0, birthPlace: 0,
    wage: 0, pension: 0, taxableIncome: 0, education: 0, schoolGrade: 0, privateSchool: false, disabilityType: 0, disabilityDegree: 0,
    number: 0, oldNumber: 0, amountsUnknown: false,
  }
}

export function newHousehold(): Household {
  return {
    index: 0, kind: 0, jordanian: true, persons: Array.from({ length: 24 }, newPerson), count: 0, members: 0, percentile: 0,
    expenditurePerCapita: 0, governorate: 0, place: 0, tenure: 0, dwellingType: 0, rooms: 0, area: 0, kwh: 0, waterM3: 0,
    carYear: 0, carClass: 0, landArea: 0, landPrice: 0, landShare: 0, livestockYield: 0, demonstration: false,
  }
}
