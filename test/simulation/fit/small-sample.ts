/** A small fact space, samples drawn from a known formula over it, and a request that fits that formula. */
import { factSpace, type FactType, type Words } from '../../../src/language/fact-space.ts'
import type { FitRequest } from '../../../src/simulation/fit/fit-request.ts'
import type { ReferenceSample } from '../../../src/simulation/fit/reference-sample.ts'
import { drawFrom } from '../../support/random-draw.ts'

const words: Words = { en: 'x', ar: 'س' }
const type = (id: string, kind: FactType['type'], more: Partial<FactType> = {}): FactType => ({
  id,
  type: kind,
  scale: 0,
  unit: null,
  codes: null,
  codeLabels: null,
  label: words,
  protected: false,
  ...more,
})

export const space = factSpace('household', [
  type('size', 'integer'),
  type('rooms', 'integer'),
  type('income', 'decimal', { scale: 3, unit: 'JOD/month' }),
  type('region', 'category', { codes: ['north', 'middle', 'south', 'badia'] }),
  type('hasCar', 'boolean'),
  type('headSex', 'category', { codes: ['M', 'F'], protected: true }),
  type('registeredOn', 'date'),
])

/** What `drawSample` draws from, by column of the request below. */
export const truth = {
  intercept: 4,
  size: -0.5,
  'rooms: 3 to below 5': 0.15,
  'rooms: 5 and above': 0.3,
  income: 0.2,
  'region: middle': 0.1,
  'region: south+badia': -0.2,
  'hasCar: yes': 0.25,
} as const

export interface Drawn {
  readonly rows: number
  readonly clusters?: number
  readonly strata?: number
  /** Standard deviations of a row's own error and of what its cluster shares. */
  readonly rowError?: number
  readonly clusterError?: number
  readonly weighted?: boolean
  /** Share of rows in which a fact is unknown. */
  readonly unknown?: number
}

/** ln welfare = truth + errors, rounded to 6 places of welfare; each cluster stands in one stratum. */
export function drawSample(seed: number, drawn: Drawn): ReferenceSample {
  const { rows, clusters = 0, strata = 0, rowError = 0.3, clusterError = 0, weighted = false, unknown = 0 } = drawn
  const draw = drawFrom(seed)
  const uniform = (): number => (draw.between(0, 2 ** 31 - 2) + 0.5) / 2 ** 31
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const shared = Array.from({ length: clusters }, () => clusterError * normal())
  const column = (): Float64Array => new Float64Array(rows)
  const facts = { size: column(), rooms: column(), income: column(), region: column(), hasCar: column() }
  const [welfare, weights] = [column(), column()]
  const clusterOf = Array.from({ length: rows }, () => (clusters > 0 ? draw.between(0, clusters - 1) : 0))
  for (let row = 0; row < rows; row++) {
    const [size, rooms, income] = [draw.between(1, 9), draw.between(1, 7), draw.between(0, 900_000)]
    const [region, car] = [draw.between(0, 3), draw.between(0, 1)]
    const sum =
      truth.intercept +
      truth.size * Math.log(size) +
      (rooms < 3 ? 0 : rooms < 5 ? truth['rooms: 3 to below 5'] : truth['rooms: 5 and above']) +
      truth.income * Math.log1p(income / 1000) +
      [0, truth['region: middle'], truth['region: south+badia'], truth['region: south+badia']][region]! +
      car * truth['hasCar: yes'] +
      (shared[clusterOf[row] as number] ?? 0) +
      rowError * normal()
    welfare[row] = Number(Math.exp(sum).toFixed(6))
    weights[row] = draw.between(2, 10) / 4
    Object.assign(facts.size, { [row]: size })
    Object.assign(facts.rooms, { [row]: rooms })
    Object.assign(facts.income, { [row]: draw.happens(unknown) ? NaN : income })
    Object.assign(facts.region, { [row]: draw.happens(unknown) ? NaN : region })
    Object.assign(facts.hasCar, { [row]: draw.happens(unknown) ? NaN : car })
  }
  return {
    space,
    rows,
    welfare,
    weights: weighted ? weights : null,
    strata: strata > 0 ? clusterOf.map((cluster) => `s${cluster % strata}`) : null,
    clusters: clusters > 0 ? clusterOf.map((cluster) => `c${cluster}`) : null,
    facts: new Map(Object.entries(facts)),
  }
}

/** The same rows in another order. */
export function reordered(sample: ReferenceSample, seed: number): ReferenceSample {
  const draw = drawFrom(seed)
  const order = Array.from({ length: sample.rows }, (_, row) => row)
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw.between(0, i)
    ;[order[i], order[j]] = [order[j] as number, order[i] as number]
  }
  const numbers = (column: Float64Array): Float64Array => Float64Array.from(order, (row) => column[row] as number)
  const names = (column: readonly string[] | null): readonly string[] | null => column && order.map((row) => column[row] as string)
  return {
    ...sample,
    welfare: numbers(sample.welfare),
    weights: sample.weights && numbers(sample.weights),
    strata: names(sample.strata),
    clusters: names(sample.clusters),
    facts: new Map([...sample.facts].map(([id, values]) => [id, numbers(values)])),
  }
}

export const request: FitRequest = {
  formula: {
    id: 'draft',
    version: 1,
    effectiveFrom: '2027-01-01',
    label: words,
    predicts: words,
    unit: 'perCapita',
    direction: 'lowerIsPoorer',
  },
  target: 'ln',
  terms: [
    { id: 'size', kind: 'linear', fact: 'size', transform: 'ln', clamp: [1, 20], unknown: 'undetermined' },
    { id: 'rooms', kind: 'bands', fact: 'rooms', limits: [3, 5], unknown: 'mean' },
    { id: 'income', kind: 'linear', fact: 'income', transform: 'ln1p', unknown: 'mean' },
    { id: 'region', kind: 'categories', fact: 'region', base: 'north', groups: [['south', 'badia']], unknown: 'indicator' },
    {
      id: 'hasCar',
      kind: 'conditional',
      label: words,
      when: { all: [{ fact: 'hasCar', operator: 'equal', value: true }] },
      unknown: 'undetermined',
    },
  ],
  crossValidation: { folds: 5, seed: 'first' },
  targeting: { poverty: { share: 0.2 } },
}

export const nameOf = ({ term, level }: { term: string; level: string | null }): string => (level === null ? term : `${term}: ${level}`)
