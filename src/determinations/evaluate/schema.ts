/** What POST /v1/evaluate takes and answers. */
import Type from 'typebox'
import type { Static } from 'typebox'
import { diagnosticSchema } from '../../kernel/diagnostic-schema.ts'
import { Outcome, ScoreAnswer } from '../schema.ts'

const closed = { additionalProperties: false } as const
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Named, so that a refusal can say which one was passed. */
export const limits = {
  MAX_HOUSEHOLDS: 200,
  MAX_MEMBERS_PER_HOUSEHOLD: 60,
  MAX_ROWS: 20_000,
  MAX_FACTS_OF_YOUR_OWN: 1_000,
  MAX_SECONDS: 20,
  MAX_BODY_BYTES: 8 * 1024 * 1024,
} as const

const Json = Type.Unknown()
const Facts = Type.Record(Type.String({ maxLength: 80 }), Json, {
  description: 'fact → value, null, or {"atLeast", "atMost"}; what is left out is unknown',
})
const Text = (what: string) =>
  Type.Unsafe<string | Record<string, unknown>>({ type: ['string', 'object'], description: `${what}: its JSON text, or the JSON itself` })

const InlineCatalogue = Type.Object(
  {
    files: Type.Array(Json, { maxItems: 50, description: 'fact catalogue files: {"entity", "facts"}' }),
    parameters: Type.Optional(Type.Array(Json, { maxItems: 200 })),
    definitions: Type.Optional(Type.Array(Json, { maxItems: 200 })),
    codeLists: Type.Optional(Type.Record(Type.String({ maxLength: 80 }), Json)),
  },
  { ...closed, description: 'a catalogue of your own, over the registries of the product' },
)

const FactSet = Type.Object({ household: Type.Optional(Facts), members: Type.Optional(Type.Array(Facts)) }, closed)

const Label = Type.Unsafe<string | number>({ type: ['string', 'integer'], maxLength: 60, description: 'any name of yours for a person' })
const MemberRecord = Type.Object(
  {
    person: Label,
    isHead: Type.Optional(Type.Boolean()),
    relationship: Type.Optional(Type.String({ maxLength: 40 })),
    isJordanian: Type.Optional(Type.Boolean()),
    declared: Type.Optional(Type.Record(Type.String(), Json, { description: 'this member’s part of the intake form' })),
  },
  closed,
)
const HouseholdRecords = Type.Object(
  {
    members: Type.Array(MemberRecord, { minItems: 1 }),
    basis: Type.Optional(Type.String({ maxLength: 40 })),
    registries: Type.Optional(
      Type.Record(Type.String({ maxLength: 80 }), Type.Array(Type.Record(Type.String(), Json)), {
        description:
          'rows by registry, each with "person"; an empty list says that the registry was read and has none, a registry left out is unknown',
      }),
    ),
    declared: Type.Optional(Type.Record(Type.String(), Json, { description: 'the household’s part of the intake form' })),
  },
  closed,
)

export const EvaluateRequest = Type.Object(
  {
    asOf: Type.Optional(Type.String({ format: 'date' })),
    catalogue: Type.Optional(
      Type.Union([
        Type.Literal('inForce'),
        Type.Object({ versionSet: Type.String({ minLength: 64, maxLength: 64 }) }, closed),
        InlineCatalogue,
      ]),
    ),
    definitions: Type.Optional(
      Type.Array(Json, { maxItems: 200, description: 'shared definitions of your own, besides those of the catalogue' }),
    ),
    unit: Type.Optional(
      Type.Union([Type.Literal('household'), Type.Literal('person')], { description: 'what the rule judges; household unless stated' }),
    ),
    rule: Type.Optional(Text('a rule')),
    formula: Type.Optional(Text('a formula')),
    programmes: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 50 })], {
        description: 'programmes of a named catalogue',
      }),
    ),
    facts: Type.Optional(Type.Array(FactSet, { minItems: 1 })),
    households: Type.Optional(Type.Array(HouseholdRecords, { minItems: 1 })),
    explain: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('ar')])),
  },
  closed,
)

export type EvaluateBody = Static<typeof EvaluateRequest>
export type InlineCatalogueBody = Static<typeof InlineCatalogue>
export type HouseholdRecordsBody = Static<typeof HouseholdRecords>

const UnitAnswer = Type.Object({
  member: nullable(Type.Integer({ description: 'position in the list of members' })),
  outcome: Outcome,
  secondOpinion: Type.Union([Type.Literal('agrees'), Type.Literal('disagrees')]),
  trace: Type.Unknown({ description: 'the rule’s own tree with the truth of each node' }),
  missing: Type.Array(Type.String()),
  explanation: Type.Optional(Type.Unknown()),
})

const Contribution = Type.Object({ term: Type.String(), point: nullable(Type.String()), lowest: Type.String(), highest: Type.String() })

export const EvaluateAnswer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  catalogue: Type.String({ description: 'hash of the catalogue' }),
  versionSet: nullable(Type.String()),
  warnings: Type.Array(diagnosticSchema),
  results: Type.Array(
    Type.Object({
      rule: nullable(Type.Array(UnitAnswer)),
      formula: nullable(
        Type.Object({
          ...ScoreAnswer.properties,
          contributions: Type.Array(Contribution),
          missing: Type.Array(Type.String()),
          explanation: Type.Optional(Type.Unknown()),
        }),
      ),
      programmes: nullable(
        Type.Array(Type.Object({ programme: Type.String(), score: nullable(ScoreAnswer), units: Type.Array(UnitAnswer) })),
      ),
      facts: nullable(
        Type.Object({
          household: Type.Record(Type.String(), Json),
          members: Type.Array(Type.Record(Type.String(), Json)),
        }),
      ),
    }),
  ),
})
