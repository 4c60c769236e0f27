/** Disability, illness, health insurance and cash programmes: of a person, and of the household through its head. */
import { give, has, type Trait } from './traits.ts'
import type { Household, Person } from './person.ts'
import { chance, choose, cumulative, draw, type Random } from './random.ts'

const disabilityTypeShares = cumulative([40, 18, 15, 14, 8, 5])
const disabilityDegreeShares = cumulative([40, 35, 25])

export function setHealth(household: Household, person: Person, random: Random): void {
  const { age } = person
  const poor = 1.35 - 0.7 * household.percentile
  if (chance(random, poor * (age < 18 ? 0.016 : age < 60 ? 0.028 : 0.1))) {
    give(person, 'disabled')
    person.disabilityType = choose(random, disabilityTypeShares)
    person.disabilityDegree = choose(random, disabilityDegreeShares)
    if (person.disabilityDegree === 2) give(person, 'severelyDisabled')
  }
  if (chance(random, poor * (age < 30 ? 0.008 : age < 50 ? 0.05 : age < 65 ? 0.2 : 0.42))) give(person, 'chronicallyIll')
}

/** After everybody's work is known: insurance follows the household's workers, cash programmes its welfare. */
export function setProtection(household: Household, random: Random): void {
  const { persons, members, percentile } = household
  const anyHas = (trait: Trait): boolean => {
    for (let i = 0; i < members; i++) if (has(persons[i] as Person, trait)) return true
    return false
  }
  const cover: Trait | null =
    anyHas('militaryWorker') || anyHas('pensionerMilitary')
      ? 'insuredMilitary'
      : anyHas('publicWorker') || anyHas('pensionerCivil')
        ? 'insuredCivil'
        : null
  const poor = household.jordanian && cover === null && chance(random, 0.75 - 2.2 * percentile)
  for (let i = 0; i < members; i++) {
    const person = persons[i] as Person
    if (cover !== null && (cover === 'insuredCivil' || has(person, 'jordanian')) && (i < 2 || person.age < 25)) give(person, cover)
    else if (poor && has(person, 'jordanian')) give(person, 'insuredPoor')
  }
  if (!household.jordanian) return
  const head = persons[0] as Person
  const u = draw(random)
  const needy = anyHas('severelyDisabled') || head.female || head.age >= 65
  // Unified cash transfer 123,000 households, monthly payment 94,000 (public), mostly but not only the poorest: programmes miss and leak.
  if (u < (percentile < 0.16 ? 0.28 : percentile < 0.35 ? 0.08 : 0.004)) give(head, 'enrolledCash')
  else if (needy && u > 1 - (percentile < 0.3 ? 0.36 : percentile < 0.6 ? 0.16 : 0.02)) give(head, 'enrolledMonthly')
}
