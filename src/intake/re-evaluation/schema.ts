/** Shapes of questions that a re-evaluation or a run leaves to a person. */
import Type from 'typebox'
import { Words } from '../../determinations/schema.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const closed = { additionalProperties: false } as const

export const StandingQuery = Type.Object(
  {
    programme: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  closed,
)

export const StandingAnswer = Type.Object({
  questions: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      householdRef: Type.Integer(),
      programme: Type.String(),
      personRef: nullable(Type.Integer()),
      kind: Type.Enum(['adverse', 'undetermined', 'unit-ended', 'conditions-unmet']),
      words: Words,
      served: Type.Boolean({ description: 'the programme serves the household or the member: it goes on doing so' }),
      earlier: nullable(Type.Object({ determination: Type.String(), outcome: Type.String() })),
      later: nullable(Type.Object({ determination: Type.String(), outcome: Type.String() })),
      run: nullable(
        Type.Object(
          { id: Type.String({ format: 'uuid' }), asOf: Type.String({ format: 'date' }) },
          { description: 'the run that found the conditions not met; null where changed data ask' },
        ),
      ),
      openedAt: Type.String({ format: 'date-time' }),
    }),
  ),
  next: nullable(Type.String({ format: 'uuid' })),
})

export const StandingParams = Type.Object({ id: Type.String({ format: 'uuid' }) })

export const StandingDecision = Type.Object(
  {
    decision: Type.Enum(['earlier-stands', 'later-holds'], {
      description: 'of conditions-unmet: the place is kept, or the programme is to end it and reports so',
    }),
    reason: Type.String({ minLength: 3, maxLength: 1_000, description: 'why; never a National ID' }),
  },
  closed,
)

export const StandingSettled = Type.Object({ id: Type.String({ format: 'uuid' }), decision: Type.String() })

export const standingWords = {
  adverse: { en: 'The changed data make it ineligible', ar: 'البيانات المتغيرة تجعل الحالة غير مؤهلة' },
  undetermined: { en: 'The changed data leave it undetermined', ar: 'البيانات المتغيرة تجعل الحالة غير محسومة' },
  'unit-ended': {
    en: 'The household or the member is no longer there to be determined',
    ar: 'لم تعد الأسرة أو الفرد قائمَين ليُحدَّد استحقاقهما',
  },
  'conditions-unmet': {
    en: 'It holds a place, and a run found the programme’s conditions no longer met',
    ar: 'لها مكان في البرنامج، ووجدت عملية تشغيل أن شروطه لم تعد متحققة',
  },
} as const
