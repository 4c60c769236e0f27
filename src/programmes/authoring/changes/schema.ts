/** Shapes of change sets, their review and what is in force on a day. */
import Type from 'typebox'
import { CheckAnswer, DaySchema, EtagSchema, KindSchema, nullable, ObjectIdSchema, VersionNamed } from '../drafts/schema.ts'
import { SourceAnswer } from '../../schema.ts'
import { changeSetStatuses } from './change-set-store.ts'

const closed = { additionalProperties: false } as const
const Sentence = Type.String({ minLength: 1, maxLength: 4_000 })
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Moment = Type.String({ format: 'date-time' })
const Person = Type.Object({ id: Type.String(), name: Type.String(), entity: Type.String() })

export const SubmitBody = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    effectiveFrom: DaySchema,
    drafts: Type.Array(Type.Object({ kind: KindSchema, id: ObjectIdSchema, etag: EtagSchema }, closed), { minItems: 1, maxItems: 200 }),
    comment: Type.Optional(Sentence),
  },
  closed,
)

export const ChangeSetParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed)
export const DecisionBody = Type.Object(
  { hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the change set as it was read' }), comment: Type.Optional(Sentence) },
  closed,
)
/** Whoever refuses says why. */
export const RejectionBody = Type.Object({ hash: Hash, comment: Sentence }, closed)
export const CommentBody = Type.Object({ text: Sentence }, closed)
export const NothingBody = Type.Object({}, closed)

export const ChangeSetQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...changeSetStatuses])),
    before: Type.Optional(Type.String({ format: 'uuid', description: 'the last id of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  closed,
)

export const ChangeSetAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  title: Type.String(),
  author: Person,
  effectiveFrom: DaySchema,
  hash: Type.String({ description: 'SHA-256 of the RFC 8785 form of the day and of each object with its hash: what is approved' }),
  required: Type.Array(Type.String(), { description: 'entities of which one person each has to approve; none means one other person' }),
  status: Type.Enum([...changeSetStatuses]),
  submittedAt: Moment,
  changedAt: Moment,
})
export const ChangeSetListAnswer = Type.Object({ changeSets: Type.Array(ChangeSetAnswer) })

const Lines = Type.Array(Type.Object({ op: Type.Enum(['same', 'removed', 'added']), text: Type.String() }))
const Told = Type.Object({ available: Type.Boolean(), answer: Type.Optional(Type.Unknown()) })

export const ReviewAnswer = Type.Object({
  changeSet: ChangeSetAnswer,
  approvals: Type.Array(Type.Object({ ...Person.properties, hash: Type.String(), approvedAt: Moment })),
  comments: Type.Array(Type.Object({ id: Type.String(), by: Person, text: Type.String(), writtenAt: Moment })),
  texts: Type.Array(
    Type.Object({
      kind: Type.String(),
      id: Type.String(),
      hash: nullable(Type.String()),
      against: nullable(Type.Object({ version: Type.Integer(), hash: Type.String() })),
      lines: Lines,
    }),
    { description: 'each text against what is in force on the day: changed lines and three around them' },
  ),
  check: nullable(CheckAnswer),
  meaning: nullable(
    Type.Object({
      difference: Told,
      impact: Told,
      grantsMissing: Type.Array(Type.Object({ programme: Type.String(), agency: Type.String(), fact: Type.String() })),
      descriptions: Type.Array(Type.Object({ programme: Type.String(), ar: Lines, en: Lines }), {
        description: 'each programme in plain language against what is in force on the day: changed lines and three around them',
      }),
      protectedFacts: Type.Array(
        Type.Object({
          programme: Type.String(),
          fact: Type.String(),
          basis: nullable(Type.Object({ en: Type.String(), ar: Type.String() })),
        }),
      ),
    }),
  ),
})

export const OnQuery = Type.Object({ on: Type.Optional(DaySchema) }, closed)
export const InForceAnswer = Type.Object({
  on: DaySchema,
  versionSet: Type.String({ description: 'hash of the set of versions that decide, as determinations and runs name it' }),
  versions: Type.Array(
    Type.Object({ ...VersionNamed.properties, effectiveFrom: DaySchema, effectiveTo: nullable(DaySchema), origin: Type.String() }),
  ),
})
export const ObjectVersionsAnswer = Type.Object({ versions: Type.Array(SourceAnswer) })
