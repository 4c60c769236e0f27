/** What the measures of a decision leave out, counted in the threads, once for each list. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import { type LeftOut, type ProgrammeLeftOut, withoutWelfare } from './left-out.ts'
import type { Comparing } from './simulate.ts'

/** By what lists are measured with: a scenario shares those that it leaves as they are. */
const knownOf = keptWith((_basis: Comparing['basis']) => new WeakMap<ProgrammeList, ProgrammeLeftOut>())
/** The same for every policy. */
const welfareOf = keptWith(withoutWelfare)

export async function leftOutOf({ measuring, basis }: Pick<Comparing, 'measuring' | 'basis'>, one: Decision): Promise<LeftOut> {
  const { bundle, lists, nation, rankings } = one
  const known = knownOf(basis)
  const programmes = await Promise.all(
    lists.map(async (list): Promise<ProgrammeLeftOut> => {
      const found = known.get(list)
      if (found) return found
      const { programme, household, allocation } = list
      const { status, reason } = allocation
      const [counted] = await measuring.perform([
        { kind: 'leftOut', basis: await measuring.numberOf(basis), list: { programme, household, allocation: { status, reason } } },
      ])
      // INVARIANT: the pool answers what it was asked.
      if (!counted) throw new Error(`what measures of ${programme} leave out was not counted`)
      known.set(list, counted)
      return counted
    }),
  )
  return {
    welfare: basis.measured && welfareOf(basis.measured),
    programmes,
    // An order holds whoever has a score.
    formulas: scoredFormulas(bundle).map(({ ref }, place) => ({
      formula: ref.id,
      withoutScore: nation.householdRefs.length - (rankings[place]?.order.length ?? 0),
    })),
  }
}
