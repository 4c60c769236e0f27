/** What the routes of fits take and answer. */
import Type from 'typebox'
import { WordsSchema } from '../reference/schema.ts'
import type { StoredSample } from '../reference/sample-store.ts'
import { SYNTHETIC_STAMP } from '../reference/synthetic-stamp.ts'
import type { FitResult } from './fit-stored.ts'
import type { StoredFit } from './fit-store.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const number = Nullable(Type.Number())

export const FitParams = Type.Object({ fit: Type.String({ format: 'uuid' }) }, closed)

export const FitAskedSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    sample: Type.String({ format: 'uuid', description: 'id of a reference sample with rows' }),
    // Checked by us: a validator would say of every term that it is none of the four kinds.
    request: Type.Unknown({
      description: 'head of the formula, target, candidate terms, standard errors, folds, targeting: docs/how-to/fit-a-formula.md',
    }),
  },
  closed,
)

const head = {
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  sample: Type.String({ format: 'uuid' }),
  status: Type.Enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  stage: Nullable(Type.String({ description: 'read, fit, folds' })),
  done: Type.Integer(),
  total: Type.Integer(),
  attempt: Type.Integer({ description: 'how often it was begun' }),
  versionSet: Type.String({ description: 'the versions by whose catalogue and shared conditions it is fitted' }),
  manifest: Nullable(Type.Unknown({ description: 'every hash that it follows from' })),
  manifestHash: Nullable(Type.String({ description: "SHA-256 of the manifest's canonical JSON" })),
  problem: Nullable(Type.String({ description: 'the code of what stopped it: /errors' })),
  detail: Nullable(Type.String()),
  errors: Nullable(Type.Array(Type.Unknown(), { description: 'faults of the request, each with its place' })),
  createdAt: Type.String({ format: 'date-time' }),
  finishedAt: Nullable(Type.String({ format: 'date-time' })),
}

const TargetingErrors = Type.Object({
  povertyLine: Type.Number({ description: 'in the unit of welfare' }),
  povertyRate: Type.Number(),
  coverage: Type.Number(),
  exclusionError: Nullable(Type.Number({ description: 'poor who are not selected, as a share of the poor' })),
  inclusionError: Nullable(Type.Number({ description: 'selected who are not poor, as a share of the selected' })),
})

const Fitted = Type.Object({
  stamp: Nullable(Type.Object(WordsSchema.properties, { description: 'on whatever was measured on a synthetic sample' })),
  draft: Type.Unknown({ description: 'a formula, as its file would be: the source of a change in a simulation, or of a new version' }),
  coefficients: Type.Array(
    Type.Object({
      term: Type.String(),
      level: Nullable(Type.String()),
      estimate: number,
      standardError: number,
      low: number,
      high: number,
    }),
  ),
  standardErrors: Type.Object({
    kind: Type.String(),
    confidence: Type.Number(),
    degreesOfFreedom: Type.Number(),
    singleClusterStrata: Type.Integer(),
  }),
  rSquared: number,
  adjusted: number,
  residualDeviation: number,
  n: Type.Integer({ description: 'rows that were used' }),
  clusters: Type.Integer(),
  strata: Type.Integer(),
  leftOut: Type.Object({
    rows: Type.Integer(),
    reasons: Type.Array(Type.Object({ reason: Type.String(), term: Nullable(Type.String()), rows: Type.Integer() })),
  }),
  retransformation: Nullable(Type.Unknown({ description: 'factors from exp(score) to mean welfare' })),
  inSample: Type.Object(TargetingErrors.properties, { description: 'on the rows of the fit itself: flattering' }),
  outOfSample: Type.Object({
    rSquared: number,
    rmse: number,
    targeting: TargetingErrors,
    folds: Type.Array(Type.Unknown()),
    converged: Type.Boolean(),
  }),
  rounding: Type.Object({ greatestDifference: Type.Number(), rowsImputedOtherwise: Type.Integer() }),
  warnings: Type.Array(Type.Unknown()),
})

export const FitSummary = Type.Object(head)
export const FitAnswer = Type.Object({
  ...head,
  request: Type.Unknown({ description: 'what was asked for' }),
  reference: Type.Object(
    { name: Type.String(), source: Type.String(), synthetic: Type.Boolean(), contentHash: Nullable(Type.String()) },
    { description: 'the sample' },
  ),
  result: Nullable(Fitted),
})

export function fitSummary({
  actor: _actor,
  entity: _entity,
  request: _request,
  sampleId,
  manifest,
  errors,
  ...shown
}: StoredFit): Type.Static<typeof FitSummary> {
  return {
    ...shown,
    sample: sampleId,
    manifest: manifest === null ? null : (JSON.parse(manifest) as unknown),
    errors: errors === null ? null : (JSON.parse(errors) as unknown[]),
  }
}

export function fitAnswer(fit: StoredFit, sample: StoredSample, result: string | null): Type.Static<typeof FitAnswer> {
  const { name, source, synthetic, contentHash } = sample
  return {
    ...fitSummary(fit),
    request: JSON.parse(fit.request) as unknown,
    reference: { name, source, synthetic, contentHash },
    result: result === null ? null : toldFit(JSON.parse(result) as FitResult),
  }
}

const toldFit = ({ synthetic, ...result }: FitResult): Type.Static<typeof Fitted> =>
  ({ stamp: synthetic ? SYNTHETIC_STAMP : null, ...result }) as unknown as Type.Static<typeof Fitted>
