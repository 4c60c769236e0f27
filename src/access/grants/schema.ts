/** What the routes of grants take and answer. */
import Type from 'typebox'
import type { TSchema } from 'typebox'

const closed = { additionalProperties: false } as const
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Name = Type.String({ minLength: 1, maxLength: 64 })
const Names = (description: string) => Type.Array(Name, { minItems: 1, maxItems: 200, uniqueItems: true, description })
const Day = (description: string) => Type.String({ format: 'date', description })
const Note = Type.Optional(
  Type.String({ minLength: 1, maxLength: 500, description: 'for whoever reads the history; no number of a person' }),
)

const SCOPES = ['none', 'person', 'applicants', 'listing'] as const
const STATUSES = ['requested', 'approved', 'rejected', 'revoked'] as const
const scopes =
  'whose rows: none (aggregates alone), person (whose National ID is given: unless said), applicants (also who applied to the consumer’s programmes), listing (anybody)'

export const GrantRequest = Type.Object(
  {
    consumer: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'the entity that would read; your own unless said' })),
    registry: Type.Optional(Name),
    columns: Type.Optional(Names('of the registry')),
    operation: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'instead of registry and columns: those of a service operation' }),
    ),
    facts: Type.Optional(Names('instead of columns: facts of the catalogue, of one custodian')),
    decideOnly: Type.Optional(Type.Boolean({ description: 'of facts: rules may use them, and nobody sees the value' })),
    rows: Type.Optional(
      Type.Object(
        {
          scope: Type.Enum([...SCOPES], { description: scopes }),
          programmes: Type.Optional(Names('whose applicants; all programmes of the consumer unless said')),
        },
        closed,
      ),
    ),
    purpose: Type.String({ minLength: 1, maxLength: 500, description: 'what the data are for; no number of a person' }),
    legalBasis: Type.String({ minLength: 1, maxLength: 500, description: 'the law or instruction under which they are given' }),
    from: Type.Optional(Day('the first day; today unless said')),
    to: Type.Optional(Day('the day on which it no longer holds; without one it holds until revoked')),
  },
  closed,
)

export const DecisionRequest = Type.Object({ note: Note }, closed)
export const RevokeRequest = Type.Object(
  { items: Type.Optional(Names('columns or facts; all of the grant unless said')), note: Note },
  closed,
)
export const RevokeOperationRequest = Type.Object({ consumer: Name, note: Note }, closed)
export const GrantParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed)
export const OperationParams = Type.Object({ operation: Type.String({ minLength: 1, maxLength: 100 }) }, closed)

const filters = { consumer: Type.Optional(Name), custodian: Type.Optional(Name), registry: Type.Optional(Name) }
export const MatrixQuery = Type.Object(filters, closed)
export const GrantQuery = Type.Object(
  {
    ...filters,
    status: Type.Optional(Type.Enum([...STATUSES])),
    before: Type.Optional(Type.String({ format: 'uuid', description: 'id of the last grant of the page before' })),
  },
  closed,
)

const RowsAnswer = Type.Object({ scope: Type.Enum([...SCOPES]), programmes: Type.Optional(Type.Array(Type.String())) })

export const GrantAnswer = Type.Object({
  id: Type.String(),
  consumer: Type.String(),
  custodian: Type.String(),
  registry: Nullable(Type.String({ description: 'null when facts are granted' })),
  items: Type.Array(Type.Object({ item: Type.String(), revokedAt: Nullable(Type.String()) }), { description: 'columns or facts' }),
  rows: Nullable(RowsAnswer),
  decideOnly: Type.Boolean(),
  purpose: Type.String(),
  legalBasis: Type.String(),
  illustrative: Type.Boolean({ description: 'made for the demonstration, on invented data' }),
  from: Type.String(),
  to: Nullable(Type.String()),
  status: Type.Enum([...STATUSES]),
  requestedBy: Type.String(),
  requestedAt: Type.String(),
  decidedBy: Nullable(Type.String()),
  decidedAt: Nullable(Type.String()),
  decisionNote: Nullable(Type.String()),
  revokedBy: Nullable(Type.String()),
  revokedAt: Nullable(Type.String()),
  revocationNote: Nullable(Type.String()),
})
export const GrantList = Type.Object({
  grants: Type.Array(GrantAnswer),
  before: Nullable(Type.String({ description: 'for the next page' })),
})
export const ChangedGrants = Type.Object({ grants: Type.Array(GrantAnswer) })

const cell = {
  state: Type.Enum(['granted', 'requested']),
  to: Nullable(Type.String({ description: 'the day on which it no longer holds' })),
  grants: Type.Array(Type.String()),
}
export const MatrixAnswer = Type.Object({
  day: Type.String(),
  consumers: Type.Array(
    Type.Object({
      consumer: Type.String(),
      registries: Type.Array(
        Type.Object({
          registry: Type.String(),
          custodian: Type.String(),
          columns: Type.Array(Type.Object({ column: Type.String(), rows: RowsAnswer, ...cell })),
        }),
      ),
      facts: Type.Array(Type.Object({ fact: Type.String(), custodian: Type.String(), decideOnly: Type.Boolean(), ...cell })),
    }),
  ),
})

export const OperationsAnswer = Type.Object({
  day: Type.String(),
  operations: Type.Array(
    Type.Object({
      id: Type.String(),
      custodian: Type.String(),
      origin: Type.Enum(['seed', 'assumed']),
      label: Type.Object({ en: Type.String(), ar: Type.String() }),
      registry: Type.String(),
      columns: Type.Array(Type.String()),
      consumers: Type.Array(
        Type.Object({
          consumer: Type.String(),
          state: Type.Enum(['granted', 'partly', 'requested']),
          columns: Type.Array(Type.String(), { description: 'of the operation’s, those that are granted' }),
          grants: Type.Array(Type.String()),
        }),
      ),
    }),
  ),
})
