/** What is asked of a fit: candidate terms in the words of formulas, target, standard errors, folds, targeting; source of its types. */
import Type from 'typebox'
import { FormulaSchema, LinearTermSchema, MAX_TERMS } from '../../language/formula/schema.ts'
import { AnyConditionSchema, IdSchema, WordsSchema } from '../../language/schema-parts.ts'

const closed = { additionalProperties: false } as const

/**
 * Rows in which the term is unknown: `undetermined` and `mean` leave them out of the fit, `indicator` keeps them with a
 * column of their own. In the draft the first is `undetermined`; the others impute the sample's mean contribution or the
 * indicator's coefficient.
 */
const UnknownSchema = Type.Union([Type.Literal('undetermined'), Type.Literal('mean'), Type.Literal('indicator')])
export type UnknownInSample = Type.Static<typeof UnknownSchema>

const anyTerm = { id: IdSchema, unknown: UnknownSchema, citation: Type.Optional(Type.String()) }
const factTerm = { ...anyTerm, fact: Type.String(), label: Type.Optional(WordsSchema) }

/** Without a clamp the least and the greatest value of the sample are its ends: beyond them nothing was observed. */
const LinearCandidateSchema = Type.Object(
  {
    ...factTerm,
    kind: Type.Literal('linear'),
    transform: LinearTermSchema.properties.transform,
    clamp: Type.Optional(LinearTermSchema.properties.clamp),
  },
  closed,
)

/** Bands below each limit and one above the last; the one at `base` (the first where it is absent) has no points. */
const BandsCandidateSchema = Type.Object(
  {
    ...factTerm,
    kind: Type.Literal('bands'),
    limits: Type.Array(Type.Number(), { minItems: 1, maxItems: 100 }),
    base: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
)

/** A column for each code but those that stand with `base`; the codes of a group share one. */
const CategoriesCandidateSchema = Type.Object(
  {
    ...factTerm,
    kind: Type.Literal('categories'),
    base: Type.String(),
    groups: Type.Optional(Type.Array(Type.Array(Type.String(), { minItems: 2 }), { maxItems: 100 })),
  },
  closed,
)

/** Points where the condition holds, none where it does not: the form for booleans. */
const ConditionalCandidateSchema = Type.Object(
  { ...anyTerm, kind: Type.Literal('conditional'), label: WordsSchema, when: AnyConditionSchema },
  closed,
)

export const candidateSchemas = {
  linear: LinearCandidateSchema,
  bands: BandsCandidateSchema,
  categories: CategoriesCandidateSchema,
  conditional: ConditionalCandidateSchema,
}
export const CandidateTermSchema = Type.Union(Object.values(candidateSchemas))
export type LinearCandidate = Type.Static<typeof LinearCandidateSchema>
export type BandsCandidate = Type.Static<typeof BandsCandidateSchema>
export type CategoriesCandidate = Type.Static<typeof CategoriesCandidateSchema>
export type ConditionalCandidate = Type.Static<typeof ConditionalCandidateSchema>
export type CandidateTerm = LinearCandidate | BandsCandidate | CategoriesCandidate | ConditionalCandidate

/** How standard errors are computed; see standard-errors.ts. */
const StandardErrorsSchema = Type.Enum(['classical', 'robust', 'cluster', 'survey'])
export type StandardErrorKind = Type.Static<typeof StandardErrorsSchema>

/** What a stratum with a single cluster adds to the survey variance; see standard-errors.ts. */
const SingleClusterSchema = Type.Enum(['centre', 'omit', 'refuse'])
export type SingleClusterStrata = Type.Static<typeof SingleClusterSchema>

/** A line in the unit of welfare, or the line that has this share of the population below it. */
const PovertySchema = Type.Union([Type.Object({ line: Type.Number() }, closed), Type.Object({ share: Type.Number() }, closed)])
export type Poverty = Type.Static<typeof PovertySchema>

const rest = {
  /** Head of the draft; `direction` is that of the sample's welfare, which the formula takes over. */
  formula: Type.Omit(FormulaSchema, ['intercept', 'terms', 'tables']),
  /** What is predicted: welfare as it stands, or its natural logarithm. */
  target: Type.Enum(['welfare', 'ln']),
  /** Absent: least squares. Otherwise the conditional quantile, strictly between 0 and 1 (0.5: the median). */
  quantile: Type.Optional(Type.Number()),
  /** Absent: `survey` for a sample with strata or clusters, else `robust`. */
  standardErrors: Type.Optional(StandardErrorsSchema),
  singleClusterStrata: Type.Optional(SingleClusterSchema),
  /** Of intervals; 0.95 where it is absent. */
  confidence: Type.Optional(Type.Number()),
  crossValidation: Type.Object({ folds: Type.Integer({ minimum: 2 }), seed: Type.String() }, closed),
  /** Who is poor, and the share of the population that is selected: as many as are poor where `coverage` is absent. */
  targeting: Type.Object({ poverty: PovertySchema, coverage: Type.Optional(Type.Number()) }, closed),
}

/** The outer shape alone: candidates are checked each by the schema of its kind, so that errors are precise. */
export const FitRequestShellSchema = Type.Object(
  { ...rest, terms: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_TERMS }) },
  closed,
)

/** The whole request, as documentation and OpenAPI publish it. */
export const FitRequestSchema = Type.Object(
  { ...rest, terms: Type.Array(CandidateTermSchema, { minItems: 1, maxItems: MAX_TERMS }) },
  closed,
)
export type FitRequest = Omit<Type.Static<typeof FitRequestShellSchema>, 'terms'> & { terms: CandidateTerm[] }
