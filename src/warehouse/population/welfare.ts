/** How well off a household truly is: its place in the nation and what a member of it spends. */
import type { Header } from './header.ts'
import type { Household, Person } from './person.ts'
import { bell, type Random } from './random.ts'

/** Better and worse off by place, in governorates' order. */
const placeEffects = [0.14, 0, -0.04, -0.05, -0.06, -0.3, -0.12, -0.12, -0.02, -0.1, -0.28, 0.05]

/** Mean and spread of z over the nation, found by running it; a test holds the deciles to them. */
const welfareMean = -0.08
const welfareSpread = 1.1

/** Sets the percentile and, in standard deviations of its logarithm, the expenditure per person. */
export function setWelfare(household: Household, header: Header, random: Random): void {
  const head = household.persons[0] as Person
  const z =
    header.means +
    0.12 * bell(random) -
    0.13 * (household.members - 4.8) -
    (head.female ? 0.25 : 0) -
    (household.jordanian ? 0 : 0.55) -
    (head.age >= 65 ? 0.1 : 0) +
    (placeEffects[household.governorate] as number)
  const standard = (z - welfareMean) / welfareSpread
  household.percentile = percentileOf(standard)
  household.expenditurePerCapita = standard
}

/** The logistic is within 0.01 of the normal distribution's own curve. */
export const percentileOf = (standard: number): number => Math.min(0.999_999, Math.max(0.000_001, 1 / (1 + Math.exp(-1.702 * standard))))
