/** What a synthetic person is, as bits of two integers: the names that the generators of registry definitions speak of. */

/** Bit of each trait; written out, because an object literal is read faster than one that was put together. */
const position = {
  head: 0,
  spouse: 1,
  child: 2,
  parent: 3,
  otherRelative: 4,
  married: 5,
  divorced: 6,
  widowed: 7,
  single: 8,
  orphan: 9,
  deceased: 10,
  jordanian: 11,
  formalWorker: 12,
  publicWorker: 13,
  militaryWorker: 14,
  informalWorker: 15,
  selfEmployed: 16,
  worksAbroad: 17,
  jobSeeker: 18,
  pensionerCivil: 19,
  pensionerMilitary: 20,
  pensionerSsc: 21,
  schoolStudent: 22,
  universityStudent: 23,
  vocationalTrainee: 24,
  disabled: 25,
  severelyDisabled: 26,
  chronicallyIll: 27,
  carOwner: 28,
  commercialVehicleOwner: 29,
  landOwner: 30,
  livestockOwner: 31,
  businessOwner: 32,
  companyPartner: 33,
  homeOwner: 34,
  renter: 35,
  electricitySubscriber: 36,
  waterSubscriber: 37,
  insuredCivil: 38,
  insuredMilitary: 39,
  insuredPoor: 40,
  enrolledCash: 41,
  enrolledMonthly: 42,
  underCustody: 43,
  traveller: 44,
} as const

export const traitNames = Object.keys(position) as Trait[]

export type Trait = keyof typeof position

/** Where the bits live. */
export interface Traits {
  traits0: number
  traits1: number
}

export const isTrait = (name: string): name is Trait => Object.hasOwn(position, name)

export function give(person: Traits, trait: Trait): void {
  const at = position[trait]
  if (at < 31) person.traits0 |= 1 << at
  else person.traits1 |= 1 << (at - 31)
}

export function take(person: Traits, trait: Trait): void {
  const at = position[trait]
  if (at < 31) person.traits0 &= ~(1 << at)
  else person.traits1 &= ~(1 << (at - 31))
}

export function has(person: Traits, trait: Trait): boolean {
  const at = position[trait]
  return ((at < 31 ? person.traits0 >> at : person.traits1 >> (at - 31)) & 1) === 1
}

/** Masks of several traits, for a test of all of them at once. */
export function masksOf(traits: readonly Trait[]): Traits {
  const masks = { traits0: 0, traits1: 0 }
  for (const trait of traits) give(masks, trait)
  return masks
}
