/** What a result says of the sample that it was measured on, and of the baseline and each scenario on it. */
import Type from 'typebox'
import { NOT_MEASURED } from './on-sample.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.Object({ en: Type.String(), ar: Type.String() })
const index = Nullable(Type.Number())
const count = Nullable(Type.Integer({ description: 'null where it is suppressed' }))
const money = Nullable(Type.Integer({ description: "thousandths of the currency for the programme's period" }))
const Curve = Type.Array(Type.Object({ population: Type.Number(), amount: index }))

const SamplingError = Nullable(Type.Object({ standardError: Type.Number(), low: Type.Number(), high: Type.Number() }))
const sampling = <K extends string>(names: readonly K[]) =>
  Type.Optional(
    Type.Object(Object.fromEntries(names.map((name) => [name, SamplingError])) as Record<K, typeof SamplingError>, {
      description:
        'standard error and 95% interval by strata and clusters, the selection taken as given; null where the clusters do not differ',
    }),
  )

const Welfare = Type.Object({
  rows: Type.Object({ known: count, poor: count, atRisk: count }),
  poverty: Type.Object({ headcount: index, povertyGap: index, severity: index }),
  sampling: sampling(['headcount', 'povertyGap', 'severity']),
  inequality: Type.Object({ gini: index, s80s20: index, atRiskOfPoverty: index, medianGap: index }),
  lorenz: Curve,
})
const ofBoth = { persons: Welfare, households: Welfare }

const Errors = Type.Object({
  rows: Type.Object({ poorSelected: count, poorMissed: count, nonPoorSelected: count, nonPoorLeftOut: count }),
  coverage: index,
  inclusionError: index,
  exclusionError: index,
  leakage: index,
  targetingAccuracy: index,
  balancedPovertyAccuracy: index,
  sampling: sampling(['coverage', 'inclusionError', 'exclusionError', 'leakage', 'targetingAccuracy']),
  missedBy: Type.Array(Type.Object({ outcome: Type.String(), rows: count, shareOfPoor: index })),
})
const CutOffErrors = Type.Object({ coverage: index, inclusionError: index, exclusionError: index, leakage: index })
const Moved = Type.Optional(Type.Object({ rows: count, households: count }))

export const SampleAboutAnswer = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    source: Type.String(),
    synthetic: Type.Boolean(),
    stamp: Nullable(Words),
    contentHash: Type.String({ description: 'SHA-256 of the rows that are kept' }),
    rowsUsed: Type.Integer(),
    rowsFaulty: Type.Integer(),
    welfareUnit: Type.String(),
    line: Type.Integer({ description: 'thousandths per person and month' }),
    households: count,
    withoutWelfare: count,
    withoutSize: count,
    before: Type.Object(ofBoth, { description: 'before any transfer' }),
    design: Type.Optional(
      Type.Object(
        { strata: Type.Integer(), clusters: Type.Integer(), singleClusterStrata: Type.Integer(), degreesOfFreedom: Type.Integer() },
        { description: 'by which sampling errors are computed' },
      ),
    ),
    notMeasured: Type.Array(
      Type.Object({
        what: Type.String(),
        code: Type.Optional(Type.Enum([...NOT_MEASURED])),
        programme: Nullable(Type.String()),
        because: Words,
      }),
    ),
  },
  { description: 'the uploaded sample that was measured on too, and what cannot be measured on it' },
)

export const SampleMeasuresAnswer = Type.Object(
  {
    ...ofBoth,
    programmes: Type.Array(
      Type.Object({
        programme: Type.String(),
        period: Type.String(),
        rows: Type.Object({ known: count, poor: count, selected: count }),
        selected: count,
        spent: money,
        budget: money,
        places: Nullable(Type.Integer()),
        stoppedByBudget: Type.Boolean(),
        households: Errors,
        persons: Errors,
        coadyGroshHoddinott: index,
        concentrationIndex: index,
        concentration: Curve,
        deciles: Type.Array(Type.Object({ rows: count, coverage: index, shareOfBenefit: index })),
        entrants: Moved,
        leavers: Moved,
      }),
    ),
    formulas: Type.Array(
      Type.Object({
        formula: Type.String(),
        rows: Type.Object({ known: count, poor: count, withoutScore: count }),
        cutOffs: Type.Array(
          Type.Object({
            score: Type.Integer({ description: 'millionths of a point: whoever is as poor as this or poorer is selected' }),
            rows: count,
            poorRows: count,
            households: CutOffErrors,
            persons: CutOffErrors,
          }),
        ),
      }),
      { description: 'errors of each formula if everybody up to a score were selected, whatever rules and budgets say' },
    ),
    unknownFacts: Type.Array(Type.String(), { description: 'facts that are read and that the sample tells of no row' }),
  },
  { description: 'on the sample, weighted: poverty and inequality after transfers, and errors, per person and per household' },
)
