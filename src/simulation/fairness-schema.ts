/** What the routes answer of rates by group. */
import Type from 'typebox'
import { FAIRNESS_MEASURES } from './group-fairness.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.Object({ en: Type.String(), ar: Type.String() })
const Interval = Nullable(Type.Object({ low: Type.Number(), high: Type.Number() }))
const Comparison = Nullable(Type.Object({ value: Type.Number(), interval: Interval }))

const rates = {
  breakdown: Type.String(),
  groups: Type.Array(
    Type.Object({
      group: Words,
      tooSmall: Type.Boolean({
        description: 'fewer than 50 units that the rate is of, or of a protected result fewer than ten to tell of',
      }),
      rate: Nullable(Type.Number()),
      interval: Interval,
      difference: Comparison,
      ratio: Comparison,
    }),
  ),
}

/** Of one thing, by breakdown. */
export const GroupRatesAnswer = Type.Array(Type.Object(rates))

/** Errors of a programme, by breakdown. */
export const ErrorsByGroupAnswer = Type.Array(
  Type.Object({
    measure: Type.Optional(
      Type.Enum([...FAIRNESS_MEASURES], {
        description:
          'the poor who are not selected, of the poor; the non-poor, of the selected. Exclusion where an older result names none',
      }),
    ),
    ...rates,
  }),
)

/** Of households with a score, by formula. */
export const ImputedAnswer = Type.Optional(
  Type.Array(Type.Object({ formula: Type.String(), fairness: GroupRatesAnswer }), {
    description: 'share of the households with a score whose score used a value that was imputed for an unknown fact',
  }),
)

/** By formula with a look-up table of likelihoods. */
export const LikelihoodsAnswer = Type.Optional(
  Type.Array(
    Type.Object({
      formula: Type.String(),
      table: Type.String(),
      rate: Nullable(Type.Number()),
      groups: Type.Array(
        Type.Object({
          breakdown: Type.String(),
          groups: Type.Array(Type.Object({ group: Words, tooSmall: Type.Boolean(), rate: Nullable(Type.Number()) })),
        }),
      ),
    }),
    {
      description: 'poverty rate of persons: the mean of the likelihoods that a table in per cent gives scores; needs no reference welfare',
    },
  ),
)

/** Of the units that a programme judges. */
export const UndeterminedShareAnswer = Type.Optional(
  Type.Object(
    { before: GroupRatesAnswer, after: GroupRatesAnswer },
    { description: 'share of the units of each group whose programme could not be determined' },
  ),
)
