/**
 * Places and budget given out over rows that stand for many households each. It is what an allocation comes to when its units are divided ever finer:
 * rows in the programme's order, equals sharing alike, each area up to its quota, left-over places in the national order, and as many places as the
 * budget pays for. A row that comes last can get a part of what it stands for.
 */
import { ExactSum } from '../measures/exact-sum.ts'
import type { Quotas } from '../../targeting/allocate.ts'

/** Rows that compete, in the programme's order. */
export interface WeightedCandidates {
  readonly rows: Uint32Array
  /** By place in `rows`: the number of its group of equals, from 0 and ascending. */
  readonly group: Uint32Array
  /** By row: households that it stands for and that compete. */
  readonly households: Float64Array
  /** By row: what one household costs, in whole units of the budget. */
  readonly cost: Float64Array
  /** By row: code of the quota's area. */
  readonly area: Uint8Array
}

export interface WeightedTerms {
  /** Households; absent as in an allocation: the sum of absolute quotas, else as many as compete. */
  readonly places?: number | undefined
  readonly budget?: number | undefined
  readonly quotas?: Quotas | undefined
}

export interface WeightedGrant {
  /** By place in `rows`: the share of its households that is selected, 0 to 1. */
  readonly selected: Float64Array
  /** The share that would have a place if the budget were larger. */
  readonly stopped: Float64Array
  readonly spent: number
  readonly stoppedByBudget: boolean
}

/** More places or a larger budget never take a share away. Nothing depends on the order within a group, nor on the unit of the weights. */
export function grantWeighted(candidates: WeightedCandidates, terms: WeightedTerms): WeightedGrant {
  const { cells, cellOf } = cellsOf(candidates, terms.quotas !== undefined)
  const all = sum(cells.map(({ households }) => households))
  const places = terms.places ?? (terms.quotas?.method === 'absolute' ? sum(terms.quotas.areas) : all)
  const whole = taken(cells, places, terms.quotas)
  const budget = terms.budget ?? Infinity
  const stoppedByBudget = spentOn(cells, whole) > budget * SLACK
  const paid = stoppedByBudget ? taken(cells, placesPaid(cells, places, budget, terms.quotas), terms.quotas) : whole
  const share = (amounts: readonly number[], place: number): number => {
    const cell = cellOf[place] as number
    const { households } = cells[cell] as Cell
    return households === 0 ? 0 : Math.min(1, (amounts[cell] as number) / households)
  }
  const selected = Float64Array.from(candidates.rows, (_, place) => share(paid, place))
  return {
    selected,
    stopped: Float64Array.from(candidates.rows, (_, place) => Math.max(0, share(whole, place) - (selected[place] as number))),
    spent: spentOn(cells, paid),
    stoppedByBudget,
  }
}

/** Weights are quotients: what exceeds the budget by their rounding alone does not exceed it. */
const SLACK = 1 + 1e-12
/** Halvings of the interval of places: more than the digits of a double. */
const HALVINGS = 64

/** Equals of one area: they share alike. */
interface Cell {
  readonly group: number
  readonly area: number
  readonly households: number
  /** Of all its households. */
  readonly cost: number
}

const AREAS = 256

function cellsOf({ rows, group, households, cost, area }: WeightedCandidates, byArea: boolean): { cells: Cell[]; cellOf: Uint32Array } {
  const places = new Map<number, number>()
  const made: { group: number; area: number; households: ExactSum; cost: ExactSum }[] = []
  const cellOf = Uint32Array.from(rows, (row, at) => {
    const code = byArea ? (area[row] as number) : 0
    const key = (group[at] as number) * AREAS + code
    let place = places.get(key)
    if (place === undefined) {
      place = made.length
      places.set(key, place)
      made.push({ group: group[at] as number, area: code, households: new ExactSum(), cost: new ExactSum() })
    }
    made[place]?.households.add(households[row] as number)
    made[place]?.cost.add((households[row] as number) * (cost[row] as number))
    return place
  })
  return { cells: made.map((one) => ({ ...one, households: one.households.value(), cost: one.cost.value() })), cellOf }
}

/** Households by cell that hold a place when so many are granted. */
function taken(cells: readonly Cell[], places: number, quotas: Quotas | undefined): number[] {
  const left = quotas ? areaPlaces(places, quotas) : [places]
  const held = cells.map(() => 0)
  // Equals of different areas take from different quotas, so within a group the order of cells means nothing.
  cells.forEach(({ area, households }, cell) => {
    const share = Math.min(households, left[area] ?? 0)
    held[cell] = share
    left[area] = (left[area] ?? 0) - share
  })
  if (quotas?.leftOver === 'nationalOrder') passOn(cells, held, places - sum(held))
  return held
}

function areaPlaces(places: number, { method, areas }: Quotas): number[] {
  const all = sum(areas)
  const granted = method === 'absolute' ? Math.min(places, all) : places
  return areas.map((weight) => (all === 0 ? 0 : (granted * weight) / all))
}

/** Left-over places to those who hold none, one group of equals after another. */
function passOn(cells: readonly Cell[], held: number[], places: number): void {
  let left = places
  for (let from = 0; from < cells.length && left > 0;) {
    let to = from
    const { group } = cells[from] as Cell
    while (cells[to]?.group === group) to++
    const without = sum(cells.slice(from, to).map(({ households }, index) => households - (held[from + index] as number)))
    const share = without > left ? left / without : 1
    for (let cell = from; cell < to; cell++) {
      const own = held[cell] as number
      held[cell] = own + ((cells[cell] as Cell).households - own) * share
    }
    left -= without * share
    from = to
  }
}

/** The most places that the budget pays for. */
function placesPaid(cells: readonly Cell[], places: number, budget: number, quotas: Quotas | undefined): number {
  let [low, high] = [0, places]
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2
    if (spentOn(cells, taken(cells, middle, quotas)) > budget) high = middle
    else low = middle
  }
  return low
}

const spentOn = (cells: readonly Cell[], held: readonly number[]): number =>
  sum(cells.map(({ households, cost }, cell) => (households === 0 ? 0 : cost * ((held[cell] as number) / households))))

function sum(terms: readonly number[]): number {
  const exact = new ExactSum()
  for (const term of terms) exact.add(term)
  return exact.value()
}
