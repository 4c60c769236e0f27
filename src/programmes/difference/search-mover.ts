/** The search for a household on one side of a cut-off by one formula and on the other by another: few facts, each the one that helps most. */
import type { FactValues } from '../../language/fact-space.ts'
import type { MoverKind } from './score-movers.ts'

export interface MoverSearch {
  readonly kind: MoverKind
  /** Nothing is known but parameters and what puts it where it competes. */
  readonly base: FactValues
  /** Whether it competes there. */
  readonly isThere: (values: FactValues) => boolean
  /** By slot, ascending values. */
  readonly candidates: ReadonlyMap<number, readonly number[]>
  /** Slots that the formulas treat otherwise. */
  readonly changed: ReadonlySet<number>
  /** How far past its cut-off each formula puts a household, towards the better off; NaN without a score. */
  readonly beyond: (values: FactValues) => readonly [number, number]
}

/** Facts that are tried one after the other, the best each time: more are nothing to read. */
const STEPS = 24
/** How much of what the facts that weigh otherwise could do is used: as little as will do. First by one of them, in the end by all. */
const ATTEMPTS = [1, 2, 4, Infinity].flatMap((facts) => [0.25, 0.5, 1].map((share) => ({ facts, share })))

interface Found {
  readonly slot: number
  readonly value: number
  readonly cost: number
}

/** With as few facts stated as it takes from where it begins; null where none was found. */
export function searchMover({ kind, base, isThere, candidates, changed, beyond }: MoverSearch): FactValues | null {
  const values = { lo: base.lo.slice(), hi: base.hi.slice() }
  const put = (slot: number, lo: number, hi: number): void => {
    values.lo[slot] = lo
    values.hi[slot] = hi
  }
  /** Takes back what is stated of each fact, unless something would be lost by it. */
  const forget = (isLost: () => boolean): void => {
    for (const slot of candidates.keys()) {
      const [low, high] = [values.lo[slot] as number, values.hi[slot] as number]
      put(slot, base.lo[slot] as number, base.hi[slot] as number)
      if (isLost()) put(slot, low, high)
    }
  }
  /** What is missing on both sides; 0 is a mover. */
  const missing = (): number => {
    const [before, after] = beyond(values)
    if (Number.isNaN(before) || Number.isNaN(after)) return Infinity
    const [past, within] = kind === 'enters' ? [before, after] : [after, before]
    return Math.max(0, 1 - past) + Math.max(0, within)
  }
  /** The change of score in the wanted direction: the more the better. */
  const apart = (): number => {
    const [before, after] = beyond(values)
    return kind === 'enters' ? after - before : before - after
  }
  /** The same, as long as the two scores are far enough apart. */
  const left = (): number => (apart() > -1 ? Infinity : missing())
  /** What each value of a fact comes to, the rest as it is. */
  const tried = (slot: number, among: readonly number[], cost: () => number): Found[] => {
    const [low, high] = [values.lo[slot] as number, values.hi[slot] as number]
    const all = among.map((value): Found => {
      put(slot, value, value)
      return { slot, value, cost: cost() }
    })
    put(slot, low, high)
    return all
  }
  /** Between two places along a line, closer and closer. */
  const nearer = ({ slot, ...found }: Found): number => {
    const all = candidates.get(slot) ?? []
    const [least, most] = [all[0] ?? 0, all.at(-1) ?? 0]
    let { value, cost } = found
    for (let step = Math.floor((most - least) / all.length); step >= 1 && cost > 0; step = Math.floor(step / 2)) {
      const beside = [value - step, value + step].filter((one) => least <= one && one <= most)
      const best = bestOf(tried(slot, beside, left))
      if (best && best.cost < cost) [value, cost] = [best.value, best.cost]
    }
    return value
  }

  // Where a formula wants a fact known, it is known at first.
  for (const [slot, all] of candidates) {
    const fitting = tried(slot, all, () => (isThere(values) ? 0 : 1)).filter(({ cost }) => cost === 0)
    const middle = fitting[fitting.length >> 1]
    if (middle) put(slot, middle.value, middle.value)
  }
  forget(() => Number.isNaN(apart()))
  if (Number.isNaN(apart())) return null
  const begin = { lo: values.lo.slice(), hi: values.hi.slice() }
  const still = apart()
  const pulls = [...changed]
    .flatMap((slot) => {
      const all = tried(slot, candidates.get(slot) ?? [], apart).filter(({ cost }) => cost < still)
      const best = bestOf(all)
      return best ? [{ all, best }] : []
    })
    .toSorted((a, b) => a.best.cost - b.best.cost)
  for (const { facts, share } of ATTEMPTS) {
    values.lo.set(begin.lo)
    values.hi.set(begin.hi)
    for (const { all, best } of pulls.slice(0, facts)) {
      const enough = still + (best.cost - still) * share
      const { slot, value } = bestOf(all.filter(({ cost }) => cost <= enough).map((one) => ({ ...one, cost: -one.cost }))) as Found
      put(slot, value, value)
    }
    // Facts that weigh alike bring them no further apart.
    if (apart() > -1) continue
    for (let step = 0; step < STEPS && missing() > 0; step++) {
      const best = bestOf([...candidates].flatMap(([slot, all]) => bestOf(tried(slot, all, left)) ?? []))
      if (!best || best.cost >= missing()) break
      const value = nearer(best)
      put(best.slot, value, value)
    }
    if (missing() > 0) continue
    forget(() => missing() > 0)
    return values
  }
  return null
}

/** The first of the least cost. */
const bestOf = (all: readonly Found[]): Found | null =>
  all.reduce<Found | null>((best, one) => (!best || one.cost < best.cost ? one : best), null)
