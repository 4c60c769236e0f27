/** What the routes of impacts are asked and answer. */
import Type from 'typebox'
import { DaySchema } from '../../programmes/authoring/drafts/schema.ts'
import { DifferenceAnswer } from '../../programmes/difference/schema.ts'
import { ResultAnswer } from '../schema.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

const exact = Type.Optional(Type.Boolean({ description: 'counts and amounts as they are; needs `simulations:exact`, and is audited' }))
const wait = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 10, description: 'seconds to wait for it before the answer is 202; 3 unless named' }),
)

export const DraftImpactQuery = Type.Object(
  {
    effectiveFrom: DaySchema,
    drafts: Type.Optional(
      Type.String({
        maxLength: 8_000,
        pattern: '^[a-zA-Z]+/[^,]+(,[a-zA-Z]+/[^,]+)*$',
        description: '`kind/id` of each draft, separated by commas; all of mine unless named',
      }),
    ),
    exact,
    wait,
  },
  closed,
)

export const ChangeSetImpactQuery = Type.Object({ exact, wait }, closed)

const Words = Type.Object({ en: Type.String(), ar: Type.String() })
const count = Nullable(Type.Integer())
const Counted = Type.Object({ units: Nullable(Type.Integer({ description: 'null where it is suppressed' })), persons: count })
const { programmes } = ResultAnswer.properties.scenarios.items.properties

export const ImpactResult = Type.Object({
  effectiveFrom: DaySchema,
  snapshot: Type.Object({
    hash: Type.String(),
    asOf: Type.String({ description: 'the day of the facts; parameters have their value of the day of the change' }),
    run: Type.String(),
  }),
  base: Type.String({ description: 'hash of the versions that would hold on the day without the change' }),
  draft: Type.String({ description: 'hash of the versions with it' }),
  exact: Type.Boolean(),
  households: count,
  persons: count,
  breakdowns: Type.Array(Type.Object({ id: Type.String(), label: Words })),
  programmes: Type.Array(
    Type.Object({
      ...programmes.items.properties,
      presence: Type.Enum(['both', 'new', 'gone']),
      undetermined: Type.Object(
        { added: Counted, settled: Counted },
        { description: 'units that become undetermined, and that no longer are' },
      ),
      dependsOnMissing: Type.Object(
        { before: Counted, after: Counted, newly: Counted, noLonger: Counted },
        { description: 'units whose selection hangs on missing facts' },
      ),
      difference: Nullable(
        Type.Object(DifferenceAnswer.properties, {
          description:
            'where the rule decides otherwise, each kind with a household that is made up; null for a programme of one side only',
        }),
      ),
    }),
    { description: 'those that the change touches, and those whose outcomes it alters' },
  ),
  unaltered: Type.Array(Type.String(), { description: 'programmes of which nothing is altered' }),
  excludesNobody: Type.Array(
    Type.Object({ programme: Type.String(), pointer: Type.String(), definition: Nullable(Type.String()), because: Nullable(Words) }),
    { description: 'conditions that nobody of the snapshot fails' },
  ),
})

export const ImpactAnswer = Type.Object({
  status: Type.Enum(['queued', 'running', 'completed']),
  impact: Nullable(ImpactResult),
})
