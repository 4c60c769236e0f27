/** Shapes of what is answered about catalogue, programmes and formulas. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const
export const WordsSchema = Type.Object({ en: Type.String(), ar: Type.String() })
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Version = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  hash: Type.String({ description: 'SHA-256 of the canonical JSON (RFC 8785)' }),
})

/** One stored version with its text, byte for byte. */
export const SourceAnswer = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  version: Type.Integer(),
  hash: Type.String(),
  status: Type.String(),
  effectiveFrom: Type.String({ format: 'date' }),
  effectiveTo: nullable(Type.String({ format: 'date' })),
  origin: Type.String(),
  source: Type.String({ description: 'the text as it was written, byte for byte' }),
})

export const ProgrammeListAnswer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  versionSet: Type.String(),
  programmes: Type.Array(
    Type.Object({
      id: Type.String(),
      version: Type.Integer(),
      hash: Type.String(),
      names: WordsSchema,
      description: nullable(WordsSchema),
      agency: Type.String(),
      unit: Type.Union([Type.Literal('household'), Type.Literal('person')]),
      illustrative: Type.Boolean(),
      rule: Version,
      formula: nullable(Version),
      benefit: Type.Object({ fact: Type.String(), period: Type.String() }),
      sources: Type.Array(Type.String()),
    }),
  ),
})

export const FormulaListAnswer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  versionSet: Type.String(),
  formulas: Type.Array(
    Type.Object({
      id: Type.String(),
      version: Type.Integer(),
      hash: Type.String(),
      label: WordsSchema,
      predicts: WordsSchema,
      unit: Type.Unknown(),
      direction: Type.String(),
      illustrative: Type.Boolean(),
      terms: Type.Integer(),
      lowest: Type.String({ description: 'lowest score that the formula can give' }),
      highest: Type.String(),
    }),
  ),
})

const DeprecationSchema = nullable(
  Type.Object({
    since: Type.String({ format: 'date' }),
    instead: nullable(Type.String({ description: 'the fact to use in its place' })),
    because: WordsSchema,
  }),
)

export const FactSchema = Type.Object({
  id: Type.String(),
  entity: Type.Union([Type.Literal('household'), Type.Literal('person')]),
  type: Type.String(),
  scale: Type.Integer(),
  unit: nullable(Type.String()),
  codes: nullable(Type.Record(Type.String(), WordsSchema)),
  label: WordsSchema,
  description: nullable(WordsSchema),
  custodian: Type.String(),
  computedBy: Type.String({ description: 'kind of definition' }),
  sources: Type.Array(Type.String(), { description: 'registries, all the way down' }),
  inputs: Type.Array(Type.String(), { description: 'facts it is computed from, directly' }),
  correctable: Type.Boolean(),
  protected: Type.Boolean({ description: 'usable only with a stated legal basis' }),
  illustrative: Type.Boolean(),
  deprecated: DeprecationSchema,
})

export const CatalogueAnswer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  versionSet: Type.String(),
  hash: Type.String(),
  facts: Type.Array(FactSchema),
  parameters: Type.Array(
    Type.Object({
      id: Type.String(),
      label: WordsSchema,
      type: Type.String(),
      unit: nullable(Type.String()),
      illustrative: Type.Boolean(),
      keys: Type.Array(Type.String()),
    }),
  ),
})

const name = Type.String({ minLength: 1, maxLength: 64 })
const number = Type.Integer({ minimum: 1, maximum: 1_000_000 })
export const NameParams = Type.Object({ id: name }, closed)
export const VersionParams = Type.Object({ id: name, version: number }, closed)
export const VersionsAnswer = Type.Object({ versions: Type.Array(SourceAnswer) })
