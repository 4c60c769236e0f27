/** What is asked of a simulation that is also measured on an uploaded sample. */
import Type, { type Static } from 'typebox'

/** What the sample's welfare is counted in: of a household or of each of its persons, in a month or a year. */
export const WELFARE_UNITS = ['JOD/person/month', 'JOD/person/year', 'JOD/household/month', 'JOD/household/year'] as const
export type WelfareUnit = (typeof WELFARE_UNITS)[number]

export const SampleAskedSchema = Type.Object(
  {
    sample: Type.String({ format: 'uuid', description: 'id of a reference sample of your entity whose rows were sent' }),
    welfareUnit: Type.Enum([...WELFARE_UNITS], {
      description: 'what its welfare is counted in; of a household it is divided by its size, of a year by twelve',
    }),
  },
  {
    additionalProperties: false,
    description: 'an uploaded sample on which the baseline and every scenario are measured too, beside the population of the run',
  },
)
export type SampleAsked = Static<typeof SampleAskedSchema>
