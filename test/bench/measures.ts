/** Cost of the measures over a population of the nation's size: what a simulation adds to a run to say what it changed. */
import { concentrationCurve } from '../../src/simulation/measures/concentration.ts'
import { fgt } from '../../src/simulation/measures/fgt.ts'
import { gini, lorenzCurve } from '../../src/simulation/measures/lorenz.ts'
import { compareOrders } from '../../src/simulation/measures/compare-orders.ts'
import { kendallTauB, spearman } from '../../src/simulation/measures/rank-correlation.ts'
import { rankMoves } from '../../src/simulation/measures/rank-moves.ts'
import { reachedByDecile } from '../../src/simulation/measures/reached-by-decile.ts'
import { targetingErrors } from '../../src/simulation/measures/targeting-errors.ts'
import { TARGETING_OUTCOMES } from '../../src/simulation/measures/targeting-outcome.ts'
import { theil } from '../../src/simulation/measures/theil.ts'
import { welfareOrder } from '../../src/simulation/measures/welfare-order.ts'
import { tabulate } from '../../src/simulation/tabulate.ts'
import { STATES } from '../../src/simulation/unit-states.ts'
import { statesByRow } from '../simulation/support/states-by-row.ts'
import { type Bench, median } from './support/figure.ts'
import { seeded } from './support/random-household.ts'

const HOUSEHOLDS = 2_345_000
const GROUPS = 12
const LINE = 100_000
const ROUNDS = 3

export const bench: Bench = (report) => {
  const random = seeded(1)
  const column = (draw: () => number): Float64Array => Float64Array.from({ length: HOUSEHOLDS }, draw)
  const codes = (count: number): Uint8Array => Uint8Array.from({ length: HOUSEHOLDS }, () => Math.floor(random() * count))
  const welfare = column(() => Math.round(Math.exp(10.5 + 3 * random())))
  const other = welfare.map((value) => Math.round(value * (0.8 + 0.4 * random())))
  const benefit = column(() => Math.round(136_000 * random()))
  const poor = column(random)
  const persons = codes(8).map((n) => n + 1)
  const [outcome, group] = [codes(TARGETING_OUTCOMES.length), codes(GROUPS)]
  const reached = outcome.map((code) => Number(code === 0))
  const order = welfareOrder(welfare, persons)
  const otherOrder = welfareOrder(other, persons)
  const [plainOrder, plainOtherOrder] = [welfareOrder(welfare), welfareOrder(other)]
  const breakdowns = [{ id: 'group', codes: group, groups: GROUPS }]
  const compared = {
    before: statesByRow({ state: codes(STATES.length), outcome, benefit }),
    after: statesByRow({ state: codes(STATES.length), outcome, benefit: other }),
    householdOf: null,
    persons: Uint32Array.from(persons),
    keys: new Uint32Array(HOUSEHOLDS),
  }
  const works: Readonly<Record<string, () => unknown>> = {
    'order by welfare': () => welfareOrder(welfare, persons),
    'Lorenz and Gini': () => gini(lorenzCurve(order)),
    FGT: () => fgt(welfare, LINE, persons),
    Theil: () => theil(welfare, persons),
    concentration: () => concentrationCurve(order, benefit),
    'reached by decile': () => reachedByDecile(order, reached, benefit),
    'targeting errors': () => targetingErrors({ poor, outcome, weights: persons }),
    'transitions by group': () => tabulate(compared, breakdowns),
    Spearman: () => spearman(welfare, other, persons),
    'Kendall tau-b': () => kendallTauB(welfare, other, persons),
    'all three of orders': () => compareOrders(plainOrder, plainOtherOrder, compared.keys),
    'rank moves': () => rankMoves(order, otherOrder),
  }
  for (const [name, work] of Object.entries(works)) {
    const rounds = Array.from({ length: ROUNDS }, () => {
      const start = performance.now()
      work()
      return performance.now() - start
    })
    report({ figure: `measure ${name}`, value: median(rounds), unit: 'ms', households: HOUSEHOLDS, rounds: ROUNDS })
  }
}
