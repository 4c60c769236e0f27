/** What a synthetic person is, as bits of two integers: the names that the generators of registry definitions speak of. */

export const traitNames = [
  'head', 'spouse', 'child', 'parent', 'otherRelative', 'married', 'divorced', 'widowed', 'single', 'orphan', 'deceased', 'jordanian',
  'formalWorker', 'publicWorker', 'militaryWorker', 'informalWorker', 'selfEmployed', 'worksAbroad', 'jobSeeker',
  'pensionerCivil', 'pensionerMilitary', 'pensionerSsc', 'schoolStudent', 'universityStudent', 'vocationalTrainee',
  'disabled', 'severelyDisabled', 'chronicallyIll', 'carOwner', 'commercialVehicleOwner', 'landOwner', 'livestockOwner',
  'businessOwner', 'companyPartner', 'homeOwner', 'renter', 'electricitySubscriber', 'waterSubscriber',
  'insuredCivil', 'insuredMilitary', 'insuredPoor', 'enrolledCash', 'enrolledMonthly', 'underCustody', 'traveller',
] as const

export type Trait = (typeof traitNames)[number]

/** Where the bits live. */
export interface Traits {
  traits0: number
  traits1: number
}

const position = Object.fromEntries(traitNames.map((name, index) => [name, index])) as Record<Trait, number>

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
