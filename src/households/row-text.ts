/**
 * Registry rows on their way from PostgreSQL: one text a registry, cells and rows between control characters. JSON built by
 * the server cost as much as finding the rows (json_build_array looks up the type of every cell anew; concat remembers).
 */
import type { RegistryRead } from '../language/catalogue/assembly/rows.ts'
import type { RegistryColumn } from '../language/catalogue/registry-shape.ts'
import { identifier } from '../language/catalogue/sql/dialect.ts'

export type FetchedCell = number | string | boolean | null
/** One registry row: the person, then the cells of the columns that are read. */
export type FetchedRow = readonly FetchedCell[]

const CELL = '\u001f'
const ROW = '\u001e'

/** SQL aggregate over the rows `r` of a registry: their text, NULL when there are none. Of relatives (not in `own.refs`) only what their facts read. */
export const rowsTextSql = ({ columns, relativesColumns }: RegistryRead): string => {
  const cells = columns.map((column) => {
    const cell = cellSql(column)
    return relativesColumns === null || relativesColumns.has(column.name)
      ? cell
      : `CASE WHEN r.person_ref = ANY (own.refs) THEN ${cell} END`
  })
  return `string_agg(${joined(['r.person_ref', ...cells])}, chr(30))`
}

/** A function of PostgreSQL takes a hundred arguments at the most. */
const CELLS_PER_CONCAT = 40

function joined(cells: readonly string[]): string {
  const parts: string[] = []
  for (let from = 0; from < cells.length; from += CELLS_PER_CONCAT)
    parts.push(`concat(${cells.slice(from, from + CELLS_PER_CONCAT).join(', chr(31), ')})`)
  return parts.join(' || chr(31) || ')
}

/** The rows again; an empty cell was NULL. */
export function rowsOfText(text: string | null, columns: readonly RegistryColumn[]): FetchedRow[] {
  if (text === null) return []
  return text.split(ROW).map((row) => {
    const cells: FetchedCell[] = row.split(CELL)
    cells[0] = Number(cells[0])
    for (const [index, { type }] of columns.entries()) cells[index + 1] = cellOf(cells[index + 1] as string, type)
    return cells
  })
}

/** Dates as day numbers, free text in hex, so that it holds no control character and is not empty. */
function cellSql({ name, type }: RegistryColumn): string {
  const column = `r.${identifier(name)}`
  if (type === 'date') return `${column} - DATE '1970-01-01'`
  return type === 'text' ? `'x' || encode(convert_to(${column}, 'UTF8'), 'hex')` : column
}

function cellOf(cell: string, type: RegistryColumn['type']): FetchedCell {
  if (cell === '') return null
  if (type === 'boolean') return cell === 't'
  // numeric(18, scale) prints all its places: without the point it is the scaled integer.
  if (type === 'decimal') return Number(cell.replace('.', ''))
  return type === 'category' || type === 'text' ? cell : Number(cell)
}
