/** The shapes of made households in a result: of rules that decide otherwise, and of formulas that move a score over a cut-off. */
import Type from 'typebox'
import { DifferenceAnswer } from '../programmes/difference/schema.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.Object({ en: Type.String(), ar: Type.String() })

export const WitnessesAnswer = Type.Array(
  Type.Object({
    programme: Type.String(),
    difference: Nullable(DifferenceAnswer),
  }),
  {
    description:
      'made households, never a real family: one for each kind of change of a rule, with both explanations; no difference where the rules are too large to be compared',
  },
)

export const MovedScoresAnswer = Type.Array(
  Type.Object({
    programme: Type.String(),
    formulas: Type.Object({ before: Type.String(), after: Type.String() }),
    // Simulations that were performed before they were told lack them.
    area: Type.Optional(
      Nullable(
        Type.Object(
          { fact: Type.String(), code: Type.String(), label: Words },
          { description: 'where quotas go by areas: the one that it is stated to live in, where most competed' },
        ),
      ),
    ),
    tier: Type.Optional(
      Nullable(
        Type.Object(
          { name: Nullable(Type.String()), label: Nullable(Words) },
          { description: 'where tiers come before the score: the one that it is in; no name is in none of them' },
        ),
      ),
    ),
    cutOffs: Type.Object(
      { before: Type.Integer(), after: Type.Integer() },
      { description: 'there: millionths of a point, to the tenth of a point; whoever is as poor as this or poorer is within' },
    ),
    movers: Type.Array(
      Type.Object({
        kind: Type.Enum(['enters', 'leaves']),
        witness: Nullable(
          Type.Object({
            facts: Type.Record(Type.String(), Type.Unknown()),
            words: Type.Object({ en: Type.Array(Type.String()), ar: Type.Array(Type.String()) }),
            mayBeImpossible: Type.Array(Type.Array(Type.String())),
            before: Type.String(),
            after: Type.String(),
            terms: Type.Array(
              Type.Object({
                term: Type.String(),
                label: Nullable(Words),
                before: Nullable(Type.String()),
                after: Nullable(Type.String()),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
  {
    description:
      'made households, never a real family, whose score crosses the cut-off of a programme by a changed formula, with the points of every term before and after; whether a rule lets them in is not looked at, and none found proves nothing',
  },
)
