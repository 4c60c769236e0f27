/** What routes answer of who stands near a cut-off. */
import Type from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const count = Nullable(Type.Integer())
const Words = Type.Object({ en: Type.String(), ar: Type.String() })

const near = {
  below: count,
  at: Nullable(Type.Integer({ description: 'with the score of the cut-off itself' })),
  above: count,
}
export const NearCutOffAnswer = Type.Object({
  programme: Type.String(),
  cutOff: Nullable(
    Type.Integer({
      description:
        'millionths of a point: the score of the last unit newly selected, where the whole list has one cut-off; null where nobody loses by the score, or each area and tier has its own',
    }),
  ),
  within: Type.Integer({ description: 'millionths of a point' }),
  ...near,
  contests: Type.Array(
    Type.Object({
      area: Nullable(Type.Object({ fact: Type.String(), code: Type.String(), label: Words })),
      tier: Nullable(Type.Object({ name: Nullable(Type.String()), label: Nullable(Words) })),
      selected: Nullable(Type.Integer({ description: 'newly selected there; of fewer than ten nothing is told' })),
      cutOff: Nullable(Type.Integer()),
      ...near,
    }),
    { description: 'each area and tier in which somebody is newly selected and somebody loses by the score, with the cut-off of its own' },
  ),
})
