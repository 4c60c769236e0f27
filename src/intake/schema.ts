/** Shapes of the answers about applications; what is asked is the form's own schema. */
import Type from 'typebox'
import { HouseholdAnswer, ProgrammeAnswer, Words } from '../determinations/schema.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Question = Type.Object({
  kind: Type.String({
    description: 'values-differ, member-not-in-household, member-not-declared, member-unknown, member-repeated, expenses-exceed-income',
  }),
  label: Words,
  fact: nullable(Type.String()),
  personRef: nullable(Type.Integer()),
  declared: Type.Unknown({ description: 'null where it is another member’s' }),
  administrative: Type.Unknown({ description: 'null where it is another member’s' }),
  shown: Type.Boolean({ description: 'false where the values are another member’s' }),
})

export const ApplicationAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  receivedAt: Type.String({ format: 'date-time' }),
  status: Type.String({
    description:
      'determined, or the code of why it could not be: person-not-found, person-deceased, household-not-found, households-several',
  }),
  resolution: nullable(Type.Object({ code: Type.String(), title: Words, hint: Words, stored: Words })),
  asOf: nullable(Type.String({ format: 'date' })),
  versionSet: nullable(Type.String()),
  household: nullable(HouseholdAnswer),
  programmes: Type.Array(ProgrammeAnswer),
  questions: Type.Array(Question, { description: 'what does not agree: for a person to settle, never a refusal' }),
  notices: Type.Array(Words),
})
