/** Shapes of what is asked and answered about determinations. */
import Type from 'typebox'

export const Words = Type.Object({ en: Type.String(), ar: Type.String() })
export const NationalId = Type.String({
  format: 'national-id',
  description: 'National ID, or personal ID of a non-Jordanian: ten ASCII digits',
})
const closed = { additionalProperties: false } as const
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Outcome = Type.Union([
  Type.Literal('eligible'),
  Type.Literal('ineligible'),
  Type.Literal('undetermined'),
  Type.Literal('withheld'),
])

const VersionUsed = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  hash: Type.String({ description: 'SHA-256 of the canonical JSON' }),
})

export const ScoreAnswer = Type.Object({
  formula: Type.String(),
  version: Type.Integer(),
  point: nullable(Type.String({ description: 'decimal with 6 places; null where an input may not be estimated' })),
  interval: Type.Array(Type.String(), { minItems: 2, maxItems: 2, description: 'lowest and highest score that the unknown inputs allow' }),
  tables: Type.Record(Type.String(), nullable(Type.String())),
})

const Benefit = Type.Object({
  amount: Type.Unknown({ description: 'decimal as text, or bounds, or null while unknown' }),
  unit: nullable(Type.String()),
  paidEvery: Type.Union([Type.Literal('month'), Type.Literal('quarter')]),
})

export const WithheldFacts = Type.Array(Type.Object({ fact: Type.String(), label: Words, custodian: Type.String() }), {
  description:
    'facts of the rule, the formula and the benefit that the asking organisation is not granted to see: nothing in the answer depends on ' +
    'their values but the outcome. The same for every household.',
})

const UnitAnswer = Type.Object({
  id: Type.Optional(Type.String({ format: 'uuid' })),
  personRef: nullable(Type.Integer({ description: 'the member, for programmes that are judged per person' })),
  outcome: Outcome,
  outcomeText: Words,
  reasons: Type.Object({ en: Type.Array(Type.String()), ar: Type.Array(Type.String()) }),
  missing: Type.Array(Type.Object({ fact: Type.String(), label: Words }), {
    description: 'facts that would settle an undetermined outcome',
  }),
})

export const ProgrammeAnswer = Type.Object({
  programme: Type.String(),
  names: Words,
  agency: Type.String(),
  unit: Type.Union([Type.Literal('household'), Type.Literal('person')]),
  outcome: Outcome,
  outcomeText: Words,
  rule: VersionUsed,
  illustrative: Type.Boolean(),
  benefit: nullable(Benefit),
  score: nullable(ScoreAnswer),
  withheld: WithheldFacts,
  determinations: Type.Array(UnitAnswer),
})

export const Member = Type.Object({
  personRef: Type.Integer(),
  isHead: nullable(Type.Boolean({ description: 'null where it is withheld' })),
  relationship: nullable(Type.String({ description: 'null where it is withheld' })),
})
export const HouseholdAnswer = Type.Object({
  householdRef: Type.Integer({ description: 'a reference, not a National ID' }),
  person: Member,
  members: Type.Array(Member, { description: 'whoever was asked for alone, where the size of the household is withheld' }),
  withheld: WithheldFacts,
})

export const LookupRequest = Type.Object({ nationalId: NationalId }, closed)

export const DeterminationRequest = Type.Object(
  {
    nationalId: NationalId,
    asOf: Type.Optional(Type.String({ format: 'date', description: 'for ages and parameters; registry rows are current rows' })),
    store: Type.Optional(
      Type.Boolean({ description: 'store the determinations, so that they can be explained and replayed later; false unless stated' }),
    ),
  },
  closed,
)

export const DeterminationAnswer = Type.Object({
  stored: Type.Boolean(),
  asOf: Type.String({ format: 'date' }),
  versionSet: Type.String(),
  household: HouseholdAnswer,
  programmes: Type.Array(ProgrammeAnswer),
})

export const IdParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, closed)
export const LanguageQuery = Type.Object({ lang: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('ar')])) }, closed)
export const ReaderRequest = Type.Object({ nationalId: NationalId }, closed)

export const Reason = Type.Union([Type.Literal('request'), Type.Literal('re-evaluation')], {
  description: 'why it was made: somebody asked, or data of the household changed',
})

export const StoredAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  determinedAt: Type.String(),
  reason: Reason,
  reasonText: Words,
  applicationId: nullable(Type.String({ format: 'uuid' })),
  programme: VersionUsed,
  rule: VersionUsed,
  formula: nullable(VersionUsed),
  versionSet: Type.String(),
  factsHash: nullable(Type.String({ description: 'null where facts are withheld: who knows the others could find a value by its hash' })),
  asOf: Type.String({ format: 'date' }),
  householdRef: Type.Integer(),
  personRef: nullable(Type.Integer()),
  outcome: Outcome,
  outcomeText: Words,
  trace: Type.String({ description: 'truth of each node of the rule in pre-order: 0 false, 1 unknown or withheld, 2 true' }),
  missing: Type.Array(Type.String()),
  score: nullable(ScoreAnswer),
  withheld: WithheldFacts,
  hash: nullable(Type.String({ description: 'SHA-256 of what was stored; null where facts are withheld' })),
})

export const ExplanationAnswer = Type.Object({
  determination: Type.String(),
  determinedAt: Type.String(),
  reason: Reason,
  reasonText: Type.String(),
  asOf: Type.String(),
  language: Type.Union([Type.Literal('en'), Type.Literal('ar')]),
  programme: Type.Object({
    id: Type.String(),
    name: Type.String(),
    agency: Type.String(),
    rule: VersionUsed,
    formula: nullable(VersionUsed),
  }),
  personRef: nullable(Type.Integer()),
  reader: Member,
  outcome: Outcome,
  outcomeText: Type.String(),
  withheld: nullable(Type.String({ description: 'why nothing is told to this reader' })),
  withheldFacts: WithheldFacts,
  rule: Type.Unknown({
    description:
      'headline, sentences, tree of conditions with value, source, requirement and distance, missing facts, what could change it',
  }),
  score: Type.Unknown({ description: 'contribution of each term, adding up exactly, the interval, and what the score means' }),
  notices: Type.Array(Type.String()),
})

export const ReplayAnswer = Type.Object({
  id: Type.String(),
  same: Type.Boolean({ description: 'whether determining again from the stored facts and versions gave the same bytes' }),
  storedHash: nullable(Type.String({ description: 'null where facts are withheld' })),
  replayedHash: nullable(Type.String()),
  outcome: Type.Object({ stored: Outcome, replayed: Outcome }),
  sentence: Words,
})
