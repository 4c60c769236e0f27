/**
 * Which unit the next place goes to: the sequence of selections that a programme's quotas and left-over step give, before any limit.
 *
 * Places are granted one by one in the order of Sainte-Laguë. A place of an area goes to the area's next unit, in the order, with the
 * enrolled first. A place whose area has nobody left is left over; with `nationalOrder` the left-over places go to the first units in the
 * national order that hold none. After each place, the units holding one are exactly those that the two steps, quotas and then left-over
 * places, select for that number of places. The sequence knows neither budget nor places: each of them only cuts it short.
 */
import { placeSequence } from './apportion.ts'

export type LeftOver = 'none' | 'nationalOrder'

export interface Candidates {
  /** Rows that compete, in their total order. */
  readonly order: Uint32Array
  /** By row: 1 where the unit keeps its place, and so holds one from the start. */
  readonly kept: Uint8Array
  /** By row: area code, 0 to 255. */
  readonly area: Uint8Array
  /** By area code; an area beyond the end has no quota. */
  readonly weights: readonly number[]
  /** Places that belong to areas; those beyond it are left over. */
  readonly quotaPlaces: number
  readonly leftOver: LeftOver
}

/** `offer`: once for each unit that gets a place, in sequence. `relabel`: a unit in a left-over place has come into its area's quota. */
export interface Offers {
  readonly offer: (row: number, by: 'quota' | 'leftOver') => void
  readonly relabel: (row: number) => void
}

/** Offers `places` places, or as many as there are units to take them. */
export function placeUnits(candidates: Candidates, places: number, { offer, relabel }: Offers): void {
  const { order, kept, weights, quotaPlaces, leftOver } = candidates
  const sequence = placeSequence(weights)
  const queues = queuesOf(candidates)
  const holds = kept.slice()
  const inLeftOver = new Uint8Array(kept.length)
  // Enrolled units that no place of their area has been counted against yet: until then they take left-over places first.
  let uncovered = 0
  for (let i = 0; i < order.length; i++) uncovered += kept[order[i] as number] as number
  const someKept = uncovered > 0
  const passesOn = leftOver === 'nationalOrder'
  let without = passesOn ? order.length - uncovered : 0
  let leftOverPlaces = 0
  let leftOverHeld = 0
  let front = 0
  for (let granted = 0; granted < places && (queues.waiting() > 0 || without > 0); granted++) {
    const code = granted < quotaPlaces ? sequence.next() : -1
    const row = code < 0 ? -1 : queues.shift(code)
    let moved = -1
    if (row < 0) leftOverPlaces++
    else if (someKept && kept[row] === 1) uncovered--
    else if (leftOverHeld > 0 && inLeftOver[row] === 1) {
      moved = row
      inLeftOver[row] = 0
      leftOverHeld--
    } else {
      if (passesOn) {
        holds[row] = 1
        without--
      }
      offer(row, 'quota')
    }
    while (passesOn && leftOverHeld < leftOverPlaces - uncovered) {
      while (front < order.length && holds[order[front] as number] === 1) front++
      if (front === order.length) break
      const next = order[front] as number
      holds[next] = 1
      inLeftOver[next] = 1
      leftOverHeld++
      without--
      offer(next, 'leftOver')
    }
    if (moved >= 0) relabel(moved)
  }
}

const AREAS = 256

interface Queues {
  /** The next row of an area, -1 when there is none. */
  readonly shift: (code: number) => number
  /** Rows that still wait in areas with a weight. */
  readonly waiting: () => number
}

/** The rows of each area in their order, the enrolled first. */
function queuesOf({ order, kept, area, weights }: Candidates): Queues {
  const from = new Uint32Array(AREAS + 1)
  let enrolled = 0
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const after = (area[row] as number) + 1
    from[after] = (from[after] as number) + 1
    enrolled += kept[row] as number
  }
  for (let code = 0; code < AREAS; code++) from[code + 1] = (from[code + 1] as number) + (from[code] as number)
  const fill = from.slice()
  const rows = new Uint32Array(order.length)
  for (const turn of enrolled > 0 ? [1, 0] : [0]) {
    for (let i = 0; i < order.length; i++) {
      const row = order[i] as number
      if (kept[row] !== turn) continue
      const code = area[row] as number
      rows[fill[code] as number] = row
      fill[code] = (fill[code] as number) + 1
    }
  }
  const next = from.slice()
  let waiting = weights.reduce((sum, weight, code) => sum + (weight > 0 ? (from[code + 1] as number) - (from[code] as number) : 0), 0)
  return {
    waiting: () => waiting,
    shift: (code) => {
      const at = next[code] as number
      if (at >= (from[code + 1] as number)) return -1
      next[code] = at + 1
      waiting--
      return rows[at] as number
    },
  }
}
