/** What the language needs of a stored registry definition. */
import type { CodeLists } from '../language/catalogue/fact-header.ts'
import type { RegistryColumn, RegistryShape } from '../language/catalogue/registry-shape.ts'
import type { Words } from '../language/fact-space.ts'

interface ColumnJson {
  readonly name: string
  readonly type: RegistryColumn['type']
  readonly scale?: number
  readonly unit?: string
  readonly codes?: string | Readonly<Record<string, Words>>
  readonly label: Words
  readonly min?: number
  readonly protected?: boolean
}

type RegistryJson = Omit<RegistryShape, 'columns' | 'dwelling'> & { readonly columns: readonly ColumnJson[]; readonly dwelling?: boolean }

/** The definition was checked by the warehouse when it was written; this only reads it. */
export function registryOfText(json: unknown, codeLists: CodeLists): RegistryShape {
  const { id, custodian, label, rowsPerPerson, population, absence, dwelling = false, columns } = json as RegistryJson
  return {
    id,
    custodian,
    label,
    rowsPerPerson,
    population,
    absence,
    dwelling,
    columns: columns.map((column) => columnOf(column, codeLists)),
  }
}

function columnOf(column: ColumnJson, codeLists: CodeLists): RegistryColumn {
  const labels = typeof column.codes === 'string' ? (codeLists.get(column.codes) ?? null) : (column.codes ?? null)
  return {
    name: column.name,
    type: column.type,
    scale: column.scale ?? 0,
    unit: column.unit ?? null,
    codes: labels ? Object.keys(labels) : null,
    codeLabels: labels,
    label: column.label,
    nonNegative: (column.min ?? -1) >= 0,
    protected: column.protected === true,
  }
}
