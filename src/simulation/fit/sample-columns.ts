/** What the columns of a sample mean. */
import Type from 'typebox'

/** Which column of the header holds what; facts by their id in the catalogue. */
export const SampleColumnsSchema = Type.Object(
  {
    welfare: Type.String(),
    weight: Type.Optional(Type.String()),
    stratum: Type.Optional(Type.String()),
    cluster: Type.Optional(Type.String()),
    facts: Type.Record(Type.String(), Type.String()),
    /** Texts that stand for an unknown value besides the empty one, such as `NA`. */
    unknown: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
    /** A comma where it is absent. */
    delimiter: Type.Optional(Type.Enum([',', ';', '\t', '|'])),
  },
  { additionalProperties: false },
)
export type SampleColumns = Type.Static<typeof SampleColumnsSchema>
