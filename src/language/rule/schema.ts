/** The shape of a rule file; the meaning of its conditions is checked in rule/check.ts. */
import Type from 'typebox'
import type { Static } from 'typebox'
import { AnyConditionSchema, DateSchema, IdSchema, WordsSchema } from '../schema-parts.ts'

const closed = { additionalProperties: false } as const

export const LegalBasisSchema = Type.Object({ fact: Type.String(), basis: WordsSchema }, closed)

export const RuleSchema = Type.Object(
  {
    id: IdSchema,
    version: Type.Integer({ minimum: 1 }),
    illustrative: Type.Boolean(),
    effectiveFrom: DateSchema,
    effectiveTo: Type.Optional(DateSchema),
    description: WordsSchema,
    citation: Type.Optional(Type.String()),
    legalBasis: Type.Optional(Type.Array(LegalBasisSchema)),
    conditions: AnyConditionSchema,
    event: Type.Object({ type: Type.Literal('eligible') }, closed),
  },
  closed,
)

export type RuleSource = Static<typeof RuleSchema>
