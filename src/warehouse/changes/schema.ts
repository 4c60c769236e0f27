/** Shapes of change events as Debezium writes them, and of what is answered. */
import Type from 'typebox'

export const EVENTS_MAX = 5_000

const Row = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])

export const ChangeEvent = Type.Object({
  op: Type.Enum(['c', 'u', 'd', 'r', 'h'], {
    description: 'created, updated, deleted, read by the first copy; h is ours: nothing else changed until source.ts_ms',
  }),
  before: Type.Optional(Row),
  after: Type.Optional(Row),
  source: Type.Object({
    table: Type.String({ description: 'the registry, by the name that its source has: `sourceName` of GET /v1/registries' }),
    ts_ms: Type.Integer({ description: 'when the source made the change, in ms since 1970' }),
    lsn: Type.Optional(
      Type.Integer({ description: 'the place in the source: lsn, file and pos, commit_lsn and change_lsn, scn, or sequence' }),
    ),
    snapshot: Type.Optional(Type.String({ description: 'last: with this event the first copy is complete' })),
  }),
})

/** For the description; each event is checked on its own, so that a bad one stops none of the others. */
export const ChangeBatchBody = Type.Array(ChangeEvent, { minItems: 1, maxItems: EVENTS_MAX })

const count = (description: string) => Type.Integer({ description })

export const ChangeAnswer = Type.Object({
  counts: Type.Object({
    received: count('events'),
    inserted: count('rows that are new'),
    updated: count('rows that are others now'),
    deleted: count('rows that are gone'),
    unchanged: count('rows that were so already'),
    overtaken: count('a later event of the same batch says more'),
    duplicate: count('the same event came before'),
    old: count('an event or a delivery that is newer came before'),
    ignored: count('heartbeats and tombstones'),
    rejected: count('set aside: GET /v1/changes/rejected'),
  }),
  seq: Type.Union([Type.Integer(), Type.Null()], { description: 'place in the change sequence; null when nothing changed' }),
  rejected: Type.Array(Type.Object({ index: Type.Integer(), reasons: Type.Array(Type.String()) }), {
    description: 'the first hundred, by their place in the batch',
  }),
})

export const RejectedQuery = Type.Object(
  {
    registry: Type.Optional(Type.String({ maxLength: 100 })),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  { additionalProperties: false },
)

export const RejectedAnswer = Type.Object({
  changes: Type.Array(
    Type.Object({
      id: Type.Integer(),
      registry: Type.Union([Type.String(), Type.Null()]),
      reasons: Type.Array(Type.String({ description: '`field: reason`' })),
      content: Type.String({ description: 'the event as it came; it may hold National IDs' }),
      receivedAt: Type.String({ format: 'date-time' }),
    }),
  ),
  next: Type.Union([Type.Integer(), Type.Null()]),
})

const Words = Type.Object({ en: Type.String(), ar: Type.String() })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const RegistriesAnswer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  registries: Type.Array(
    Type.Object({
      id: Type.String(),
      custodian: Type.String(),
      label: Words,
      sourceName: Type.String(),
      rows: nullable(Type.Integer()),
      freshness: Type.Object({
        state: Type.Enum(['fresh', 'grace', 'stale', 'missing'], {
          description: 'grace: past its age, the last values are used and flagged; stale: unknown; missing: never loaded, unknown',
        }),
        words: Words,
        asOf: nullable(Type.String({ format: 'date' })),
        ageDays: nullable(Type.Integer()),
        maxAgeDays: Type.Integer(),
        graceDays: Type.Integer(),
      }),
      changes: nullable(
        Type.Object({
          sourceAt: Type.String({ format: 'date-time', description: 'the latest change, or heartbeat, of the source' }),
          appliedAt: Type.String({ format: 'date-time' }),
          lagSeconds: Type.Number({ description: 'from the one to the other' }),
        }),
      ),
    }),
  ),
  waiting: Type.Object({
    persons: count('persons whose households are still to be found'),
    loads: count('loads whose persons are still to be followed'),
    households: count('households that are to be determined again'),
    givenUp: count('households that could not be, after five attempts'),
  }),
})
