/** Dwelling, bills, cars, land and livestock of a household, owned by its head unless said otherwise. */
import { give } from './traits.ts'
import type { Household, Person } from './person.ts'
import { bell, between, chance, draw, type Random } from './random.ts'
import { ruralGovernorates } from './shares.ts'

const round3 = (value: number): number => Math.round(value * 1000) / 1000

/** `year` is the calendar year of the population's date. */
export function setProperty(household: Household, random: Random, year: number): void {
  const { percentile: p, members, jordanian } = household
  const head = household.persons[0] as Person
  setDwelling(household, head, random)
  household.kwh = round3(Math.max(20, (95 + 190 * p + 26 * members) * (1 + 0.22 * bell(random))))
  household.waterM3 = round3(Math.max(4, (13 + 16 * p + 3.1 * members) * (1 + 0.25 * bell(random))))
  if (chance(random, 0.955)) give(head, 'electricitySubscriber')
  if (chance(random, 0.9)) give(head, 'waterSubscriber')
  if (!jordanian) return
  const driver = !head.female || chance(random, 0.25)
  if (driver && chance(random, 0.14 + 0.66 * p)) {
    give(head, 'carOwner')
    household.carYear = Math.max(1982, year - Math.floor(Math.max(0, 3 + 19 * (1 - p) * (0.35 + draw(random)) - 3 * draw(random))))
  }
  const rural = ruralGovernorates[household.governorate] === true
  if (chance(random, (rural ? 0.26 : 0.12) + 0.14 * p)) give(head, 'landOwner')
  household.landArea = round3((rural ? 2 : 0.5) + draw(random) * draw(random) * (rural ? 22 : 6) * (0.4 + p))
  household.landPrice = round3((rural ? 1_500 : 14_000) * (0.5 + draw(random)) * (0.6 + 1.2 * p))
  household.landShare = [1, 1, 1, 0.5, 0.5, 0.25, 0.125, 0.333333][between(random, 0, 7)] as number
  if (chance(random, rural ? 0.13 : 0.025)) give(head, 'livestockOwner')
  household.livestockYield = round3(120 + draw(random) * draw(random) * 5_200 * (0.3 + p))
}

function setDwelling(household: Household, head: Person, random: Random): void {
  const { percentile: p, members, jordanian } = household
  const u = draw(random)
  const owned = jordanian ? 0.6 + 0.14 * p : 0.08
  household.tenure = u < owned ? 0 : u < 0.97 ? 1 : u < 0.99 ? 2 : 3
  if (household.tenure === 0) give(head, 'homeOwner')
  if (household.tenure === 1) give(head, 'renter')
  const v = draw(random)
  const poorly = 0.05 * (1 - p) * (1 - p)
  household.dwellingType = v < poorly ? 2 : v < poorly * 1.3 ? 3 : v < 0.24 + 0.1 * p ? 0 : v < 0.995 ? 1 : 4
  household.rooms = Math.max(1, Math.min(9, Math.round(1.9 + 1.9 * p + 0.16 * members + 0.7 * bell(random))))
  household.area = Math.max(18, Math.round((38 + 24 * household.rooms + 42 * p) * (1 + 0.16 * bell(random))))
}
