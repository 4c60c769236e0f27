/** The few things about a household that other households must know (kind, age of the head, names): computed from its number alone. */
import { at, bell, begin, between, chance, choose, draw, type Random, newRandom, streamOf } from './random.ts'
import { familyNameCount, femaleNameCount, maleNameCount } from './names.ts'
import { governorates, governorateShares, headAges, householdKinds, householdKindShares, nonJordanianHouseholds } from './shares.ts'

/** Consecutive households that are of one extended family: one family name, one home governorate. */
export const BLOCK = 32

export const Kind = { couple: 0, widow: 1, divorced: 2, womanAlone: 3, widower: 4, manAlone: 5 } as const

export interface Header {
  jordanian: boolean
  kind: number
  headFemale: boolean
  headAge: number
  spouseAge: number
  headName: number
  headSecondName: number
  spouseName: number
  familyName: number
  /** Of the extended family; the household's own unless it is non-Jordanian. */
  blockFamilyName: number
  governorate: number
  /** Standard normal: welfare before size, sex and place have their effect. */
  means: number
  /** 0..3, the head's sibling set among those of the same age in the block. */
  sibling: number
}

export const newHeader = (): Header => ({
  jordanian: true,
  kind: 0,
  headFemale: false,
  headAge: 0,
  spouseAge: 0,
  headName: 0,
  headSecondName: 0,
  spouseName: 0,
  familyName: 0,
  blockFamilyName: 0,
  governorate: 0,
  means: 0,
  sibling: 0,
})

const headerStream = streamOf('header')
const blockStream = streamOf('block')
const random: Random = newRandom()
/** Steps of the golden ratio fill [0, 1) evenly: so extended families are spread over the governorates by their shares, even when few. */
const GOLDEN = 0.618_033_988_749_894_9

/** Fills `header` for a household. */
export function readHeader(seed: number, household: number, header: Header): Header {
  begin(random, seed, Math.floor(household / BLOCK), blockStream)
  const familyName = between(random, 0, familyNameCount - 1)
  const homeGovernorate = at(governorateShares, (Math.floor(household / BLOCK) * GOLDEN + seed * 0.37) % 1)
  begin(random, seed, household, headerStream)
  header.jordanian = !chance(random, nonJordanianHouseholds)
  header.kind = choose(random, householdKindShares)
  const ages = headAges[householdKinds[header.kind] ?? 'couple']
  const [from, to] = ages.bands[choose(random, ages.shares)] ?? [30, 40]
  header.headAge = between(random, from, to)
  header.headFemale = header.kind >= Kind.widow && header.kind <= Kind.womanAlone
  header.spouseAge = Math.max(18, header.headAge - between(random, 0, 10))
  header.headName = between(random, 0, (header.headFemale ? femaleNameCount : maleNameCount) - 1)
  header.headSecondName = between(random, 0, maleNameCount - 1)
  header.spouseName = between(
    random,
    0,
    (header.kind === Kind.widow || header.kind === Kind.divorced ? maleNameCount : femaleNameCount) - 1,
  )
  header.blockFamilyName = familyName
  header.familyName = header.jordanian ? familyName : between(random, 0, familyNameCount - 1)
  header.governorate = chance(random, 0.8) ? homeGovernorate : choose(random, governorateShares)
  header.means = bell(random)
  header.sibling = Math.floor(draw(random) * 4)
  return header
}

/** Checked once here, relied on by everything that indexes by governorate. */
if (governorateShares.length !== governorates.length) throw new Error('every governorate needs its share')
