/** The form of a query's definition: what is chosen, never how it is asked; check-query.ts says what it means. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const

const Words = (maxLength: number) =>
  Type.Object({ en: Type.String({ minLength: 1, maxLength }), ar: Type.String({ minLength: 1, maxLength }) }, closed)
const Id = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$', description: 'ASCII letters, digits, _ and -' })
const ColumnId = Type.String({ minLength: 1, maxLength: 200, description: '`registry.column`, of GET /v1/queries/columns' })

export const AGGREGATE_FUNCTIONS = ['count', 'countDistinct', 'sum', 'mean', 'min', 'max'] as const

export const ParameterSchema = Type.Union([
  Type.Object({ id: Id, type: Type.Literal('nationalId'), label: Type.Optional(Words(200)) }, closed),
  Type.Object(
    {
      id: Id,
      of: Type.String({ minLength: 1, maxLength: 200, description: 'the column whose type, unit and codes it has' }),
      label: Type.Optional(Words(200)),
    },
    closed,
  ),
])

export const AggregateSchema = Type.Object(
  {
    id: Id,
    function: Type.Enum([...AGGREGATE_FUNCTIONS], {
      description: 'count: rows, or rows in which `of` is known; of min and max the value of the tenth person from that end is told',
    }),
    of: Type.Optional(ColumnId),
  },
  closed,
)

export const QueryDefinitionSchema = Type.Object(
  {
    name: Words(200),
    description: Type.Optional(Words(2_000)),
    purpose: Type.String({
      minLength: 3,
      maxLength: 300,
      description: 'why these data are processed (Law 24/2023); stands in the audit event of each call',
    }),
    registries: Type.Array(Id, {
      minItems: 1,
      maxItems: 8,
      description: 'the first is the base; the others are joined to it by person (LEFT JOIN)',
    }),
    columns: Type.Optional(
      Type.Array(ColumnId, { minItems: 1, maxItems: 60, description: 'rows are asked for; not together with `aggregates`' }),
    ),
    aggregates: Type.Optional(
      Type.Array(AggregateSchema, { minItems: 0, maxItems: 20, description: 'of the persons of each group; their number is always told' }),
    ),
    groupBy: Type.Optional(Type.Array(ColumnId, { minItems: 0, maxItems: 4, description: 'categories, places, yes or no' })),
    where: Type.Optional(
      Type.Unknown({
        description: 'a condition as in rules; its facts are `registry.column` and the parameters. What is unknown is left out.',
      }),
    ),
    order: Type.Optional(
      Type.Array(
        Type.Object(
          { by: Type.String({ minLength: 1, maxLength: 200 }), direction: Type.Optional(Type.Enum(['ascending', 'descending'])) },
          closed,
        ),
        { maxItems: 5, description: 'a column, or an aggregate; unknown values last; ties in one fixed order' },
      ),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: '100 unless said' })),
    parameters: Type.Optional(Type.Array(ParameterSchema, { maxItems: 10 })),
  },
  closed,
)

export type QueryDefinition = Type.Static<typeof QueryDefinitionSchema>
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number]
