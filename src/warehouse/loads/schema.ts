/** What the routes of loads take and answer. */
import Type from 'typebox'
import type { LoadRecord } from './load-store.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })

export const RegistryParams = Type.Object({ registry: Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' }) }, closed)
export const LoadParams = Type.Object(
  { ...RegistryParams.properties, load: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  closed,
)

export const NewLoadQuery = Type.Object(
  {
    delivery: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$',
      description: "the custodian's own id of the delivery: the same one is loaded once, however often it is sent",
    }),
    asOf: Type.String({ format: 'date', description: 'the day that the rows speak of' }),
    mode: Type.Optional(
      Type.Enum(['incremental', 'full'], {
        description: 'full: rows that the delivery does not name are taken out; incremental, unless said: they stay',
      }),
    ),
    removedPercentMax: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100,
        description: 'a full delivery that would take out a greater share is refused; 10 unless named',
      }),
    ),
  },
  closed,
)

export const LoadsQuery = Type.Object(
  {
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'loads older than this one' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)

export const LoadAnswer = Type.Object({
  id: Count,
  registry: Type.String(),
  delivery: Type.String(),
  asOf: Type.String({ format: 'date' }),
  mode: Type.Enum(['incremental', 'full']),
  status: Type.Enum(['running', 'completed', 'failed', 'broken'], {
    description:
      'broken: whoever performed it is gone. A load that failed or broke has changed nothing and begins anew when it is sent again',
  }),
  stage: Nullable(Type.Enum(['receiving', 'resolving', 'switching'])),
  bytes: Count,
  received: Count,
  inserted: Count,
  updated: Count,
  unchanged: Count,
  rejected: Type.Integer({ minimum: 0, description: 'received = inserted + updated + unchanged + rejected' }),
  removed: Type.Integer({ minimum: 0, description: 'rows that a full delivery no longer names' }),
  seq: Nullable(Type.Integer({ description: 'place in the sequence of all changes of the warehouse' })),
  startedAt: Type.String({ format: 'date-time' }),
  loadedAt: Nullable(Type.String({ format: 'date-time' })),
  problem: Nullable(Type.String({ description: 'the code of what stopped it: /errors' })),
})

export const loadAnswer = ({ deliveryId: delivery, ...load }: LoadRecord): Type.Static<typeof LoadAnswer> => ({ ...load, delivery })
