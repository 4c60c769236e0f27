/** Shapes of the breach log. */
import Type from 'typebox'
import { Words } from '../../determinations/schema.ts'
import { FreeText } from '../free-text.ts'
import { ENTRY_KINDS } from './breach-store.ts'

const closed = { additionalProperties: false } as const
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Moment = Type.String({ format: 'date-time' })
const Uuid = Type.String({ format: 'uuid' })

export const BreachRequest = Type.Object(
  {
    discoveredAt: Type.String({ format: 'date-time', description: 'when it was discovered: the deadlines of the law count from then' }),
    summary: FreeText('What happened'),
    source: FreeText('Where it came from and how it went, as the Unit is told'),
    registries: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      maxItems: 200,
      uniqueItems: true,
      description: 'ids of the registries whose data are affected; empty where none is',
    }),
  },
  closed,
)

export const EntryRequest = Type.Object(
  {
    kind: Type.Enum([...ENTRY_KINDS]),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'when it was done; now unless it is said' })),
    text: FreeText('What was learned or done'),
    serious: Type.Optional(Type.Boolean({ description: 'of an assessment: whether it could do the persons great harm' })),
    personsAffected: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'of an assessment' })),
  },
  closed,
)

const Deadline = Type.Object({
  dueAt: Moment,
  doneAt: nullable(Moment),
  state: Type.Enum(['not-required', 'open', 'overdue', 'in-time', 'late']),
})

export const BreachAnswer = Type.Object({
  id: Uuid,
  discoveredAt: Moment,
  recordedAt: Moment,
  recordedBy: Type.String(),
  entity: Type.String(),
  summary: Type.String(),
  source: Type.String(),
  registries: Type.Array(Type.String()),
  status: Type.Enum(['open', 'closed']),
  words: Words,
  serious: nullable(Type.Boolean({ description: 'null until it is assessed' })),
  personsAffected: nullable(Type.Integer()),
  notifyPersons: Deadline,
  notifyUnit: Deadline,
  entries: Type.Array(
    Type.Object({
      id: Uuid,
      kind: Type.Enum([...ENTRY_KINDS]),
      at: Moment,
      recordedAt: Moment,
      recordedBy: Type.String(),
      entity: Type.String(),
      text: Type.String(),
      serious: nullable(Type.Boolean()),
      personsAffected: nullable(Type.Integer()),
    }),
  ),
})

export const BreachesAnswer = Type.Object({ breaches: Type.Array(BreachAnswer), next: nullable(Uuid) })
export const BreachParams = Type.Object({ breach: Uuid }, closed)
export const BreachQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)
