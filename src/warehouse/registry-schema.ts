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

/** How a registry that is asked person by person is asked: an operation of the government service bus, whose address and key are settings. */
export const ConnectorSchema = Type.Object(
  {
    /** As the bus names it, such as `DCMR.GetPersonInfoByNationalNo`: for metrics, logs and access by operation. */
    operation: Type.String({ maxLength: 120 }),
    /** Below SERVICE_BUS_URL; always POST, so that no number is in an address. */
    path: Type.String({ maxLength: 200 }),
    /** Name of the member of the posted object that holds the number. */
    numberField: IdSchema,
    /** JSON Pointer in the answer to the row or the list of rows; left out, the answer itself. Nothing there, or null: the person has none. */
    rowsAt: Type.Optional(Type.String({ maxLength: 200 })),
    /** Column → JSON Pointer in a row. */
    columns: Type.Record(Type.String(), Type.String({ maxLength: 200 })),
    /** Besides 404 and what `rowsAt` does not find: an answer in which this member has this value says that there is no such person. */
    notFound: Type.Optional(Type.Object({ at: Type.String({ maxLength: 200 }), equals: Type.String({ maxLength: 120 }) }, closed)),
    timeoutMs: Type.Integer({ minimum: 50 }),
    timeToLiveMinutes: Type.Integer({ minimum: 1 }),
    /** Calls under way at one time, from one process. */
    callsAtOnce: Type.Integer({ minimum: 1 }),
  },
  closed,
)
export type Connector = Type.Static<typeof ConnectorSchema>

export const RegistryFileSchema = Type.Object(
  {
    id: IdSchema,
    custodian: IdSchema,
    label: WordsSchema,
    description: WordsSchema,
    sourceName: IdSchema,
    /** Of shipped registries: named by the registry's own documents, or ours. */
    origin: Type.Optional(Type.Enum(['seed', 'assumed'])),
    rowsPerPerson: Type.Enum(['one', 'many']),
    key: Type.Array(IdSchema, { maxItems: 4 }),
    columns: Type.Array(ColumnSchema, { minItems: 1, maxItems: 60 }),
    population: Type.Enum(['everyone', 'jordanians', 'nonJordanians']),
    absence: Type.Enum(['none', 'unknown']),
    freshness: Type.Object({ maxAgeDays: Type.Integer({ minimum: 1 }), graceDays: Type.Integer({ minimum: 0 }) }, closed),
    conflicts: Type.Optional(Type.Union([Type.Enum(['first', 'last', 'refuse']), Type.Object({ latest: IdSchema }, closed)])),
    dwelling: Type.Optional(Type.Literal(true)),
    /** `pulled`: asked live, person by person. */
    delivery: Type.Optional(Type.Enum(['loaded', 'pulled'])),
    connector: Type.Optional(ConnectorSchema),
    /** Column to code: a row with all of these says that the person is sheltered. */
    shelters: Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 100 }))),
    indexes: Type.Optional(Type.Array(Type.Array(IdSchema, { minItems: 1, maxItems: 4 }), { minItems: 1, maxItems: 8 })),
    /** How a synthetic population fills it; without one it has no rows there. */
    generator: Type.Optional(Type.Union([GeneratorSchema, Type.Array(GeneratorSchema, { minItems: 1, maxItems: 16 })])),
  },
  closed,
)

/** A definition as it stands in its file; `registry-definition.ts` has the form with codes resolved. */
export type RegistryFile = Type.Static<typeof RegistryFileSchema>
export type ColumnFile = Type.Static<typeof ColumnSchema>
