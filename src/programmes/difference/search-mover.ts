/** The search for a household on one side of a cut-off by one formula and on the other by another: one fact after the other, always the best value. */
import type { FactValues } from '../../language/fact-space.ts'
import type { MoverKind } from './score-movers.ts'

export interface MoverSearch {
  readonly kind: MoverKind
  /** Nothing is known but parameters. */
  readonly base: FactValues
  /** By slot, ascending values. */
  readonly candidates: ReadonlyMap<number, readonly number[]>
  /** Slots that the formulas treat otherwise. */
  readonly changed: ReadonlySet<number>
  /** How far past its cut-off each formula puts a household, towards the better off; NaN without a score. */
  readonly beyond: (values: FactValues) => readonly [number, number]
}

const ROUNDS = 4

/** With as few facts stated as that takes; null where none was found. */
export function searchMover({ kind, base, candidates, changed, beyond }: MoverSearch): FactValues | null {
  const values = { lo: base.lo.slice(), hi: base.hi.slice() }
  const put = (slot: number, lo: number, hi: number): void => {
    values.lo[slot] = lo
    values.hi[slot] = hi
  }
  for (const [slot, all] of candidates) {
    const middle = all[all.length >> 1] as number
    put(slot, middle, middle)
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
    const change = kind === 'enters' ? after - before : before - after
    return Number.isNaN(change) ? Infinity : change
  }
  const best = (slot: number, cost: () => number): void => {
    const all = candidates.get(slot) ?? []
    let [chosen, least] = [values.lo[slot] as number, cost()]
    const attempt = (value: number): void => {
      put(slot, value, value)
      const own = cost()
      if (own < least) [chosen, least] = [value, own]
    }
    for (const value of all) attempt(value)
    // Between two places along a line, closer and closer.
    const span = (all.at(-1) ?? 0) - (all[0] ?? 0)
    for (let step = Math.floor(span / all.length); step >= 1 && least > 0; step = Math.floor(step / 2)) {
      const from = chosen
      for (const value of [from - step, from + step]) if (value >= (all[0] ?? 0) && value <= (all.at(-1) ?? 0)) attempt(value)
    }
    put(slot, chosen, chosen)
  }
  const slots = [...candidates.keys()]
  for (const slot of slots) if (changed.has(slot)) best(slot, apart)
  const inTurn = [...slots.filter((slot) => !changed.has(slot)), ...slots.filter((slot) => changed.has(slot))]
  for (let round = 0; round < ROUNDS && missing() > 0; round++)
    for (const slot of inTurn) {
      if (missing() === 0) break
      best(slot, missing)
    }
  if (missing() > 0) return null
  for (const slot of slots) {
    const known = values.lo[slot] as number
    put(slot, base.lo[slot] as number, base.hi[slot] as number)
    if (missing() > 0) put(slot, known, known)
  }
  return values
}
