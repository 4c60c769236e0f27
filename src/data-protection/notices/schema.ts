/** What the routes of notices are asked and answer. */
import Type from 'typebox'
import { Words } from '../../determinations/schema.ts'
import { CHANNELS, NOTICE_KINDS } from './notice-store.ts'

const closed = { additionalProperties: false } as const
const Uuid = Type.String({ format: 'uuid' })
const HOLD_SECONDS_MAX = 86_400
const RETRY_SECONDS_MAX = 30 * 86_400

export const NoticeParams = Type.Object({ notice: Uuid }, closed)

export const NoticesQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  closed,
)

export type NoticeAnswer = Type.Static<typeof NoticeAnswer>
const NoticeAnswer = Type.Object({
  id: Uuid,
  kind: Type.Enum([...NOTICE_KINDS]),
  nationalId: Type.Union([Type.String(), Type.Null()], { description: 'of the receiver; null where the vault has none any more' }),
  householdRef: Type.Integer(),
  snapshotId: Type.Union([Uuid, Type.Null()], { description: 'whose determinations it tells of; said again when it is delivered' }),
  runId: Type.Union([Uuid, Type.Null()], { description: 'the run whose publication it tells of' }),
  programme: Type.Union([Type.String(), Type.Null()], { description: 'of a selection' }),
  aroseAt: Type.String({ format: 'date-time' }),
  heldUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'until when it is given to nobody: a deliverer took it, or it is to be tried later',
  }),
  text: Words,
})

export const NoticesAnswer = Type.Object({ notices: Type.Array(NoticeAnswer), next: Type.Union([Uuid, Type.Null()]) })

export const TakeBody = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: '100 unless said otherwise' })),
    seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: HOLD_SECONDS_MAX, description: 'how long nobody else is given them; 900 unless said otherwise' }),
    ),
  },
  closed,
)
export const TakenAnswer = Type.Object({
  taken: Type.String({ format: 'uuid', description: 'said again when one of them is delivered or returned' }),
  notices: Type.Array(NoticeAnswer),
})

export const DeliveredBody = Type.Object(
  {
    snapshotId: Type.Optional(Type.Union([Uuid, Type.Null()], { description: 'of the notice that was delivered, where it has one' })),
    channel: Type.Enum([...CHANNELS]),
    taken: Type.Optional(Type.String({ format: 'uuid', description: 'of a notice that was taken' })),
  },
  closed,
)
export const ReturnedBody = Type.Object(
  {
    taken: Uuid,
    retryAfterSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: RETRY_SECONDS_MAX, description: 'when it may be taken again; at once unless said otherwise' }),
    ),
  },
  closed,
)
