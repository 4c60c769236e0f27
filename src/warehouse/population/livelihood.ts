/** Work, wages and pensions of a person, by age, sex and the household's welfare. */
import { has, give } from './traits.ts'
import { type Household, type Person } from './person.ts'
import { bell, chance, draw, type Random } from './random.ts'

const minimumWage = 290

/** Education first, since work follows from it; then at most one kind of work; then a pension from 45 (military) or 60 on. */
export function setLivelihood(household: Household, person: Person, random: Random): void {
  const { age, female } = person
  const p = household.percentile
  person.wage = 0
  person.pension = 0
  person.taxableIncome = 0
  setEducation(person, p, random)
  if (age < 16) return
  if (has(person, 'schoolStudent') || has(person, 'universityStudent')) return
  if (age < 64) setWork(household, person, p, random)
  if (age >= 45) setPension(person, p, random)
  if (age >= 18 && female === false && age < 60 && chance(random, 0.02 + 0.03 * p)) give(person, 'traveller')
}

function setEducation(person: Person, p: number, random: Random): void {
  const { age } = person
  person.education = 0
  person.schoolGrade = 0
  if (age >= 6 && age <= 17) {
    if (chance(random, age < 16 ? 0.955 + 0.04 * p : 0.72 + 0.24 * p)) {
      give(person, 'schoolStudent')
      person.schoolGrade = Math.min(12, Math.max(1, age - 5))
      person.privateSchool = chance(random, 0.02 + 0.5 * p * p)
    }
    return
  }
  if (age < 18) return
  const u = draw(random) + (p - 0.5) * 0.7 - (age > 50 ? 0.25 : 0)
  person.education = u < 0.12 ? 0 : u < 0.5 ? 1 : u < 0.72 ? 2 : u < 0.8 ? 3 : 4
  if (age <= 23 && chance(random, 0.18 + 0.45 * p)) give(person, 'universityStudent')
  else if (age <= 26 && chance(random, 0.03)) give(person, 'vocationalTrainee')
}

function setWork(household: Household, person: Person, p: number, random: Random): void {
  const { female } = person
  const u = draw(random)
  const older = person.age > 55 ? 0.6 : 1
  const formal = (female ? 0.07 + 0.12 * p : 0.26 + 0.26 * p) * older
  const civil = (female ? 0.05 + 0.06 * p : 0.09 + 0.06 * p) * older
  const military = female || person.age > 48 ? 0 : 0.1 - 0.04 * p
  const informal = female ? 0.05 - 0.03 * p : 0.3 - 0.24 * p
  const own = female ? 0.02 : 0.07 + 0.05 * p
  const abroad = female ? 0.002 : 0.012 + 0.02 * p
  person.wage = Math.round(Math.max(minimumWage, Math.exp(5.55 + 1.25 * p + 0.08 * person.education + 0.28 * bell(random))) * 1000) / 1000
  if (u < formal) give(person, 'formalWorker')
  else if (u < formal + civil && has(person, 'jordanian')) give(person, 'publicWorker')
  else if (u < formal + civil + military && has(person, 'jordanian')) give(person, 'militaryWorker')
  else if (u < formal + civil + military + informal) give(person, 'informalWorker')
  else if (u < formal + civil + military + informal + own) setOwnBusiness(household, person, p, random)
  else if (u < formal + civil + military + informal + own + abroad) give(person, 'worksAbroad')
  else if (person.age < 45 && chance(random, female ? 0.22 : 0.6)) give(person, 'jobSeeker')
  if (has(person, 'formalWorker')) person.taxableIncome = Math.max(0, Math.round((person.wage * 12 - 4_200) * 1000) / 1000)
}

function setOwnBusiness(household: Household, person: Person, p: number, random: Random): void {
  give(person, 'selfEmployed')
  if (chance(random, 0.25 + 0.5 * p)) give(person, 'businessOwner')
  if (chance(random, 0.12 * p)) give(person, 'companyPartner')
  if (!household.jordanian) return
  if (chance(random, 0.3)) give(person, 'commercialVehicleOwner')
}

function setPension(person: Person, p: number, random: Random): void {
  const { age, female } = person
  if (!has(person, 'jordanian')) return
  const u = draw(random)
  const retired = age >= (female ? 57 : 62)
  if (age >= 45 && !female && u < 0.13 && !has(person, 'publicWorker')) give(person, 'pensionerMilitary')
  else if (retired && u < (female ? 0.14 : 0.48)) give(person, 'pensionerSsc')
  else if (retired && u < (female ? 0.19 : 0.58)) give(person, 'pensionerCivil')
  else return
  person.pension = Math.round(Math.max(125, Math.exp(5.25 + 1.15 * p + 0.3 * bell(random))) * 1000) / 1000
}
