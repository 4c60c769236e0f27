/** Of a registry that is asked person by person, the registry of its answers: a row says that the person was asked and answered, and when; what was answered are the rows of the registry itself. */
import { ANSWERS } from '../definitions/registry-names.ts'
import type { RegistryDefinition } from '../registry-definition.ts'

export const isPulled = ({ delivery }: Pick<RegistryDefinition, 'delivery'>): boolean => delivery === 'pulled'

/** Such a registry or that of its answers: filled by asking, and by nothing else. */
export const isAsked = (definition: Pick<RegistryDefinition, 'id' | 'delivery'>): boolean =>
  isPulled(definition) || definition.id.endsWith(ANSWERS)

export const answersId = ({ id }: Pick<RegistryDefinition, 'id'>): string => `${id}${ANSWERS}`

/** Rows and answers live and die together. */
export const answersRegistry = (definition: RegistryDefinition): RegistryDefinition => ({
  id: answersId(definition),
  custodian: definition.custodian,
  label: { en: `${definition.label.en}: answers`, ar: `${definition.label.ar}: الردود` },
  description: {
    en: `Who was asked about in “${definition.label.en}” and answered, and when.`,
    ar: `من سُئل عنهم في «${definition.label.ar}» وورد الرد، ومتى.`,
  },
  sourceName: `${definition.sourceName}_Answers`,
  rowsPerPerson: 'one',
  key: [],
  columns: [
    { name: 'answered_on', type: 'date', label: { en: 'Answered on', ar: 'تاريخ الرد' }, required: true },
    {
      name: 'answered_at',
      type: 'integer',
      unit: 'seconds',
      label: { en: 'Answered at (seconds since 1970)', ar: 'وقت الرد (بالثواني منذ 1970)' },
      min: 0,
      required: true,
    },
  ],
  population: definition.population,
  absence: 'unknown',
  freshness: definition.freshness,
  generator: [],
})

/** Each pulled registry followed by that of its answers. */
export const withAnswers = (definitions: readonly RegistryDefinition[]): RegistryDefinition[] =>
  definitions.flatMap((definition) => (isPulled(definition) ? [definition, answersRegistry(definition)] : [definition]))
