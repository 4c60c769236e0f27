/** Registry definitions as the language sees them: what a fact may read, without generators, age and tables. */
import type { RegistryColumn as ShapeColumn, RegistryShape } from '../language/catalogue/registry-shape.ts'
import { answersId } from './pulled/answers-registry.ts'
import type { RegistryColumn, RegistryDefinition } from './registry-definition.ts'

/** What a catalogue needs to know of one registry. */
export function registryShape({
  id,
  custodian,
  label,
  rowsPerPerson,
  columns,
  population,
  absence,
  dwelling,
  delivery,
}: RegistryDefinition): RegistryShape {
  const shape = { id, custodian, label, rowsPerPerson, columns: columns.map(shapeColumn), population, absence, dwelling: dwelling === true }
  return delivery === 'pulled' ? { ...shape, answeredBy: answersId({ id }) } : shape
}

const shapeColumn = ({ name, type, scale, unit, codes, label, min, protected: isProtected, address }: RegistryColumn): ShapeColumn => ({
  name,
  type,
  scale: scale ?? 0,
  unit: unit ?? null,
  codes: codes ? Object.keys(codes) : null,
  codeLabels: codes ?? null,
  label,
  nonNegative: min !== undefined && min >= 0,
  protected: isProtected === true,
  ...(address === true ? { address } : {}),
})
