/** Rates of the groups of a breakdown, as results tell them: each beside the rest, too small a group withheld. */
import type { Words } from '../language/fact-space.ts'
import type { LabelledBreakdown } from './groups.ts'
import { type GroupCount, type GroupRate, ratesOfCounts } from './measures/fairness.ts'

/** What a rate is of: the poor missed of the poor, and the non-poor of the selected. */
export const FAIRNESS_MEASURES = ['exclusionError', 'inclusionError'] as const
export type FairnessMeasure = (typeof FAIRNESS_MEASURES)[number]

export interface GroupRates {
  readonly breakdown: string
  readonly groups: readonly (Omit<GroupRate, 'group' | 'units' | 'unknownUnits'> & { readonly group: Words })[]
}

/** Groups of fewer units in the denominator are not spoken of. */
export const LEAST_OF_GROUP = 50

/** `counts`: by group, the unknown one last, which is among the rest and is not told. */
export function groupRates(
  { id, groups, labels }: Pick<LabelledBreakdown, 'id' | 'groups' | 'labels'>,
  counts: readonly GroupCount[],
  unitsMin = LEAST_OF_GROUP,
): GroupRates {
  const rates = ratesOfCounts(counts, { reference: 'rest', unitsMin })
  return {
    breakdown: id,
    groups: rates
      .slice(0, groups)
      .map(({ group: code, units: _units, unknownUnits: _unknown, ...rate }) => ({ ...rate, group: labels[code] as Words })),
  }
}

/** The same places in the answer, with nothing in them. */
export const withoutRates = <T extends GroupRates>(rates: T): T => ({
  ...rates,
  groups: rates.groups.map(({ group }) => ({ group, tooSmall: true, rate: null, interval: null, difference: null, ratio: null })),
})
