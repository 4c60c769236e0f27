/** The synthetic nation household by household: the same seed and size give the same people, whatever else is asked of them. */
import { civil } from '../../kernel/date.ts'
import { personPermutation } from '../person-permutation.ts'
import type { World } from './add-person.ts'
import { compose } from './compose.ts'
import { composeFamily, finishFamily } from './demonstrate.ts'
import type { DemonstrationFamily } from './demonstration-families.ts'
import { newHeader, readHeader } from './header.ts'
import { openKin } from './kin.ts'
import { placesOf } from './latent-values.ts'
import { setLivelihood } from './livelihood.ts'
import { type Household, newHousehold, type Person } from './person.ts'
import { setProperty } from './property.ts'
import { begin, between, newRandom, type Random, streamOf } from './random.ts'
import { has } from './traits.ts'
import { setWelfare } from './welfare.ts'
import { setHealth, setProtection } from './wellbeing.ts'

export interface PopulationSize {
  readonly households: number
  readonly seed: number
  /** Day number of the date on which everybody is looked at. */
  readonly asOfDay: number
  /** Key of the vault, which decides the person references. */
  readonly key: Uint8Array
}

const lifeStream = streamOf('life')
const demonstrationStream = streamOf('demonstration')

/** The key of a synthetic vault: references follow from the seed, not from the numbers. */
export function syntheticKey(seed: number): Uint8Array {
  const random = begin(newRandom(), seed, 0, streamOf('vault key'))
  return Uint8Array.from({ length: 16 }, () => between(random, 0, 255))
}

export interface Population {
  readonly world: World
  /** Fills and returns one and the same object each time: look at it before asking for the next. */
  at(index: number): Household
  demonstrate(family: DemonstrationFamily): Household
}

export function openPopulation({ households, seed, asOfDay, key }: PopulationSize): Population {
  const world: World = { seed, households, asOfDay, kin: openKin(seed, households), permute: personPermutation(key) }
  const household = newHousehold()
  const header = newHeader()
  const random = newRandom()
  const { year } = civil(asOfDay)
  return {
    world,
    at(index) {
      household.index = index
      household.demonstration = false
      readHeader(seed, index, header)
      begin(random, seed, index, lifeStream)
      compose(world, random, header, household)
      setWelfare(household, header, random)
      liveOn(household, random, year)
      return household
    },
    demonstrate(family) {
      begin(random, seed, family.id, demonstrationStream)
      composeFamily(world, family, household)
      liveOn(household, random, year)
      finishFamily(world, family, household, year)
      return household
    },
  }
}

/** Everything that follows from who they are and how well off: of the living, and of the dead whom no registry knows to be dead. */
export function liveOn(household: Household, random: Random, year: number): void {
  household.place = between(random, 0, (placesOf[household.governorate] as number) - 1)
  for (let i = 0; i < household.count; i++) {
    const person = household.persons[i] as Person
    if (has(person, 'deceased')) continue
    setLivelihood(household, person, random)
    setHealth(household, person, random)
  }
  setProtection(household, random)
  setProperty(household, random, year)
}
