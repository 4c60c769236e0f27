/** How the facts of a snapshot stand in Parquet: typed columns, two more where a fact has bounds, and what each of them means. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactColumn, FactColumns } from '../../language/fact-columns.ts'
import type { FactSpace, FactType } from '../../language/fact-space.ts'

/** One column of the file. */
export interface ParquetColumn {
  readonly name: string
  /** SQL of DuckDB over the plain columns `c0`, `c1`, ..., whose NaN is unknown. */
  readonly sql: string
  /** Of the fact that it tells; null for references. */
  readonly about: FactType | null
}

/** One plain column: whole numbers, NaN where nothing is known. */
export interface PlainColumn {
  readonly values: ArrayLike<number> & { readonly length: number }
  readonly known: Uint8Array | null
}

export interface ParquetShape {
  readonly plain: readonly PlainColumn[]
  readonly columns: readonly ParquetColumn[]
}

/** References first; then each fact of the snapshot. A bounded one is `id` where it is exactly known, and `id_min` and `id_max`. */
export function parquetShape(
  references: readonly (readonly [name: string, values: Float64Array])[],
  space: FactSpace,
  facts: FactColumns,
  { facts: definitions }: Pick<Catalogue, 'facts'>,
): ParquetShape {
  const plain: PlainColumn[] = []
  const columns: ParquetColumn[] = []
  const place = (values: PlainColumn['values'], known: Uint8Array | null): string => {
    plain.push({ values, known })
    return `nullif(c${plain.length - 1}, 'NaN'::DOUBLE)`
  }
  for (const [name, values] of references) columns.push({ name, sql: `${place(values, null)}::BIGINT`, about: null })
  for (const [slot, type] of space.types.entries()) {
    const column = facts[slot]
    if (column) columns.push(...columnsOfFact(type, column, definitions.get(type.id)?.bounded === true, place))
  }
  return { plain, columns }
}

function columnsOfFact(
  about: FactType,
  { lo, hi, loKnown, hiKnown }: FactColumn,
  isBounded: boolean,
  place: (values: PlainColumn['values'], known: Uint8Array | null) => string,
): ParquetColumn[] {
  const least = place(lo, loKnown)
  if (!isBounded) return [{ name: about.id, sql: typed(about, least), about }]
  const most = place(hi, hiKnown)
  return [
    { name: about.id, sql: typed(about, `CASE WHEN ${least} = ${most} THEN ${least} END`), about },
    { name: `${about.id}_min`, sql: typed(about, least), about },
    { name: `${about.id}_max`, sql: typed(about, most), about },
  ]
}

/** Digits of a double that is a whole number. */
const DIGITS = 18

function typed({ type, scale, codes }: FactType, value: string): string {
  switch (type) {
    case 'boolean':
      return `${value} = 1`
    case 'date':
      return `DATE '1970-01-01' + (${value})::INTEGER`
    case 'category':
      return `list_extract([${(codes ?? []).map(text).join(', ')}]::VARCHAR[], (${value})::INTEGER + 1)`
    case 'integer':
      return `(${value})::BIGINT`
    case 'decimal': {
      // Whole numbers throughout: a double would round the last place.
      const unit = scale === 0 ? '1' : `0.${'0'.repeat(scale - 1)}1`
      return `((${value})::BIGINT::DECIMAL(${DIGITS}, 0) * ${unit}::DECIMAL(${scale + 1}, ${scale}))::DECIMAL(${DIGITS}, ${scale})`
    }
  }
}

/** What a reader of the file needs to know of each column: label in both languages, type, unit. */
export const aboutColumns = (columns: readonly ParquetColumn[]): string =>
  JSON.stringify(
    columns.flatMap(({ name, about }) =>
      about ? [{ column: name, fact: about.id, type: about.type, unit: about.unit, label: about.label }] : [],
    ),
  )

export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
