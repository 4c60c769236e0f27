/** What routes answer of whom measures leave out. */
import Type from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const count = Nullable(Type.Integer())

export const LeftOutAnswer = Type.Object(
  {
    welfare: Nullable(
      Type.Object(
        { households: count, persons: count },
        { description: 'of the whole snapshot, whose welfare is unknown: out of poverty, inequality, errors, fairness and tenths' },
      ),
    ),
    programmes: Type.Array(
      Type.Object({
        programme: Type.String(),
        withoutScore: Nullable(Type.Integer({ description: 'listed units without the score that the programme needs: near no cut-off' })),
        withoutWelfare: Nullable(Type.Integer({ description: 'households that it reaches and whose welfare is unknown' })),
      }),
    ),
    formulas: Type.Array(
      Type.Object({
        formula: Type.String(),
        withoutScore: Nullable(Type.Integer({ description: 'households of the population that are in no order by it' })),
      }),
    ),
  },
  { description: 'how many units the measures leave out because what they go by is unknown' },
)
