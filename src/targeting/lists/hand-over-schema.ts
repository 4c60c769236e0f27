/** What the routes of exporting, comparing and freezing lists take and answer. */
import Type from 'typebox'
import { REASONS, STATUSES } from '../outcome.ts'
import { CHANGES } from './compare-lists.ts'
import { ListQuery } from './schema.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const { limit, cursor } = ListQuery.properties

/** The filters and fields of a page, without its size, place and form. */
export const ExportQuery = Type.Omit(ListQuery, ['limit', 'cursor', 'format', 'lang'], closed)

export const ComparisonQuery = Type.Object(
  {
    with: Type.String({ format: 'uuid', description: 'the other run, mostly the earlier one: `there` in the answer' }),
    change: Type.Optional(Type.Enum([...CHANGES], { description: 'only changes of one kind' })),
    limit,
    cursor,
  },
  closed,
)

const Place = Type.Object({
  position: Type.Integer(),
  status: Type.Enum([...STATUSES]),
  reason: Type.Enum([...REASONS]),
  score: Nullable(Type.String({ description: 'points, with six places' })),
  benefit: Nullable(Type.String({ description: 'JOD for the targeting period' })),
})

const ComparedList = Type.Object({
  run: Type.String({ format: 'uuid' }),
  asOf: Type.String({ format: 'date' }),
  rootHash: Type.String(),
  eligible: Type.Integer(),
})

export const ComparisonAnswer = Type.Object({
  programme: Type.String(),
  unit: Type.Enum(['household', 'person']),
  here: ComparedList,
  there: ComparedList,
  counts: Nullable(
    Type.Object(
      {
        entered: Type.Integer({ description: 'eligible here only' }),
        left: Type.Integer({ description: 'eligible there only' }),
        moved: Type.Integer({ description: 'in both, with another position or status' }),
        statusChanged: Type.Integer({ description: 'of those that moved: with another status' }),
        same: Type.Integer(),
      },
      { description: 'of the whole lists; on the first page only' },
    ),
  ),
  changes: Type.Array(
    Type.Object({
      change: Type.Enum([...CHANGES]),
      householdRef: Type.Integer(),
      personRef: Nullable(Type.Integer()),
      here: Nullable(Place),
      there: Nullable(Place),
    }),
  ),
  next: Nullable(Type.String({ description: 'cursor of the next page; null on the last' })),
})

export const FrozenAnswer = Type.Object({
  run: Type.String({ format: 'uuid' }),
  programme: Type.String(),
  rootHash: Type.String(),
  frozenAt: Type.String({ format: 'date-time' }),
  frozenBy: Type.String({ description: 'id of the key' }),
  signed: Type.String({ description: 'the text that is signed, as UTF-8: canonical JSON of run, counts, hashes, time and key' }),
  signature: Type.String({ description: 'base64' }),
  algorithm: Type.Literal('Ed25519'),
  keyId: Type.String({ description: 'of the public key: GET /v1/audit/keys' }),
  publicKey: Type.String({ description: 'SPKI PEM; compare it with the one that the operator told you' }),
})
