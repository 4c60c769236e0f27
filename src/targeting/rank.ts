/** The ranking of a scored population: competition ranks and percentiles, over the nation and within each area. */
import type { ScoreDirection } from './order-rows.ts'
import { allRows, sortByKey } from './sort-rows.ts'

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
 * 0 in a row without a point score; weighted 0 also where the population has no persons. Columns are in memory that threads share.
 */
export interface Standing {
  readonly rank: Uint32Array
  readonly percentile: Uint8Array
  readonly personPercentile: Uint8Array
}

export interface Ranking {
  /** Rows with a point score, the poorest first. */
  readonly order: Uint32Array
  readonly nation: Standing
  /** The same among the units of a row's own area. */
  readonly area: Standing
}

const AREAS = 256

/** What a ranking is made from once and handed on between threads: the rest follows from it and the population. */
export interface Ranked extends Pick<Standing, 'rank' | 'percentile'> {
  /** All rows, the poorest first, those without a point score last; equal ones as they stood in what was sorted. */
  readonly settled: Uint32Array
  readonly scored: number
}

/** Ranks a population. Independent of the order of the rows. */
export const rank = (population: Population): Ranking => rankingOf(population, rankUnits(population))

/** The order and the places in the nation, in memory that threads share. `from`: all rows, such as by their tie-break. */
export function rankUnits({ score, direction }: Pick<Population, 'score' | 'direction'>, from = allRows(score.length)): Ranked {
  const { rows, values } = sortByKey(from, { values: score, descending: direction === 'higherIsPoorer' })
  const settled = new Uint32Array(new SharedArrayBuffer(rows.byteLength))
  settled.set(rows)
  let scored = settled.length
  while (scored > 0 && Number.isNaN(score[settled[scored - 1] as number])) scored--
  return { settled, scored, ...nationStanding(rows.subarray(0, scored), values) }
}

/** `ranked`: of the same population, by `rankUnits`. */
export function rankingOf(population: Population, { settled, scored, rank, percentile }: Ranked): Ranking {
  const { score, persons, area } = population
  const order = settled.subarray(0, scored)
  // What stands in whose place is asked for by lists that are published, not by the many that are only tried.
  let ofArea: Standing | undefined
  return {
    order,
    nation: withPersons({ rank, percentile }, () => personPercentiles(order, score, persons, new Uint8Array(score.length))),
    get area() {
      return (ofArea ??= withPersons(areaStanding(order, score, area), () => personPercentiles(order, score, persons, area)))
    },
  }
}

type OfUnits = Pick<Standing, 'rank' | 'percentile'>

function withPersons({ rank, percentile }: OfUnits, weigh: () => Uint8Array): Standing {
  let ofPersons: Uint8Array | undefined
  return {
    rank,
    percentile,
    get personPercentile() {
      return (ofPersons ??= weigh())
    },
  }
}

const standingRoom = (units: number): OfUnits => ({
  rank: new Uint32Array(new SharedArrayBuffer(units * Uint32Array.BYTES_PER_ELEMENT)),
  percentile: new Uint8Array(new SharedArrayBuffer(units)),
})

/** As areaStanding of one area. `values`: by place, of all units, equal where scores are. The order leads all over the columns: only ranks are written in it. */
function nationStanding(order: Uint32Array, values: Uint32Array | Float64Array): OfUnits {
  const { rank, percentile } = standingRoom(values.length)
  let [tied, tiedRank] = [NaN, 0]
  for (let i = 0; i < order.length; i++) {
    const own = values[i] as number
    if (own !== tied) {
      tied = own
      tiedRank = i + 1
    }
    rank[order[i] as number] = tiedRank
  }
  for (let row = 0; row < rank.length; row++) if (rank[row] !== 0) percentile[row] = percentileOf(rank[row] as number, order.length)
  return { rank, percentile }
}

/** Walks the order once, with one count for each area. */
function areaStanding(order: Uint32Array, score: Float64Array, group: Uint8Array): OfUnits {
  const { rank, percentile } = standingRoom(score.length)
  const units = new Float64Array(AREAS)
  for (let i = 0; i < order.length; i++) {
    const g = group[order[i] as number] as number
    units[g] = (units[g] as number) + 1
  }
  const seen = new Float64Array(AREAS)
  const tiedScore = new Float64Array(AREAS).fill(NaN)
  const tiedRank = new Float64Array(AREAS)
  const tiedPercentile = new Uint8Array(AREAS)
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const g = group[row] as number
    const own = score[row] as number
    if (own !== tiedScore[g]) {
      tiedScore[g] = own
      tiedRank[g] = (seen[g] as number) + 1
      tiedPercentile[g] = percentileOf(tiedRank[g] as number, units[g] as number)
    }
    seen[g] = (seen[g] as number) + 1
    rank[row] = tiedRank[g] as number
    percentile[row] = tiedPercentile[g] as number
  }
  return { rank, percentile }
}

function personPercentiles(order: Uint32Array, score: Float64Array, persons: Population['persons'], group: Uint8Array): Uint8Array {
  const percentile = new Uint8Array(new SharedArrayBuffer(score.length))
  const people = new Float64Array(AREAS)
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const g = group[row] as number
    people[g] = (people[g] as number) + (persons[row] as number)
  }
  const seen = new Float64Array(AREAS)
  const tiedScore = new Float64Array(AREAS).fill(NaN)
  const tiedPercentile = new Uint8Array(AREAS)
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const g = group[row] as number
    const own = score[row] as number
    if (own !== tiedScore[g]) {
      tiedScore[g] = own
      tiedPercentile[g] = percentileOf((seen[g] as number) + 1, people[g] as number)
    }
    seen[g] = (seen[g] as number) + (persons[row] as number)
    percentile[row] = tiedPercentile[g] as number
  }
  return percentile
}

/** ceil(100 × rank / count), of whole numbers: the quotient only proposes it, whole products decide. A last unit of no persons stands at 100. */
export function percentileOf(rank: number, count: number): number {
  if (count === 0) return 0
  const hundredfold = 100 * Math.min(rank, count)
  const proposed = Math.ceil(hundredfold / count)
  if ((proposed - 1) * count >= hundredfold) return proposed - 1
  return proposed * count < hundredfold ? proposed + 1 : proposed
}
