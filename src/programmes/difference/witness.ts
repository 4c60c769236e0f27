/** Makes a witness readable: values moved next to what the rules compare them with, bounds made values, where the outcomes stay. */
import type { Condition } from '../../language/condition/condition.ts'
import { interpret } from '../../language/condition/interpret.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { FactType, FactValues } from '../../language/fact-space.ts'
import type { Truth } from '../../kernel/truth.ts'
import type { DomainOf } from './domain.ts'

export function tidyWitness(
  found: FactValues,
  slots: readonly number[],
  conditions: readonly [Condition, Condition],
  domainOf: DomainOf,
): FactValues {
  const { space } = conditions[0]
  const wanted = conditions.map((condition) => interpret(condition, found))
  const holds = (values: FactValues): boolean => conditions.every((one, n) => interpret(one, values) === (wanted[n] as Truth))
  const empty = unknownValues(space)
  const best: FactValues = { lo: found.lo.slice(), hi: found.hi.slice() }
  for (const slot of slots) {
    const type = space.types[slot] as FactType
    const domain = domainOf(type)
    const [lo, hi] = [best.lo[slot] as number, best.hi[slot] as number]
    if (domain.fixed !== undefined || (lo === empty.lo[slot] && hi === empty.hi[slot])) continue
    const place = (low: number, high: number): boolean => {
      best.lo[slot] = low
      best.hi[slot] = high
      return holds(best)
    }
    const near = nearby(slot, best, conditions).filter((value) => isInside(type, domain.nonNegative, value))
    if (near.some((value) => place(value, value))) continue
    if (domain.bounded && near.some((value) => place(value, Infinity) || place(-Infinity, value))) continue
    place(lo, hi)
  }
  return best
}

function isInside(type: FactType, nonNegative: boolean, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false
  if (type.type === 'boolean') return value === 0 || value === 1
  if (type.type === 'category') return value >= 0 && value < (type.codes?.length ?? 0)
  return type.type === 'date' ? value >= -719_162 && value <= 2_932_896 : !nonNegative || value >= 0
}

/** The thresholds of a fact in both conditions with their neighbours, and values of facts it is compared with. */
function nearby(slot: number, values: FactValues, conditions: readonly Condition[]): readonly number[] {
  const points = new Set<number>()
  for (const { slot: left, operand } of conditions.flatMap(({ leaves }) => leaves)) {
    if (operand.kind === 'literals') {
      if (left === slot) operand.values.forEach((value) => points.add(value))
    } else if (left === slot || operand.slot === slot) {
      const [other, own, its] =
        left === slot
          ? [operand.slot, operand.leftMultiplier, operand.rightMultiplier]
          : [left, operand.rightMultiplier, operand.leftMultiplier]
      for (const end of [values.lo[other] as number, values.hi[other] as number]) points.add(Math.trunc((end * its) / own))
    }
  }
  if (points.size === 0) points.add(0)
  return [...points].flatMap((value) => [value, value - 1, value + 1])
}
