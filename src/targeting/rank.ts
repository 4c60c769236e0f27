/** The ranking of a scored population: competition ranks and percentiles, over the nation and within each area. */
import type { ScoreDirection } from './order-rows.ts'
import { sortRows } from './sort-rows.ts'

export interface Population {
  /** Whole micro-points by row; NaN is a unit without a point score. */
  readonly score: Float64Array
  readonly direction: ScoreDirection
  /** Persons of the unit, 0 or more. */
  readonly persons: Uint8Array | Uint32Array
  /** Area code by row, such as the governorate. */
  readonly area: Uint8Array
}

/**
 * By row. A rank is 1 + the units with a strictly poorer score: equal scores share one. A percentile is ceil(100 × rank / n).
 * Weighted by persons, the rank is 1 + the persons of strictly poorer units and n all persons: the same where every unit is one person.
 * 0 in a row without a point score; weighted 0 also where the population has no persons.
 */
export interface Standing {
  readonly rank: Uint32Array
  readonly percentile: Uint8Array
  readonly personPercentile: Uint8Array
}

export interface Ranking {
  readonly nation: Standing
  /** The same among the units of a row's own area. */
  readonly area: Standing
}

const AREAS = 256

/** Ranks a population. Independent of the order of the rows. */
export function rank(population: Population): Ranking {
  const { score, direction } = population
  // Equal scores share a rank, so nothing needs to tell them apart here.
  const order = sortRows(scoredRows(score), [{ values: score, descending: direction === 'higherIsPoorer' }])
  return { nation: standing(order, population, new Uint8Array(score.length)), area: standing(order, population, population.area) }
}

function scoredRows(score: Float64Array): Uint32Array {
  const rows = new Uint32Array(score.length)
  let scored = 0
  for (let row = 0; row < score.length; row++) if (!Number.isNaN(score[row])) rows[scored++] = row
  return rows.subarray(0, scored)
}

/** Walks the order once, with one count for each group of areas. */
function standing(order: Uint32Array, { score, persons }: Population, group: Uint8Array): Standing {
  const rank = new Uint32Array(score.length)
  const percentile = new Uint8Array(score.length)
  const personPercentile = new Uint8Array(score.length)
  const units = new Float64Array(AREAS)
  const people = new Float64Array(AREAS)
  for (const row of order) {
    const g = group[row] as number
    units[g] = (units[g] as number) + 1
    people[g] = (people[g] as number) + (persons[row] as number)
  }
  const seen = new Float64Array(AREAS)
  const peopleSeen = new Float64Array(AREAS)
  const tiedScore = new Float64Array(AREAS).fill(NaN)
  const tiedRank = new Float64Array(AREAS)
  const tiedPersonRank = new Float64Array(AREAS)
  for (const row of order) {
    const g = group[row] as number
    if (score[row] !== tiedScore[g]) {
      tiedScore[g] = score[row] as number
      tiedRank[g] = (seen[g] as number) + 1
      tiedPersonRank[g] = (peopleSeen[g] as number) + 1
    }
    seen[g] = (seen[g] as number) + 1
    peopleSeen[g] = (peopleSeen[g] as number) + (persons[row] as number)
    rank[row] = tiedRank[g] as number
    percentile[row] = percentileOf(tiedRank[g] as number, units[g] as number)
    personPercentile[row] = percentileOf(tiedPersonRank[g] as number, people[g] as number)
  }
  return { rank, percentile, personPercentile }
}

/** ceil(100 × rank / count), of whole numbers: the quotient only proposes it, whole products decide. A last unit of no persons stands at 100. */
export function percentileOf(rank: number, count: number): number {
  if (count === 0) return 0
  const hundredfold = 100 * Math.min(rank, count)
  const proposed = Math.ceil(hundredfold / count)
  if ((proposed - 1) * count >= hundredfold) return proposed - 1
  return proposed * count < hundredfold ? proposed + 1 : proposed
}
