/** The shape of a registry definition file: source of its TypeScript types and of the structural check. */
import Type from 'typebox'
import { IdSchema, WordsSchema } from '../language/schema-parts.ts'
import { GeneratorSchema } from './generator-schema.ts'

const closed = { additionalProperties: false } as const

export const CodesSchema = Type.Record(Type.String(), WordsSchema)

export const ColumnSchema = Type.Object(
  {
    name: IdSchema,
    type: Type.Enum(['integer', 'decimal', 'boolean', 'date', 'category', 'text', 'person']),
    scale: Type.Optional(Type.Integer({ minimum: 0 })),
    unit: Type.Optional(Type.String()),
    codes: Type.Optional(Type.Union([CodesSchema, IdSchema])),
    label: WordsSchema,
    required: Type.Optional(Type.Literal(true)),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    protected: Type.Optional(Type.Literal(true)),
    /** Tells where the person lives: kept from others where the person is sheltered. */
    address: Type.Optional(Type.Literal(true)),
  },
  closed,
)

export const RegistryFileSchema = Type.Object(
  {
    id: IdSchema,
    custodian: IdSchema,
    label: WordsSchema,
    description: WordsSchema,
    sourceName: IdSchema,
    origin: Type.Enum(['seed', 'assumed']),
    rowsPerPerson: Type.Enum(['one', 'many']),
    key: Type.Array(IdSchema, { maxItems: 4 }),
    columns: Type.Array(ColumnSchema, { minItems: 1, maxItems: 60 }),
    population: Type.Enum(['everyone', 'jordanians', 'nonJordanians']),
    absence: Type.Enum(['none', 'unknown']),
    freshness: Type.Object({ maxAgeDays: Type.Integer({ minimum: 1 }), graceDays: Type.Integer({ minimum: 0 }) }, closed),
    conflicts: Type.Optional(Type.Union([Type.Enum(['first', 'last', 'refuse']), Type.Object({ latest: IdSchema }, closed)])),
    dwelling: Type.Optional(Type.Literal(true)),
    /** Column to code: a row with all of these says that the person is sheltered. */
    shelters: Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 100 }))),
    indexes: Type.Optional(Type.Array(Type.Array(IdSchema, { minItems: 1, maxItems: 4 }), { minItems: 1, maxItems: 8 })),
    generator: Type.Union([GeneratorSchema, Type.Array(GeneratorSchema, { minItems: 1, maxItems: 16 })]),
  },
  closed,
)

/** A definition as it stands in its file; `registry-definition.ts` has the form with codes resolved. */
export type RegistryFile = Type.Static<typeof RegistryFileSchema>
export type ColumnFile = Type.Static<typeof ColumnSchema>
