/** The groups of a population: of the snapshot's facts, of reference welfare, and of the score that it is first ranked by. */
import type { Ranking } from '../targeting/rank.ts'
import { gather } from '../targeting/run/gather.ts'
import { decileGroups, type LabelledBreakdown, welfareTenths } from './groups.ts'
import type { WelfareOrder } from './measures/welfare-order.ts'

/** `rows`: of the snapshot, by row of the population. */
export const populationBreakdowns = (
  groups: readonly LabelledBreakdown[],
  rows: Uint32Array,
  order: WelfareOrder | null,
  ranking: Ranking | undefined,
): LabelledBreakdown[] => [
  ...groups.map((group) => ({ ...group, codes: gather(group.codes, rows) })),
  ...(order ? [welfareTenths(order, rows)] : []),
  ...(ranking
    ? [decileGroups('scoreDecile', { en: 'Tenth of the score, the poorest first', ar: 'عُشر الدرجة، الأفقر أولًا' }, ranking.nation.percentile)]
    : []),
]
