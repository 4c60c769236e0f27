import type { FactType, ValueType, Words } from '../fact-space.ts'

/** What the language needs to know of a registry; the warehouse's registry definitions provide it. */
export interface RegistryShape {
  readonly id: string
  readonly custodian: string
  readonly label: Words
  readonly rowsPerPerson: 'one' | 'many'
  readonly columns: readonly RegistryColumn[]
  readonly population: 'everyone' | 'jordanians' | 'nonJordanians'
  /** `none`: a covered person without a row has none of it. `unknown`: no row tells nothing. */
  readonly absence: 'none' | 'unknown'
  readonly dwelling: boolean
  /** Of a registry that is asked person by person: the registry whose rows say who was asked and answered. It covers nobody else. */
  readonly answeredBy?: string
}

export interface RegistryColumn {
  readonly name: string
  readonly type: ValueType | 'text' | 'person'
  readonly scale: number
  readonly unit: string | null
  readonly codes: readonly string[] | null
  readonly codeLabels: Readonly<Record<string, Words>> | null
  readonly label: Words
  /** True when the definition's `min` is 0 or more, so that an unknown amount cannot lower a sum. */
  readonly nonNegative: boolean
  readonly protected: boolean
  /** Tells where the person lives. */
  readonly address?: boolean
}

/** A column as a condition sees it; null for free text and references, which no condition may read. */
export function columnType(column: RegistryColumn): FactType | null {
  if (column.type === 'text' || column.type === 'person') return null
  return {
    id: column.name,
    type: column.type,
    scale: column.scale,
    unit: column.unit,
    codes: column.codes,
    codeLabels: column.codeLabels,
    label: column.label,
    protected: column.protected,
  }
}
