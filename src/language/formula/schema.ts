/** The shape of a formula file: source of its TypeScript types, of the structural check and of the published JSON Schema. */
import Type from 'typebox'
import { AnyConditionSchema, DateSchema, IdSchema, WordsSchema } from '../schema-parts.ts'

const closed = { additionalProperties: false } as const

const Undetermined = Type.Literal('undetermined')
const Imputed = Type.Object({ imputed: Type.Object({ points: Type.Number(), reason: WordsSchema }, closed) }, closed)

const anyTerm = { id: IdSchema, unknown: Type.Union([Undetermined, Imputed]), citation: Type.Optional(Type.String()) }
const factTerm = { ...anyTerm, label: Type.Optional(WordsSchema), fact: Type.String() }

const TransformSchema = Type.Union([Type.Literal('identity'), Type.Literal('ln'), Type.Literal('ln1p'), Type.Literal('sqrt')])
export type Transform = Type.Static<typeof TransformSchema>

/** Two numbers, typed as a pair; a plain array schema keeps the structural check simple. */
const Pair = Type.Unsafe<[number, number]>(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }))

export const LinearTermSchema = Type.Object(
  {
    ...factTerm,
    weight: Type.Number(),
    transform: Type.Optional(TransformSchema),
    clamp: Pair,
  },
  closed,
)
export const BandsTermSchema = Type.Object(
  {
    ...factTerm,
    bands: Type.Array(Type.Object({ below: Type.Number(), points: Type.Number() }, closed), { minItems: 1, maxItems: 100 }),
    otherwise: Type.Number(),
  },
  closed,
)
export const CategoriesTermSchema = Type.Object(
  { ...factTerm, points: Type.Record(Type.String(), Type.Number()), otherwise: Type.Optional(Type.Number()) },
  closed,
)
export const ConditionalTermSchema = Type.Object(
  { ...anyTerm, label: WordsSchema, when: AnyConditionSchema, points: Type.Number(), else: Type.Number() },
  closed,
)

const BandTableSchema = Type.Object(
  {
    kind: Type.Literal('bands'),
    label: Type.Optional(WordsSchema),
    bands: Type.Array(Type.Object({ below: Type.Number(), value: Type.String(), label: WordsSchema }, closed), {
      minItems: 1,
      maxItems: 100,
    }),
    otherwise: Type.Object({ value: Type.String(), label: WordsSchema }, closed),
  },
  closed,
)
const LookUpTableSchema = Type.Object(
  {
    kind: Type.Literal('lookUp'),
    label: Type.Optional(WordsSchema),
    unit: Type.Optional(Type.String()),
    citation: Type.Optional(Type.String()),
    rows: Type.Array(Pair, { minItems: 1, maxItems: 1000 }),
  },
  closed,
)
export const tableSchemas = { bands: BandTableSchema, lookUp: LookUpTableSchema }

/** Weights of an equivalence scale: the first adult, each further adult, each child under the given age. */
const AdultEquivalentSchema = Type.Object(
  {
    perAdultEquivalent: Type.Object(
      { firstAdult: Type.Number(), furtherAdult: Type.Number(), child: Type.Number(), childUnder: Type.Integer() },
      closed,
    ),
  },
  closed,
)

const head = {
  id: IdSchema,
  version: Type.Integer({ minimum: 1 }),
  illustrative: Type.Optional(Type.Boolean()),
  effectiveFrom: DateSchema,
  effectiveTo: Type.Optional(DateSchema),
  label: WordsSchema,
  description: Type.Optional(WordsSchema),
  predicts: WordsSchema,
  unit: Type.Union([Type.Literal('perHousehold'), Type.Literal('perCapita'), AdultEquivalentSchema]),
  direction: Type.Union([Type.Literal('lowerIsPoorer'), Type.Literal('higherIsPoorer')]),
  intercept: Type.Number(),
  legalBasis: Type.Optional(Type.Array(Type.Object({ fact: Type.String(), basis: WordsSchema }, closed))),
  citation: Type.Optional(Type.String()),
}
export const MAX_TERMS = 500

/** The outer shape alone: terms and tables are checked each by the schema of their own kind, so that errors are precise. */
export const FormulaShellSchema = Type.Object(
  {
    ...head,
    terms: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_TERMS }),
    tables: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
)

export const TermSchema = Type.Union([LinearTermSchema, BandsTermSchema, CategoriesTermSchema, ConditionalTermSchema])
export const TableSchema = Type.Union([BandTableSchema, LookUpTableSchema])

/** The whole formula file, as documentation and OpenAPI publish it. */
export const FormulaSchema = Type.Object(
  {
    ...head,
    terms: Type.Array(TermSchema, { minItems: 1, maxItems: MAX_TERMS }),
    tables: Type.Optional(Type.Record(Type.String(), TableSchema)),
  },
  closed,
)

export type FormulaJson = Type.Static<typeof FormulaSchema>
export type TermJson = Type.Static<typeof TermSchema>
export type TableJson = Type.Static<typeof TableSchema>
