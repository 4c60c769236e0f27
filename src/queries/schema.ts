/** What the routes of queries take and answer. */
import Type from 'typebox'
import type { TSchema } from 'typebox'
import { QueryDefinitionSchema } from './definition-schema.ts'

const closed = { additionalProperties: false } as const
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.Object({ en: Type.String(), ar: Type.String() })
const Text = (description: string) => Type.String({ description })

export const ParametersSchema = Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' }), Type.Unknown(), {
  description: 'by parameter: a National ID or a date as text, a number as a number or as text, a code as text',
})

export const FORMATS = ['json', 'csv'] as const

export const TryRequest = Type.Object({ definition: QueryDefinitionSchema, parameters: Type.Optional(ParametersSchema) }, closed)
export const DefinitionRequest = Type.Object({ definition: QueryDefinitionSchema }, closed)
export const NewVersionRequest = Type.Object(
  { definition: QueryDefinitionSchema, basedOn: Type.Integer({ minimum: 1, description: 'the version that was changed: the latest' }) },
  closed,
)
export const RunRequest = Type.Object(
  {
    parameters: Type.Optional(ParametersSchema),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'the latest unless said' })),
  },
  closed,
)
export const AccessRequest = Type.Object(
  {
    shared: Type.Boolean({ description: 'with everybody of the entity who has the permission' }),
    callers: Type.Array(Type.String({ format: 'uuid' }), {
      maxItems: 100,
      description: 'ids of keys, clients or users that may call it also when it is not shared',
    }),
    callsPerMinute: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'of each caller; null: the service’s limit' })),
  },
  closed,
)
export const QueryParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed)
export const VersionParams = Type.Object(
  { id: Type.String({ format: 'uuid' }), version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) },
  closed,
)
export const VersionQuery = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })) }, closed)
export const FormatQuery = Type.Object(
  { format: Type.Optional(Type.Enum([...FORMATS], { description: 'for those who cannot choose what they `Accept`' })) },
  closed,
)
export const ListRequest = Type.Object(
  {
    search: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'in name and description, either language' })),
    archived: Type.Optional(Type.Boolean({ description: 'archived ones too' })),
    before: Type.Optional(Type.String({ format: 'uuid', description: 'id of the last query of the page before' })),
  },
  closed,
)

export const ToldColumnSchema = Type.Object({
  id: Type.String(),
  label: Words,
  type: Type.Enum(['integer', 'decimal', 'boolean', 'date', 'category', 'text', 'key']),
  unit: Nullable(Type.String()),
})
export const RowsAnswer = Type.Object({
  query: Nullable(Type.Object({ id: Type.String(), version: Type.Integer() })),
  hash: Text('SHA-256 of the definition'),
  columns: Type.Array(ToldColumnSchema),
  rows: Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'by column id; null is unknown or not there' }),
  more: Type.Boolean({ description: 'there are more than the limit' }),
  protection: Nullable(
    Type.Object(
      { leastPersons: Type.Integer() },
      { description: 'counts are moved by a noise, amounts rounded, groups of fewer persons left out' },
    ),
  ),
  sources: Type.Array(
    Type.Object({ registry: Type.String(), custodian: Type.String(), asOf: Nullable(Text('null: it was never loaded')) }),
  ),
})
export const SqlAnswer = Type.Object({
  sql: Text('as it would be sent, values as placeholders'),
  placeholders: Type.Array(Type.String(), { description: 'what $1, $2, ... stand for' }),
  columns: Type.Array(ToldColumnSchema),
  reads: Type.Array(Type.String(), { description: 'columns that are read, shown or not' }),
})
export const ColumnsAnswer = Type.Object({
  registries: Type.Array(
    Type.Object({
      id: Type.String(),
      custodian: Type.String(),
      label: Words,
      description: Words,
      rowsPerPerson: Type.Enum(['one', 'many']),
      rows: Type.Enum(['none', 'person', 'applicants', 'listing'], { description: 'whose rows may be given' }),
      columns: Type.Array(
        Type.Object({
          id: Type.String(),
          label: Words,
          type: Type.String(),
          scale: Type.Integer(),
          unit: Nullable(Type.String()),
          codes: Nullable(Type.Record(Type.String(), Words)),
          operators: Type.Array(Type.String(), { description: 'of conditions; none: it can be shown and not asked about' }),
        }),
      ),
    }),
  ),
})

const summary = {
  id: Type.String(),
  name: Words,
  description: Nullable(Words),
  version: Type.Integer(),
  hash: Type.String(),
  shared: Type.Boolean(),
  callers: Type.Array(Type.String()),
  callsPerMinute: Nullable(Type.Integer()),
  createdBy: Type.String(),
  createdAt: Type.String(),
  archivedAt: Nullable(Type.String()),
}
export const QuerySummary = Type.Object(summary)
export const QueryList = Type.Object({ queries: Type.Array(QuerySummary), before: Nullable(Text('send it to get the next page')) })
export const QueryAnswer = Type.Object({
  ...summary,
  definition: QueryDefinitionSchema,
  versions: Type.Array(Type.Object({ version: Type.Integer(), hash: Type.String(), savedBy: Type.String(), savedAt: Type.String() })),
})
export const VersionAnswer = Type.Object({
  version: Type.Integer(),
  hash: Type.String(),
  savedBy: Type.String(),
  savedAt: Type.String(),
  definition: QueryDefinitionSchema,
})
export const SavedAnswer = Type.Object({ id: Type.String(), version: Type.Integer(), hash: Type.String() })
