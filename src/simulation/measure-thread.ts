/** A thread of a laboratory that measures what was decided: one programme at a time, or one formula's order. */
import { serveTasks } from '../jobs/serve-tasks.ts'
import { compareScores, type ScoredOrder } from './compare-scores.ts'
import { measureList, tabulateLists } from './measure-list.ts'
import { countUndetermined } from './undetermined-units.ts'
import { BASES_KEPT, type BasisTold, type MeasureTask, type MeasuringBasis } from './measure-tasks.ts'

const bases = new Map<number, MeasuringBasis>()

serveTasks(async (task: MeasureTask | BasisTold): Promise<unknown> => {
  switch (task.kind) {
    case 'basis': {
      bases.set(task.number, task.basis)
      const [oldest] = bases.keys()
      if (bases.size > BASES_KEPT && oldest !== undefined) bases.delete(oldest)
      return null
    }
    case 'orders': {
      const { orders, keys } = basisOf(task.basis)
      return compareScores(orders[task.before] as ScoredOrder, task.after, keys)
    }
    case 'undetermined':
      return countUndetermined(basisOf(task.basis), task.one)
    case 'list':
      return measureList(basisOf(task.basis), task.list, task)
    case 'transitions':
      return tabulateLists(basisOf(task.basis), task)
  }
})

function basisOf(number: number): MeasuringBasis {
  const basis = bases.get(number)
  // INVARIANT: whoever names a basis told it to every thread before.
  if (!basis) throw new Error(`this thread was not told the basis ${number}`)
  return basis
}
