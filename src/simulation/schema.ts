/** What the routes of simulations answer. */
import Type from 'typebox'
import type { PinnedRequest } from './baseline.ts'
import { ErrorsByGroupAnswer, ImputedAnswer, LikelihoodsAnswer, UndeterminedShareAnswer } from './fairness-schema.ts'
import { NearCutOffAnswer } from './cut-off-schema.ts'
import { LeftOutAnswer } from './left-out-schema.ts'
import { MovedScoresAnswer, WitnessesAnswer } from './made-households-schema.ts'
import { SampleAboutAnswer, SampleMeasuresAnswer } from './on-sample/schema.ts'
import { REPORT_LANGUAGES } from './report/report-subject.ts'
import type { StoredSimulation } from './simulation-store.ts'
import { BeforeAnswer, LinesAnswer, ScaleAnswer, welfareAnswer } from './welfare-schema.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const SimulationParams = Type.Object({ simulation: Type.String({ format: 'uuid' }) }, closed)

export const RESULT_FORMATS = ['json', 'csv', 'parquet'] as const
const exact = Type.Optional(Type.Boolean({ description: 'counts and amounts as they are; needs `simulations:exact`, and is audited' }))

export const ResultQuery = Type.Object(
  {
    exact,
    format: Type.Optional(
      Type.Enum([...RESULT_FORMATS], { description: 'for those who cannot choose what they `Accept`; json unless either says otherwise' }),
    ),
  },
  closed,
)

export const ReportQuery = Type.Object(
  {
    lang: Type.Optional(
      Type.Enum([...REPORT_LANGUAGES], { description: 'Arabic, English, or both in one file, which is meant unless said otherwise' }),
    ),
    exact,
  },
  closed,
)

/** What a list tells: requests and manifests can be of a megabyte each. */
export const SimulationSummary = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  status: Type.Enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  stage: Nullable(Type.String({ description: 'open, baseline, scenario, measure, sensitivity' })),
  done: Type.Integer(),
  total: Type.Integer(),
  attempt: Type.Integer({ description: 'how often it was begun' }),
  run: Nullable(Type.String({ description: 'the run whose snapshot and inputs it read' })),
  manifestHash: Nullable(Type.String({ description: "SHA-256 of the manifest's canonical JSON" })),
  problem: Nullable(Type.String({ description: 'the code of what stopped it: /errors' })),
  detail: Nullable(Type.String()),
  createdAt: Type.String({ format: 'date-time' }),
  finishedAt: Nullable(Type.String({ format: 'date-time' })),
})

export const SimulationAnswer = Type.Object({
  ...SimulationSummary.properties,
  request: Type.Unknown({ description: 'what was asked for' }),
  manifest: Nullable(Type.Unknown({ description: 'every hash that it follows from' })),
  errors: Nullable(Type.Array(Type.Unknown(), { description: 'faults of its scenarios' })),
})

export function simulationAnswer({
  actor: _actor,
  entity: _entity,
  request,
  manifest,
  errors,
  ...shown
}: StoredSimulation): Type.Static<typeof SimulationAnswer> {
  return {
    ...shown,
    request: asAsked(JSON.parse(request) as PinnedRequest),
    manifest: manifest === null ? null : (JSON.parse(manifest) as unknown),
    errors: errors === null ? null : (JSON.parse(errors) as unknown[]),
  }
}

/** Without what was fixed of who asks: sent again it is a request. */
const asAsked = ({ isProtected: _isProtected, ...asked }: PinnedRequest): unknown => asked

const Words = Type.Object({ en: Type.String(), ar: Type.String() })
const count = Nullable(Type.Integer())
const Cell = {
  units: Nullable(Type.Integer({ description: 'null where it is suppressed' })),
  persons: count,
  before: Nullable(Type.Integer({ description: 'thousandths of the currency for the targeting period, of those selected before' })),
  after: Nullable(Type.Integer({ description: 'the same of those selected after' })),
}
const change = (description: string) =>
  Nullable(
    Type.Object(
      {
        units: count,
        persons: count,
        amount: Nullable(Type.Integer({ description: 'by how much in all, thousandths of the currency for the period' })),
      },
      { description },
    ),
  )
const Group = Type.Object({
  group: Nullable(Words),
  selectedBefore: Type.Object(Cell),
  selectedAfter: Type.Object(Cell),
  entrants: Type.Object(Cell),
  leavers: Type.Object(Cell),
  gainers: change('selected before and after, and paid more after; null in results from before it was counted'),
  losers: change('selected before and after, and paid less after'),
  unchanged: Nullable(Type.Object({ units: count, persons: count }, { description: 'selected before and after, and paid the same' })),
  transitions: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), ...Cell })),
})
const pair = <T extends Parameters<typeof Nullable>[0]>(schema: T) => Type.Object({ before: schema, after: schema })

const index = Nullable(Type.Number())
const Curve = Type.Array(Type.Object({ population: Type.Number(), amount: index }))
const errors = {
  coverage: index,
  inclusionError: index,
  exclusionError: index,
  leakage: index,
  targetingAccuracy: index,
  balancedPovertyAccuracy: index,
  missedBy: Type.Array(Type.Object({ outcome: Type.String(), shareOfPoor: index })),
}
const Deciles = Type.Array(Type.Object({ coverage: index, shareOfBenefit: index }))
const Measures = Nullable(
  Type.Object(
    {
      ...welfareAnswer,
      before: BeforeAnswer,
      lines: LinesAnswer,
      lorenz: Curve,
      programmes: Type.Array(
        Type.Object({
          programme: Type.String(),
          ...errors,
          persons: Type.Optional(
            Type.Object(errors, { description: 'the same errors, each household counted as often as it has persons' }),
          ),
          households: Type.Optional(
            Type.Object(
              { coadyGroshHoddinott: index, deciles: Deciles },
              { description: 'incidence by tenths of households; beside it by tenths of persons' },
            ),
          ),
          coadyGroshHoddinott: index,
          concentrationIndex: index,
          concentration: Curve,
          deciles: Deciles,
          fairness: ErrorsByGroupAnswer,
        }),
      ),
    },
    { description: 'definitions and sources: docs/reference/measures.md' },
  ),
)
const LeftOut = Nullable(LeftOutAnswer)
const NearCutOffs = Type.Array(NearCutOffAnswer)
const Filters = Nullable(
  Type.Array(
    Type.Object({
      programme: Type.String(),
      filters: Type.Array(
        Type.Object({
          pointer: Type.String(),
          definition: Nullable(Type.String()),
          because: Nullable(Words),
          excluded: count,
          alone: count,
          poorExcluded: count,
          poorAlone: count,
        }),
      ),
    }),
    { description: 'how many units each condition of a rule keeps out, and alone: where all others hold; the same of the poor' },
  ),
)
const Ranks = Type.Array(
  Type.Object({
    formula: Type.String(),
    spearman: index,
    kendall: index,
    meanDistance: index,
    quantiles: Type.Array(Type.Object({ percent: Type.Number(), move: index })),
    sameTenth: count,
  }),
)

const OrderEffect = Type.Object({
  meanDistance: index,
  otherTenth: Nullable(
    Type.Number({
      description: 'share of the ranked in another tenth; of a protected result null where few are in it, or all but few',
    }),
  ),
  spearman: index,
})
const Sensitivity = Type.Object(
  {
    step: Type.Number({ description: 'of the points of a term, on either side' }),
    formulas: Type.Array(
      Type.Object({
        formula: Type.String(),
        terms: Type.Array(Type.Object({ term: Type.String(), label: Words, lighter: OrderEffect, heavier: OrderEffect })),
      }),
    ),
    unusedFacts: Type.Array(Type.String(), { description: 'facts of the catalogue that nothing in the baseline reads' }),
  },
  { description: 'how far the baseline orders otherwise with one term lighter or heavier' },
)

export const ResultAnswer = Type.Object({
  exact: Type.Boolean(),
  reference: Nullable(
    Type.Object({
      kind: Type.String(),
      line: Type.Integer({ description: 'thousandths per person, or per equivalent adult, and month' }),
      scale: ScaleAnswer,
      notice: Words,
    }),
  ),
  sample: Type.Optional(SampleAboutAnswer),
  baseline: Type.Object({
    nearCutOffs: NearCutOffs,
    filters: Filters,
    leftOut: LeftOut,
    measures: Measures,
    imputed: ImputedAnswer,
    likelihoods: LikelihoodsAnswer,
    onSample: Type.Optional(SampleMeasuresAnswer),
    sensitivity: Type.Optional(Nullable(Sensitivity)),
  }),
  run: Type.String(),
  asOf: Type.String(),
  snapshot: Type.String(),
  inputs: Type.String(),
  versionSet: Type.String(),
  households: count,
  persons: count,
  breakdowns: Type.Array(Type.Object({ id: Type.String(), label: Words })),
  scenarios: Type.Array(
    Type.Object({
      name: Type.String(),
      nearCutOffs: NearCutOffs,
      filters: Filters,
      leftOut: LeftOut,
      measures: Measures,
      imputed: ImputedAnswer,
      likelihoods: LikelihoodsAnswer,
      onSample: Type.Optional(SampleMeasuresAnswer),
      ranks: Ranks,
      witnesses: Type.Optional(WitnessesAnswer),
      movedScores: Type.Optional(MovedScoresAnswer),
      yearly: Type.Object(
        { spent: Type.Object({ before: count, after: count, difference: count }), budget: pair(count) },
        {
          description:
            'all programmes together, thousandths of the currency a year: twelve times what is paid for a month, four times what is paid for a quarter',
        },
      ),
      programmes: Type.Array(
        Type.Object({
          programme: Type.String(),
          unit: Type.String(),
          period: Type.String(),
          budget: pair(count),
          places: pair(count),
          spent: Type.Object({ before: count, after: count, difference: count }),
          stoppedByBudget: pair(Type.Boolean()),
          all: Group,
          undeterminedShare: UndeterminedShareAnswer,
          by: Type.Record(Type.String(), Type.Array(Group)),
        }),
      ),
    }),
  ),
})
