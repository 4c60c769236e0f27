/** The vault's rows of synthetic people, the list of persons, and the true welfare of their households. */
import { type CopyBytes, utf8 } from './copy-bytes.ts'
import { dirt } from './dirt.ts'
import { type Household, type Person, personIndex, Slot } from './person.ts'
import { begin, chance, newRandom, streamOf } from './random.ts'
import { logExpenditureMedian, logExpenditureSpread } from './shares.ts'
import { has } from './traits.ts'

const zero = utf8('0')
const file = utf8('F')
const nothing = utf8('')
const national = utf8('national')
const personal = utf8('personal')
const booklet = utf8('booklet')
const residency = utf8('residency')

/** Numbers below this are kept for the demonstration families, so that they are easily remembered. */
const FIRST_DRAWN = 1_000_000
const MODULUS = 998_999_999
const STEP = 9_227_465

/** Nine digits after a leading zero, with which no number in use begins: a permutation of the person's index, so never twice. */
export const numberOf = (index: number): number => FIRST_DRAWN + ((index * STEP) % MODULUS)

/** Rows of identity.identifier (number, kind, person_ref, superseded_by) and warehouse.person (person_ref, is_jordanian). */
export function identityRows(
  seed: number,
  identifiers: CopyBytes | undefined,
  persons: CopyBytes | undefined,
): (household: Household) => void {
  const random = newRandom()
  const stream = streamOf('numbers')
  const write = (number: number, person: Person, jordanian: boolean, supersededBy: number | null): void => {
    if (identifiers === undefined) return
    identifiers.row(4)
    identifiers.numbered(zero, number, 9)
    identifiers.text(jordanian ? national : personal)
    identifiers.bigint(person.ref)
    if (supersededBy === null) identifiers.empty()
    else identifiers.numbered(zero, supersededBy, 9)
  }
  return (household) => {
    for (let i = 0; i < household.count; i++) {
      const person = household.persons[i] as Person
      const jordanian = has(person, 'jordanian')
      const index = personIndex(household.index, person.slot)
      const number = household.demonstration ? person.number : numberOf(index)
      write(number, person, jordanian, null)
      const old = household.demonstration
        ? person.oldNumber
        : chance(begin(random, seed, index, stream), dirt.supersededNumbers) && jordanian
          ? numberOf(index + Slot.oldNumber)
          : 0
      if (old > 0) write(old, person, jordanian, number)
      if (persons === undefined) continue
      persons.row(2)
      persons.bigint(person.ref)
      persons.boolean(jordanian)
    }
  }
}

/** Rows (household_basis, record_no, percentile, expenditure_per_capita); `expenditurePerCapita` of a household is in standard deviations. */
export function welfareRows(bytes: CopyBytes): (household: Household) => void {
  return ({ index, jordanian, percentile, expenditurePerCapita }) => {
    bytes.row(4)
    bytes.text(jordanian ? booklet : residency)
    bytes.numbered(jordanian ? nothing : file, index, 8)
    bytes.double(percentile)
    bytes.decimal(Math.round(Math.exp(logExpenditureMedian + logExpenditureSpread * expenditurePerCapita) * 1000), 3)
  }
}
