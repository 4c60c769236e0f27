/** Shapes of questions about what rules decide, and of their answers. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Day = Type.String({ format: 'date' })
const Name = Type.String({ minLength: 1, maxLength: 64 })
const Number = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const Source = Type.String({ maxLength: 65_536, description: 'the text of a rule or formula' })

const AsOf = Type.Optional(Type.String({ format: 'date', description: 'parameters have their value of this day; today by default' }))
export const DiffQuery = Type.Object({ against: Number, asOf: AsOf }, closed)
export const OverlapQuery = Type.Object({ with: Name, asOf: AsOf }, closed)
export const AsOfQuery = Type.Object({ asOf: AsOf }, closed)
export const DiffBody = Type.Object(
  { before: Source, after: Source, unit: Type.Optional(Type.Enum(['household', 'person'])), asOf: AsOf },
  closed,
)

const Outcome = Type.Enum(['eligible', 'ineligible', 'undetermined'])
const Lines = Type.Array(Type.String())
const Told = Type.Object({ household: Lines, before: Lines, after: Lines })
const Facts = Type.Record(Type.String(), Type.Unknown())

const Witness = Type.Object({
  facts: Type.Record(Type.String(), Type.Unknown(), { description: 'what is stated of the household; nothing else is known' }),
  stated: Type.Integer({ description: 'how many facts, parameters left out' }),
  isSmallest: Type.Boolean({ description: 'whether it is proven that none with fewer facts exists' }),
  // Impacts that were measured before it was told lack it.
  isHeld: Type.Optional(
    Type.Boolean({ description: 'false where it was not held against the definitions that bind its facts, which may rule it out' }),
  ),
  mayBeImpossible: Type.Array(Type.Array(Type.String()), {
    description: 'pairs of facts that bind each other by how they are computed: that they have these values together is not proven',
  }),
  words: Type.Object({ en: Told, ar: Told }, { description: 'the household, and why either rule decides so' }),
  suggestedCase: Type.Object(
    {
      id: Type.String(),
      note: Type.String(),
      source: Type.String(),
      asOf: Day,
      facts: Facts,
      person: Type.Optional(Facts),
      outcome: Outcome,
    },
    { description: 'a synthetic case for cases.json: what the later rule makes of this household' },
  ),
})

export const DifferenceAnswer = Type.Object({
  asOf: Day,
  equivalent: nullable(
    Type.Boolean({
      description:
        'proven either way; null where time ran out and no change was found, or where no household that was found was held against the definitions that bind its facts',
    }),
  ),
  changes: Type.Array(
    Type.Object({
      from: Outcome,
      to: Outcome,
      verdict: Type.Enum(['none', 'witness', 'not-decided']),
      witness: nullable(Witness),
    }),
  ),
})

const Household = {
  facts: Type.Record(Type.String(), Type.Unknown(), { description: 'what is stated of the household; nothing else is known' }),
  words: Type.Object({ en: Lines, ar: Lines }),
  mayBeImpossible: Type.Array(Type.Array(Type.String()), {
    description: 'pairs of facts that bind each other by how they are computed: that they have these values together is not proven',
  }),
  stated: Type.Integer(),
}
const Points = nullable(Type.String())
const Score = Type.Object({ score: Points, lowest: Type.String(), highest: Type.String() }, { description: 'null without a score' })

export const FormulaBody = Type.Object({ before: Source, after: Source, asOf: AsOf }, closed)
export const FormulaDifferenceAnswer = Type.Object({
  asOf: Day,
  equivalent: nullable(
    Type.Boolean({
      description: 'proven either way; null where no household was found that scores otherwise and that there is none is not proven',
    }),
  ),
  differsIn: Type.Array(Type.Enum(['unit', 'direction', 'tables']), { description: 'what else changes what is made of a score' }),
  witness: nullable(
    Type.Object({
      ...Household,
      before: Score,
      after: Score,
      terms: Type.Array(Type.Object({ term: Type.String(), before: Points, after: Points }), {
        description: 'the terms that give this household other points; null where a formula has no such term or it gives none',
      }),
    }),
  ),
})

export const OverlapAnswer = Type.Object({
  asOf: Day,
  possible: nullable(Type.Boolean({ description: 'proven either way; null where it was not decided in time' })),
  witness: nullable(Witness),
})

const Answered = nullable(Type.Boolean())
export const PartsAnswer = Type.Object({
  asOf: Day,
  parts: Type.Array(
    Type.Object({
      pointer: Type.String({ description: 'into the text of the rule; of a part of a shared definition the reference to it' }),
      definition: nullable(Type.String()),
      words: Type.Object({ en: Type.String(), ar: Type.String() }),
      canBeTrue: Answered,
      canBeFalse: Answered,
      canBeUnknown: Answered,
      isSuperfluous: nullable(Type.Boolean({ description: 'whether every household would get the same outcome without it' })),
    }),
  ),
})
