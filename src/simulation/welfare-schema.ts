/** What the routes answer of poverty and inequality of a whole population. */
import Type from 'typebox'

const index = Type.Union([Type.Number(), Type.Null()])
const further = Type.Optional(index)
const poverty = { headcount: index, povertyGap: index, severity: index }
const Poverty = Type.Object(poverty)

export const welfareAnswer = {
  poverty: Type.Object(
    {
      ...poverty,
      watts: further,
      shortfall: Type.Optional(
        Type.Object(
          { households: Type.Union([Type.Integer(), Type.Null()]), amount: Type.Union([Type.Integer(), Type.Null()]) },
          { description: 'what all poor households together lack to the line, thousandths of the currency a month' },
        ),
      ),
    },
    { description: 'of persons, after transfers' },
  ),
  inequality: Type.Object({
    gini: index,
    s80s20: index,
    atRiskOfPoverty: index,
    medianGap: index,
    meanLogDeviation: further,
    theil: further,
    atkinsonHalf: further,
    atkinsonOne: further,
  }),
}

export const BeforeAnswer = Type.Optional(Type.Object(welfareAnswer, { description: 'the same people before any transfer' }))

export const LinesAnswer = Type.Optional(
  Type.Array(Type.Object({ line: Type.Integer(), before: Poverty, after: Poverty, change: Poverty }), {
    description: 'poverty at each line, thousandths, before any transfer and after those of all programmes; change is after less before',
  }),
)

const source = Type.Union([Type.String(), Type.Null()])

export const ScaleAnswer = Type.Optional(
  Type.Union(
    [
      Type.Object({
        kind: Type.Literal('byAge'),
        adult: Type.Integer(),
        child: Type.Integer(),
        childUnder: Type.Integer({ description: 'years' }),
        source,
      }),
      Type.Object({ kind: Type.Literal('bySize'), sizes: Type.Array(Type.Integer()), source }),
    ],
    { description: 'thousandths of an equivalent adult: each adult after the first, each child; or by number of persons' },
  ),
)
