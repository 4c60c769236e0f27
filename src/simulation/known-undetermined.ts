/** The undetermined of a rule, counted once for all lists that it decides on: a scenario shares its truths with the baseline where it leaves them. */
import { keptWith } from '../kernel/kept-with.ts'
import type { MeasuredList, MeasuringBasis } from './measure-tasks.ts'
import type { MeasuringThreads } from './measuring-threads.ts'
import type { UndeterminedUnits } from './undetermined-units.ts'

const askedOf = keptWith((_basis: MeasuringBasis) => new WeakMap<Uint8Array, Promise<UndeterminedUnits>>())

/** By the truths of the list's rule: who is enrolled, and so listed although undetermined, is the same in all decisions of a basis. */
export function undeterminedOf(threads: MeasuringThreads, basis: MeasuringBasis, one: MeasuredList): Promise<UndeterminedUnits> {
  const asked = askedOf(basis)
  const found = asked.get(one.truth) ?? count(threads, basis, one)
  asked.set(one.truth, found)
  // What failed is asked again.
  found.catch(() => asked.delete(one.truth))
  return found
}

async function count(threads: MeasuringThreads, basis: MeasuringBasis, one: MeasuredList): Promise<UndeterminedUnits> {
  const [counted] = await threads.perform([{ kind: 'undetermined', basis: await threads.numberOf(basis), one }])
  // INVARIANT: the pool answers what it was asked.
  if (!counted) throw new Error(`the undetermined of ${one.list.programme} were not counted`)
  return counted
}
