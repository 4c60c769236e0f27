/** What the measures of a decision leave out, counted in the threads, once for each list. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { Keyed } from '../kernel/keyed-counts.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { Decision } from './decide.ts'
import { type LeftOut, type ProgrammeLeftOut, withoutScore, withoutWelfare } from './left-out.ts'
import type { Comparing } from './simulate.ts'

/** By what lists are measured with: a scenario shares those that it leaves as they are. */
const knownOf = keptWith((_basis: Comparing['basis']) => new WeakMap<ProgrammeList, ProgrammeLeftOut>())
const scoresOf = keptWith((_point: Float64Array) => new WeakMap<Uint32Array, Keyed>())
/** By scores that a scenario shares with its baseline. */
function withoutScoreOf(point: Float64Array, keys: Uint32Array): Keyed {
  const known = scoresOf(point)
  const found = known.get(keys) ?? withoutScore(point, keys)
  known.set(keys, found)
  return found
}

/** The same for every policy. */
const welfareOf = keptWith(withoutWelfare)

export async function leftOutOf({ measuring, basis }: Pick<Comparing, 'measuring' | 'basis'>, one: Decision): Promise<LeftOut> {
  const { bundle, lists, nation } = one
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
    formulas: scoredFormulas(bundle).map(({ ref }, place) => {
      const { units, key } = withoutScoreOf(nation.scores[place]?.point ?? new Float64Array(0), basis.keys)
      return { formula: ref.id, withoutScore: units, behind: { withoutScore: key } }
    }),
  }
}
