/** Two orders of the same rows held against each other in one walk: Spearman's rho, Kendall's tau-b, and how far rows move. */
import { keptWith } from '../../kernel/kept-with.ts'
import { centredByGroup } from './average-ranks.ts'
import { ExactSum } from './exact-sum.ts'
import { inversions } from './inversions.ts'
import { quantileGroup } from './quantile.ts'
import { distribution, type MoveDistribution, placeInHundredths } from './rank-moves.ts'
import { correlation } from './rank-correlation.ts'
import { sortDoubles } from './sort-doubles.ts'
import { groupByRow, type WelfareOrder } from './welfare-order.ts'

export interface OrdersMoved {
  readonly spearman: number | null
  readonly moved: MoveDistribution
  /** Sums modulo 2^32 of the keys that came in. */
  readonly keys: { readonly ranked: number; readonly sameTenth: number }
}

export interface OrdersCompared extends OrdersMoved {
  readonly kendall: number | null
}

/** As `spearman` and `rankMoves`, without the pairs that are counted for tau-b. `keys`: record key by row. */
export function ordersMoved(x: WelfareOrder, y: WelfareOrder, keys: Uint32Array): OrdersMoved | null {
  const groupsY = groupsCompared(x, y)
  return groupsY && { spearman: spearmanOf(x, y, groupsY), ...movesOf(x, y, groupsY, keys) }
}

/** As `spearman`, `kendallTauB` and `rankMoves` of the columns that were ordered, to the bit. Both orders are without weights and rank the same rows; null where not. */
export function compareOrders(x: WelfareOrder, y: WelfareOrder, keys: Uint32Array): OrdersCompared | null {
  const groupsY = groupsCompared(x, y)
  if (!groupsY) return null
  const { moved, keys: added } = movesOf(x, y, groupsY, keys)
  sortWithinGroups(x, groupsY)
  const [squaresX, squaresY, all] = [squaredGroups(x), squaredGroups(y), x.rows.length ** 2]
  const scale = Math.sqrt((all - squaresX) * (all - squaresY))
  // Counting the pairs in the wrong order sorts the groups, so what reads their order comes first.
  const rho = spearmanOf(x, y, groupsY)
  const tiedInBoth = squaredRuns(x, groupsY)
  return {
    spearman: rho,
    kendall: correlation(all - squaresX - squaresY + tiedInBoth - 4 * inversions(groupsY), scale),
    moved,
    keys: added,
  }
}

/** Null where they are not orders of the same rows without weights. */
const groupsCompared = (x: WelfareOrder, y: WelfareOrder): Int32Array | null =>
  x.weights !== undefined || y.weights !== undefined || x.rows.length !== y.rows.length ? null : groupsInOrderOf(x, groupByRow(y))

const spearmanOf = (x: WelfareOrder, y: WelfareOrder, groupsY: Int32Array): number | null =>
  correlation(productOfRanks(x, y, groupsY), Math.sqrt(squaredRanks(x) * squaredRanks(y)))

/** By place in x: the group of y. Null where y does not rank a row of x. */
function groupsInOrderOf({ rows }: WelfareOrder, groupY: Int32Array): Int32Array | null {
  const groups = new Int32Array(rows.length)
  for (let place = 0; place < rows.length; place++) {
    const group = groupY[rows[place] as number] as number
    if (!(group >= 0)) return null
    groups[place] = group
  }
  return groups
}

const TENTHS = 10

function movesOf(x: WelfareOrder, y: WelfareOrder, groupsY: Int32Array, keys: Uint32Array): Pick<OrdersMoved, 'moved' | 'keys'> {
  const [before, after] = [placesByGroup(x), placesByGroup(y)]
  const moves = new Float64Array(groupsY.length)
  const { ofPlaces, sum } = keysInOrder(x)(keys)
  let [sameTenth, sameKey] = [0, 0]
  let at = 0
  for (let group = 0; group < x.groupEnd.length; group++) {
    const [place, tenth] = [before.places[group] as number, before.tenths[group] as number]
    for (const end = x.groupEnd[group] as number; at < end; at++) {
      const other = groupsY[at] as number
      moves[at] = (after.places[other] as number) - place
      if (after.tenths[other] !== tenth) continue
      sameTenth++
      sameKey = (sameKey + (ofPlaces[at] as number)) | 0
    }
  }
  return { moved: distribution(sortDoubles(moves), sameTenth), keys: { ranked: sum, sameTenth: sameKey >>> 0 } }
}

/** Keys by place in the order, with their sum modulo 2^32; kept with the order, for the keys that came last. */
const keysInOrder = keptWith(({ rows }: WelfareOrder) => {
  let last: KeysInOrder | null = null
  return (keys: Uint32Array): KeysInOrder => (last = last?.keys === keys ? last : { keys, ...keysOfPlaces(rows, keys) })
})

interface KeysInOrder {
  readonly keys: Uint32Array
  readonly ofPlaces: Uint32Array
  readonly sum: number
}

function keysOfPlaces(rows: Uint32Array, keys: Uint32Array): Omit<KeysInOrder, 'keys'> {
  const ofPlaces = new Uint32Array(rows.length)
  let sum = 0
  for (let place = 0; place < rows.length; place++) {
    const key = keys[rows[place] as number] as number
    ofPlaces[place] = key
    sum = (sum + key) | 0
  }
  return { ofPlaces, sum: sum >>> 0 }
}

/** Kept with the order: a baseline's is compared with many. */
const placesByGroup = keptWith(({ cumulativeWeight }: WelfareOrder) => {
  const total = cumulativeWeight.at(-1) ?? 0
  const places = new Float64Array(cumulativeWeight.length)
  const tenths = new Uint8Array(cumulativeWeight.length)
  let before = 0
  for (let group = 0; group < places.length; group++) {
    const after = cumulativeWeight[group] as number
    places[group] = placeInHundredths(before, after, total)
    tenths[group] = quantileGroup(before, after, total, TENTHS)
    before = after
  }
  return { places, tenths }
})

/** The groups of y ascending within each group of x. */
function sortWithinGroups({ groupEnd }: WelfareOrder, groupsY: Int32Array): void {
  let start = 0
  for (let group = 0; group < groupEnd.length; group++) {
    const end = groupEnd[group] as number
    if (end - start > 1) groupsY.subarray(start, end).sort()
    start = end
  }
}

/** Terms are whole numbers: up to a sum of 2^53 they are added as they are. */
class WholeSum {
  private readonly sum = new ExactSum()
  private part = 0
  private readonly most: number

  constructor(greatestTerm: number) {
    this.most = Number.MAX_SAFE_INTEGER - greatestTerm
  }

  add(term: number): void {
    if (Math.abs(this.part) > this.most) {
      this.sum.add(this.part)
      this.part = 0
    }
    this.part += term
  }

  value(): number {
    this.sum.add(this.part)
    this.part = 0
    return this.sum.value()
  }
}

/** Σ of the products of ranks; each is below n². */
function productOfRanks(x: WelfareOrder, y: WelfareOrder, groupsY: Int32Array): number {
  const [ranksX, ranksY] = [centredByGroup(x), centredByGroup(y)]
  const sum = new WholeSum(x.rows.length ** 2)
  let place = 0
  for (let group = 0; group < x.groupEnd.length; group++) {
    const own = ranksX[group] as number
    for (const end = x.groupEnd[group] as number; place < end; place++) sum.add(own * (ranksY[groupsY[place] as number] as number))
  }
  return sum.value()
}

/** Σ r² over rows, kept with the order. */
const squaredRanks = keptWith((order: WelfareOrder): number => {
  const { groupEnd, rows } = order
  const ranks = centredByGroup(order)
  const sum = new WholeSum(rows.length ** 2)
  let place = 0
  for (let group = 0; group < groupEnd.length; group++) {
    const square = (ranks[group] as number) ** 2
    for (const end = groupEnd[group] as number; place < end; place++) sum.add(square)
  }
  return sum.value()
})

/** Σ T² over groups of equals: whole numbers, exact below 9 · 10^7 rows. */
const squaredGroups = keptWith(({ groupEnd }: WelfareOrder): number => {
  let sum = 0
  let start = 0
  for (let group = 0; group < groupEnd.length; group++) {
    const end = groupEnd[group] as number
    sum += (end - start) ** 2
    start = end
  }
  return sum
})

/** The same over rows that are equal in y too; `sorted` ascends within each group of x. */
function squaredRuns({ groupEnd }: WelfareOrder, sorted: Int32Array): number {
  let sum = 0
  let place = 0
  for (let group = 0; group < groupEnd.length; group++) {
    const end = groupEnd[group] as number
    while (place < end) {
      const start = place
      while (place < end && sorted[place] === sorted[start]) place++
      sum += (place - start) ** 2
    }
  }
  return sum
}
