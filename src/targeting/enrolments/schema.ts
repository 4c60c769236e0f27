/** Shapes of what programmes' systems report about units, and of what is answered. */
import Type from 'typebox'
import { Words } from '../../determinations/schema.ts'

export const ENROLMENT_STATES = ['selected', 'notified', 'visited', 'enrolled', 'declined', 'suspended', 'exited'] as const
export type EnrolmentState = (typeof ENROLMENT_STATES)[number]

export const MAX_REPORTS = 1_000

const closed = { additionalProperties: false } as const
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const unitReference = (description: string) => Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description })
const State = Type.Enum([...ENROLMENT_STATES])
const Day = Type.String({ format: 'date' })

export const EnrolmentReport = Type.Object(
  {
    programme: Type.String({ minLength: 1, maxLength: 100 }),
    householdRef: unitReference('a reference, not a National ID'),
    personRef: Type.Optional(unitReference('the member; in programmes that are judged per person, and only there')),
    state: State,
    on: Type.String({ format: 'date', description: 'the day on which the state began; not after today' }),
    reference: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]*$',
      description: 'the report’s own name in the programme’s system: sent again, it is stored once. Never made of a National ID',
    }),
    reason: Type.Optional(
      Type.String({ maxLength: 60, pattern: '^[a-z]+(-[a-z]+)*$', description: 'a code of the programme’s, such as moved-abroad' }),
    ),
  },
  closed,
)
export type EnrolmentReport = Type.Static<typeof EnrolmentReport>

export const EnrolmentBatch = Type.Object({ reports: Type.Array(EnrolmentReport, { minItems: 1, maxItems: MAX_REPORTS }) }, closed)

/** What the whole must be; each report is checked on its own, so that a bad one does not stop the good ones. */
export const EnrolmentEnvelope = Type.Object({ reports: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_REPORTS }) }, closed)

export const EnrolmentBatchAnswer = Type.Object({
  counts: Type.Object({ applied: Type.Integer(), late: Type.Integer(), repeated: Type.Integer(), refused: Type.Integer() }),
  reports: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'place in the batch, from 0' }),
      id: Type.String({ format: 'uuid' }),
      kept: Type.Enum(['applied', 'late', 'repeated'], {
        description: 'late: about a day before the unit’s present state began; history only. repeated: the same report was stored before',
      }),
    }),
  ),
  refused: Type.Array(
    Type.Object({
      index: Type.Integer(),
      pointer: Type.String({ description: 'JSON Pointer into the batch' }),
      code: Type.String({ description: 'listed at /errors' }),
      title: Words,
      hint: Words,
      expected: Type.Optional(Type.String()),
    }),
  ),
})
export type EnrolmentBatchAnswer = Type.Static<typeof EnrolmentBatchAnswer>

export const EnrolmentLookup = Type.Object({ householdRef: unitReference('a reference, not a National ID') }, closed)

export const EnrolmentLookupAnswer = Type.Object({
  householdRef: Type.Integer(),
  served: nullable(
    Type.Boolean({
      description: 'a unit of this household is enrolled in some programme; null where only a programme that is withheld could say so',
    }),
  ),
  enrolments: Type.Array(
    Type.Object({
      programme: Type.String(),
      personRef: nullable(Type.Integer()),
      state: State,
      stateText: Words,
      since: Day,
      undeterminedSince: nullable(Day),
      unmetSince: nullable(
        Type.String({
          format: 'date',
          description: 'day of the first run in force that found the conditions no longer met; the place stays',
        }),
      ),
      unmetRun: nullable(Type.String({ format: 'uuid', description: 'that run' })),
    }),
  ),
  history: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      programme: Type.String(),
      personRef: nullable(Type.Integer()),
      state: State,
      on: Day,
      reportedAt: Type.String({ format: 'date-time' }),
      entity: Type.String({ description: 'who reported' }),
      reference: Type.String(),
      reason: nullable(Type.String()),
      applied: Type.Boolean({ description: 'false: it came late and did not change the state' }),
    }),
    { description: 'the newest first, at most 1,000' },
  ),
  withheld: Type.Array(Type.Object({ programme: Type.String(), names: Words, agency: Type.String() }), {
    description: 'programmes in force of which your organisation is told nothing: the same for every household',
  }),
})

export const stateWords: Readonly<Record<EnrolmentState, { readonly en: string; readonly ar: string }>> = {
  selected: { en: 'Selected', ar: 'وقع عليها الاختيار' },
  notified: { en: 'Notified', ar: 'أُبلغت' },
  visited: { en: 'Visited', ar: 'تمت زيارتها' },
  enrolled: { en: 'Enrolled', ar: 'منتفعة' },
  declined: { en: 'Declined', ar: 'لم تلتحق' },
  suspended: { en: 'Suspended', ar: 'موقوفة' },
  exited: { en: 'Exited', ar: 'خرجت من البرنامج' },
}
