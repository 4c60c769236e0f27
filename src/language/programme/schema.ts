/** The shape of programme.json; what it refers to is checked in programme/check.ts. */
import Type from 'typebox'
import type { Static } from 'typebox'
import { LegalBasisSchema } from '../rule/schema.ts'
import { AnyConditionSchema, IdSchema, VersionRefSchema, WordsSchema } from '../schema-parts.ts'

const closed = { additionalProperties: false } as const

/** Areas and their places, or shares proportional to population or to a parameter, apportioned by Sainte-Laguë. */
const QuotasSchema = Type.Union([
  Type.Object(
    {
      method: Type.Literal('absolute'),
      by: IdSchema,
      places: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
      leftOver: leftOver(),
    },
    closed,
  ),
  Type.Object(
    {
      method: Type.Literal('proportional'),
      by: IdSchema,
      to: Type.Union([Type.Literal('population'), Type.Object({ parameter: IdSchema }, closed)]),
      leftOver: leftOver(),
    },
    closed,
  ),
])

const TierSchema = Type.Object(
  { name: IdSchema, label: WordsSchema, when: AnyConditionSchema, citation: Type.Optional(Type.String()) },
  closed,
)

/** One key of the order; the first that tells two units apart decides. */
const OrderKeySchema = Type.Union([
  Type.Object({ by: Type.Literal('tiers'), tiers: Type.Array(TierSchema, { minItems: 1, maxItems: 20 }) }, closed),
  Type.Object({ by: Type.Literal('score') }, closed),
  Type.Object({ by: Type.Literal('applicationDate') }, closed),
  Type.Object({ by: Type.Literal('fact'), fact: Type.String(), direction: Type.Enum(['ascending', 'descending']) }, closed),
  Type.Object({ by: Type.Literal('tieBreak') }, closed),
])

const TargetingSchema = Type.Object(
  {
    period: Type.Enum(['month', 'quarter', 'year']),
    /** In the benefit's currency, for the period. */
    budget: Type.Optional(Type.Number({ minimum: 0 })),
    places: Type.Optional(Type.Integer({ minimum: 0 })),
    quotas: Type.Optional(QuotasSchema),
    order: Type.Array(OrderKeySchema, { minItems: 1, maxItems: 10 }),
    /** Programmes are taken in ascending precedence. */
    precedence: Type.Integer({ minimum: 1 }),
    /** Units that an earlier programme selected, or that are enrolled there, are left out. */
    exclusions: Type.Optional(Type.Array(Type.Object({ programme: IdSchema, when: Type.Enum(['selected', 'enrolled']) }, closed))),
    waitlist: Type.Optional(Type.Object({ length: Type.Integer({ minimum: 0 }) }, closed)),
    /** Scores: a new unit must reach `entry`, an enrolled one stays until it leaves `exit`. */
    thresholds: Type.Optional(Type.Object({ entry: Type.Number(), exit: Type.Number() }, closed)),
    /** Months for which an enrolled unit that became undetermined keeps its place, flagged. */
    keepUndeterminedMonths: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Law under which the tiers read protected facts. */
    legalBasis: Type.Optional(Type.Array(LegalBasisSchema)),
  },
  closed,
)

export const ProgrammeSchema = Type.Object(
  {
    id: IdSchema,
    names: WordsSchema,
    description: Type.Optional(WordsSchema),
    agency: Type.String(),
    unit: Type.Enum(['household', 'person']),
    severalMembers: Type.Optional(Type.Boolean()),
    rule: VersionRefSchema,
    formula: Type.Optional(VersionRefSchema),
    benefit: Type.Object({ fact: Type.String(), period: Type.Enum(['month', 'quarter']) }, closed),
    targeting: TargetingSchema,
    illustrative: Type.Boolean(),
    sources: Type.Array(Type.String()),
  },
  closed,
)

export type ProgrammeSource = Static<typeof ProgrammeSchema>
export type OrderKey = ProgrammeSource['targeting']['order'][number]

function leftOver() {
  return Type.Enum(['none', 'nationalOrder'])
}
