/** What an entity may build queries of: granted columns with their words, codes and operators. */
import type Type from 'typebox'
import type { ReadRights } from '../access/grants/read-rights.ts'
import { operatorNames, operators } from '../language/operators.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import { grantedColumns, type QueryColumn } from './granted-columns.ts'
import type { ColumnsAnswer } from './schema.ts'

type Answer = Type.Static<typeof ColumnsAnswer>

export function columnsAnswer(definitions: readonly RegistryDefinition[], rights: ReadRights): Answer {
  const { registries, columns } = grantedColumns(definitions, rights)
  return {
    registries: [...registries.values()].map(({ id, custodian, label, description, rowsPerPerson }) => ({
      id,
      custodian,
      label,
      description,
      rowsPerPerson,
      rows: rights.rowScope(id).kind,
      columns: [...columns.values()].filter(({ registry }) => registry.id === id).map(columnAnswer),
    })),
  }
}

const columnAnswer = ({ id, column }: QueryColumn): Answer['registries'][number]['columns'][number] => ({
  id,
  label: column.label,
  type: column.type,
  scale: column.scale ?? 0,
  unit: column.unit ?? null,
  codes: column.codes ?? null,
  operators: operatorNames.filter((name) => (operators[name].accepts as readonly string[]).includes(column.type)),
})
