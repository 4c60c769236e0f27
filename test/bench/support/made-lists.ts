/** A made nation with its programmes' lists, as large as wanted: columns of plausible values, from a generator that says the same every time. */
import { dayNumber } from '../../../src/kernel/date.ts'
import { NO_TIER } from '../../../src/determinations/bulk/nation.ts'
import { reasonCode, statusCode } from '../../../src/targeting/outcome.ts'
import type { AreaCodes } from '../../../src/targeting/lists/area-codes.ts'
import type { JudgedNation } from '../../../src/targeting/run/judged-nation.ts'
import type { ProgrammeList } from '../../../src/targeting/run/select.ts'
import { placeCodeLists } from '../../../src/warehouse/places.ts'

const lists = placeCodeLists()
export const codes: AreaCodes = {
  governorates: Object.keys(lists.governorate),
  places: { liwa: Object.keys(lists.liwa), kada: Object.keys(lists.kada) },
}

/** The liwa of a kada and the governorate of a liwa begin its code. */
const liwaOfKada = codes.places.kada.map((kada) => codes.places.liwa.findIndex((liwa) => kada.startsWith(liwa)))
const governorateOfKada = codes.places.kada.map((kada) => codes.governorates.findIndex((governorate) => kada.startsWith(governorate)))

/** Of [0, 1); the same from the same seed. */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Households in ascending order of reference, most of them where few kadas are. */
export function madeNation(households: number): JudgedNation {
  const random = generator(1)
  const kada = Uint16Array.from({ length: households }, () => Math.floor(random() ** 2 * codes.places.kada.length))
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: households }, (_, row) => of(row))
  return {
    householdRefs: column((row) => 1_000_000_000 + row * 3),
    personRefs: column((row) => 7_000_000_000 + row * 11),
    governorate: Uint8Array.from(kada, (place) => governorateOfKada[place] as number),
    places: { kada, liwa: Uint16Array.from(kada, (place) => liwaOfKada[place] as number) },
  } as unknown as JudgedNation
}

export interface MadeListRequest {
  readonly programme: string
  readonly unit?: 'household' | 'person'
  /** At most as many as the nation has households; each is one household, or one person of each. */
  readonly units: number
  readonly seed: number
}

const TIERS = 3

/** Poorer first within each tier; the first fifth but some is selected, the next twentieth waits; every tenth has no score. */
export function madeList(nation: JudgedNation, { programme, unit = 'household', units, seed }: MadeListRequest): ProgrammeList {
  const random = generator(seed)
  const households = nation.householdRefs.length
  const household = Uint32Array.from({ length: units }, (_, row) => Math.floor((row * households) / units))
  const score = Float64Array.from(household, () => (random() < 0.1 ? NaN : Math.floor(random() * 20_000_000)))
  const tier = Uint8Array.from(household, () => (random() < 0.02 ? NO_TIER : Math.floor(random() ** 2 * TIERS)))
  const place = Float64Array.from(score, (value, row) => (tier[row] as number) * 1e9 + (Number.isNaN(value) ? 5e8 : value))
  const order = Uint32Array.from(household, (_, row) => row).sort((a, b) => (place[a] as number) - (place[b] as number) || a - b)
  const status = new Uint8Array(units)
  const reason = new Uint8Array(units).fill(reasonCode('quota-full'))
  const count = { selected: 0, waitlisted: 0 }
  order.forEach((row, index) => {
    const one = index < units / 5 ? (random() < 0.9 ? 'selected' : 'left-out') : index < units / 4 ? 'waitlisted' : 'left-out'
    status[row] = statusCode(one)
    if (one === 'selected') reason[row] = reasonCode('within-quota')
    if (one !== 'left-out') count[one]++
  })
  const percentile = new Uint8Array(households)
  household.forEach((home, row) => {
    const value = score[row] as number
    percentile[home] = Number.isNaN(value) ? 0 : 1 + Math.floor(value / 200_001)
  })
  const standing = { rank: Uint32Array.from(percentile, (value) => value * 10_000), percentile, personPercentile: percentile }
  const depends = Uint8Array.from(household, () => (random() < 0.05 ? 1 : 0))
  const facts = ['incomeMonthly', 'rooms', 'electricityKwh']
  const missing = (row: number): string[] => (row % 5_000 === 0 ? ['disabilityDegree'] : facts.slice(0, 1 + (row % facts.length)))
  return {
    programme,
    unit,
    household,
    person: unit === 'person' ? household : null,
    tier,
    benefit: Float64Array.from(household, (_, row) => 40_000 + (row % 100) * 1_500),
    benefitScale: 3,
    score,
    scoreLo: score.map((value) => value - 1_000),
    scoreHi: score.map((value) => value + 1_000),
    applicationDate: Float64Array.from(household, (row) => (row % 20 === 0 ? (dayNumber('2026-03-01') as number) + (row % 200) : NaN)),
    ranking: { nation: standing, area: standing },
    dependsOnMissing: depends,
    missingFacts: new Map([...depends.keys()].filter((row) => depends[row] === 1).map((row) => [row, missing(row)])),
    allocation: {
      status,
      reason,
      order,
      totals: { ...count, leftOut: units - count.selected - count.waitlisted, spent: 40_500 * count.selected, places: null },
    },
  } as unknown as ProgrammeList
}
