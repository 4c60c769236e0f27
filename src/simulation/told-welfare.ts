/** What is told of poverty in money: what the poor lack is a sum over them, and so of few it is not told. */
import { DIGITS } from '../access/disclosure/cell-noise.ts'
import { disclosedCount } from './disclose.ts'
import { isFew } from './few-selected.ts'
import type { PolicyMeasures } from './measure-policies.ts'
import type { Shortfall, WelfareMeasures } from './welfare-measures.ts'

/** Null where it is withheld. */
interface ToldShortfall {
  readonly households: number | null
  readonly amount: number | null
}
type ToldPoverty<T extends WelfareMeasures> = Omit<T, 'poverty'> & {
  readonly poverty: Omit<T['poverty'], 'shortfall'> & { readonly shortfall?: ToldShortfall }
}
export type ToldMeasures = Omit<ToldPoverty<PolicyMeasures>, 'before'> & { readonly before?: ToldPoverty<WelfareMeasures> }

/** `exact`: the measures as they are; `told`: the same, with every index rounded. */
export const withToldShortfalls = (exact: PolicyMeasures, told: PolicyMeasures): ToldMeasures => ({
  ...told,
  ...toldPoverty(exact, told),
  ...(exact.before && told.before ? { before: { ...told.before, ...toldPoverty(exact.before, told.before) } } : {}),
})

function toldPoverty(exact: WelfareMeasures, { poverty: { shortfall: _exact, ...poverty } }: WelfareMeasures) {
  const { shortfall } = exact.poverty
  return { poverty: { ...poverty, ...(shortfall ? { shortfall: toldShortfall(shortfall) } : {}) } }
}

const toldShortfall = ({ households, amount }: Shortfall): ToldShortfall =>
  isFew(households)
    ? { households: null, amount: null }
    : { households: disclosedCount(households), amount: Number(amount.toPrecision(DIGITS)) }
