/** What the routes that explain a unit of a run take and answer. */
import Type from 'typebox'
import { Member, Outcome, WithheldFacts, Words } from '../../determinations/schema.ts'
import { UnitAnswer } from '../lists/schema.ts'
import { REASONS, STATUSES } from '../outcome.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Reference = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Programme = Type.String({ maxLength: 100 })
const Position = Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: "place in the programme's order, from 1" })

export const PositionParams = Type.Object({ programme: Programme, position: Position }, closed)
export const RunPositionParams = Type.Object({ run: Type.String({ format: 'uuid' }), programme: Programme, position: Position }, closed)

export const ReaderQuery = Type.Object(
  {
    readerRef: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "the member who will read it; unless named the head, or the person of a person's programme",
      }),
    ),
  },
  closed,
)

export const ExplanationRequest = Type.Object(
  {
    programme: Programme,
    householdRef: Reference,
    personRef: Type.Optional(Reference),
    readerRef: Type.Optional(Reference),
  },
  closed,
)

const VersionUsed = Type.Object({ id: Type.String(), version: Type.Integer(), hash: Type.String() })
const Facts = Type.Record(Type.String(), Type.Unknown())
const Told = Type.Object({
  withheld: Nullable(Type.String({ description: 'why nothing is told to this reader' })),
  rule: Type.Unknown({ description: 'as in the explanation of a determination' }),
  score: Type.Unknown({ description: 'contribution of each term, adding up exactly' }),
})

export const UnitExplanationAnswer = Type.Object({
  run: Type.String({ format: 'uuid' }),
  asOf: Type.String({ format: 'date' }),
  programme: Type.Object({ id: Type.String(), names: Words, agency: Type.String(), rule: VersionUsed, formula: Nullable(VersionUsed) }),
  versionSet: Type.String(),
  snapshot: Type.String(),
  rootHash: Type.String(),
  householdRef: Type.Integer(),
  personRef: Nullable(Type.Integer()),
  reader: Nullable(Member),
  unit: Nullable(Type.Partial(UnitAnswer)),
  selection: Type.Object(
    {
      status: Nullable(Type.Enum([...STATUSES])),
      reason: Nullable(Type.Enum([...REASONS])),
      tier: Nullable(Words),
      sentences: Type.Array(Words),
    },
    { description: 'why it is selected, waitlisted, left out, or not listed at all' },
  ),
  outcome: Outcome,
  outcomeText: Words,
  facts: Type.Record(Type.String(), Type.Unknown(), {
    description: "the household's facts in the run's snapshot: decimals as text, bounds as an object, null unknown",
  }),
  person: Nullable(Facts),
  hidden: Type.Array(Type.String(), { description: 'facts that this reader may not see' }),
  withheldFacts: WithheldFacts,
  explanation: Type.Object({ en: Told, ar: Told }),
  sources: Type.Array(
    Type.Object({
      registry: Type.String(),
      custodian: Type.String(),
      load: Nullable(Type.String()),
      asOf: Nullable(Type.String()),
      state: Type.String(),
    }),
    { description: 'where each registry stood when the run read it' },
  ),
  notices: Type.Array(Words),
})
