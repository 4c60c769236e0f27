/** Shapes of descriptions. */
import Type from 'typebox'

const Digits = Type.Enum(['latn', 'arab'], { description: 'digits of numbers: 0123 (latn, unless asked otherwise) or ٠١٢٣ (arab)' })
const day = { on: Type.Optional(Type.String({ format: 'date', description: 'what is in force on this day; today unless said' })) }
const digits = { digits: Type.Optional(Digits) }

export const DescriptionQuery = Type.Object({ ...day, ...digits }, { additionalProperties: false })
export const PageQuery = Type.Object(
  { ...day, ...digits, language: Type.Optional(Type.Enum(['ar', 'en'], { description: 'both, one after the other, unless said' })) },
  { additionalProperties: false },
)

const Sections = Type.Array(
  Type.Object({
    title: Type.String(),
    sentences: Type.Array(
      Type.Object({
        depth: Type.Integer({ description: '0, or one more than the sentence that it belongs to' }),
        text: Type.String(),
        citation: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  }),
)

export const DescriptionAnswer = Type.Object({
  asOf: Type.String({ format: 'date' }),
  versionSet: Type.String(),
  versions: Type.Array(Type.Object({ kind: Type.String(), id: Type.String(), version: Type.Integer(), hash: Type.String() })),
  ar: Sections,
  en: Sections,
})
