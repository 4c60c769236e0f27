/** Shapes of objections and requests for correction. */
import Type from 'typebox'
import { NationalId, Words } from '../../determinations/schema.ts'
import { FreeText } from '../free-text.ts'

const closed = { additionalProperties: false } as const
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Status = Type.Enum(['received', 'accepted', 'refused', 'carried-out', 'withdrawn'])

export const RequestBody = Type.Object(
  {
    nationalId: NationalId,
    kind: Type.Enum(['objection', 'correction']),
    processing: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'of an objection: id of GET /v1/processing-records' }),
    ),
    registry: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'of a correction' })),
    column: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'of a correction: the value that is wrong' })),
    claimed: Type.Optional(FreeText('Of a correction: what the person holds to be right')),
    statement: FreeText('What the person says'),
  },
  closed,
)

export const StepBody = Type.Object(
  {
    status: Type.Enum(['accepted', 'refused', 'carried-out', 'withdrawn']),
    reason: FreeText('Why, or what was done, as the person is told'),
  },
  closed,
)

export const RequestAnswer = Type.Object({
  id: Uuid,
  kind: Type.Enum(['objection', 'correction']),
  kindWords: Words,
  personRef: Type.Integer(),
  processing: nullable(Type.String()),
  registry: nullable(Type.String()),
  column: nullable(Type.String()),
  statement: Type.String(),
  claimed: nullable(Type.String()),
  responsible: Type.String({ description: 'the entity that answers: the custodian of the column, or the controller' }),
  receivedAt: Type.String({ format: 'date-time' }),
  receivedBy: Type.String(),
  entity: Type.String({ description: 'through which the person asked' }),
  dueOn: Type.String({ format: 'date' }),
  overdue: Type.Boolean(),
  status: Status,
  statusWords: Words,
  steps: Type.Array(
    Type.Object({
      status: Status,
      takenAt: Type.String({ format: 'date-time' }),
      takenBy: Type.String(),
      entity: Type.String(),
      reason: Type.String(),
    }),
  ),
})

export const RequestsAnswer = Type.Object({ requests: Type.Array(RequestAnswer), next: nullable(Uuid) })
export const RequestParams = Type.Object({ request: Uuid }, closed)
export const RequestQuery = Type.Object(
  {
    status: Type.Optional(Status),
    overdue: Type.Optional(Type.Boolean({ description: 'only those whose day is past' })),
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)
