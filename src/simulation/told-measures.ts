/** What is told of a policy: poverty and inequality before its transfers and after, and how well each programme finds the poor. */
import type { PolicyBehind } from './behind.ts'
import { disclosedIndex, disclosedMeasures } from './disclose.ts'
import { withoutFigures } from './few-selected.ts'
import type { PolicyMeasures } from './measure-policies.ts'
import { toldProgrammeMeasures } from './told-programme-measures.ts'
import type { WelfareMeasures } from './welfare-measures.ts'
import { endsTold, toldLine, type ToldWelfare, toldWelfare } from './told-welfare.ts'

export type ToldMeasures = Omit<ToldWelfare<PolicyMeasures>, 'before' | 'behind'> & { readonly before?: ToldWelfare }

/** `few`: programmes that select so few that nothing is told of whom. Results that were stored without what stands behind them are rounded. */
export function toldMeasures({ programmes, behind, ...measures }: PolicyMeasures, few: ReadonlySet<string>): ToldMeasures {
  return {
    ...(behind ? toldPolicy(measures, behind) : withoutShortfalls(disclosedMeasures(measures))),
    programmes: programmes.map((one) => (few.has(one.programme) ? withoutFigures(one) : toldProgrammeMeasures(one))),
  }
}

/** A sum over the poor is told by who they are, or not at all. */
const withoutShortfalls = ({ before, ...after }: Omit<PolicyMeasures, 'programmes' | 'behind'>): Omit<ToldMeasures, 'programmes'> => ({
  ...withoutShortfall(after),
  ...(before ? { before: withoutShortfall(before) } : {}),
})

const withoutShortfall = <T extends WelfareMeasures>({ poverty: { shortfall, ...poverty }, ...rest }: T) => ({
  ...rest,
  poverty: { ...poverty, ...(shortfall ? { shortfall: { households: null, amount: null } } : {}) },
})

function toldPolicy(
  { before, lines, lorenz, ...after }: Omit<PolicyMeasures, 'programmes' | 'behind'>,
  behind: PolicyBehind,
): Omit<ToldMeasures, 'programmes'> {
  const isTold = endsTold(behind)
  return {
    ...toldWelfare(after, behind),
    ...(before ? { before: toldWelfare(before, behind.before) } : {}),
    ...(lines ? { lines: lines.map((one, place) => toldLine(one, place, behind, behind.before)) } : {}),
    lorenz: lorenz.map(({ population, amount }, at) => ({
      population,
      amount: isTold[at] ? disclosedIndex(amount, behind.known.units) : null,
    })),
  }
}
