/** A thread of a laboratory that measures what was decided: one programme at a time, or one formula's order. */
import { serveTasks } from '../jobs/serve-tasks.ts'
import { compileBundle } from '../programmes/compile-bundle.ts'
import { gather } from '../targeting/run/gather.ts'
import { compareScores, orderOf, type ScoredOrder } from './compare-scores.ts'
import { countImputed } from './imputed-scores.ts'
import { sumLikelihoods } from './likelihood-rates.ts'
import { leftOutOfList } from './left-out.ts'
import { measureList, tabulateLists } from './measure-list.ts'
import { countUndetermined } from './undetermined-units.ts'
import { afterTransfers } from './measure-policies.ts'
import { nearContests } from './near-cut-offs.ts'
import { BASES_KEPT, type BasisTold, type MeasureTask, type MeasuringBasis, type TermsShown } from './measure-tasks.ts'
import { type Tried, tryTerm } from './try-term.ts'

const bases = new Map<number, MeasuringBasis>()
let tried: Tried | null = null

serveTasks(async (task: MeasureTask | BasisTold | TermsShown): Promise<unknown> => {
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
    case 'imputed':
      return countImputed(basisOf(task.basis), task.scores)
    case 'likelihoods':
      return sumLikelihoods(basisOf(task.basis), task.points, task.table)
    case 'undetermined':
      return countUndetermined(basisOf(task.basis), task.one)
    case 'near': {
      const { areas, rows, household, ...list } = task.list
      const { keys } = basisOf(task.basis)
      return nearContests({ ...list, area: areas && gather(areas, rows) }, task.within, (unit) => keys[household[unit] as number] as number)
    }
    case 'leftOut':
      return leftOutOfList(task.list, basisOf(task.basis))
    case 'list':
      return measureList(basisOf(task.basis), task.list, task)
    case 'policy': {
      const { measured } = basisOf(task.basis)
      return measured && afterTransfers(task.transfers, measured)
    }
    case 'transitions':
      return tabulateLists(basisOf(task.basis), task)
    case 'terms':
      tried = task.tried && compiled(task.tried)
      return null
    case 'term': {
      // INVARIANT: whoever has terms tried showed their columns to every thread before.
      if (!tried) throw new Error('this thread was shown no terms')
      const { orders, keys } = basisOf(task.basis)
      return tryTerm(tried, task, orderOf(orders[task.place] as ScoredOrder), keys)
    }
  }
})

function basisOf(number: number): MeasuringBasis {
  const basis = bases.get(number)
  // INVARIANT: whoever names a basis told it to every thread before.
  if (!basis) throw new Error(`this thread was not told the basis ${number}`)
  return basis
}

function compiled({ texts, ...columns }: NonNullable<TermsShown['tried']>): Tried {
  const { bundle } = compileBundle(texts)
  // INVARIANT: the laboratory compiled the same texts before it told its threads.
  if (!bundle) throw new Error('the versions of the baseline do not compile')
  return { ...columns, bundle }
}
