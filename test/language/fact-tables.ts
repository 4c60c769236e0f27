/** Puts random facts into a table of each database, native and scaled columns side by side, and evaluates conditions over all rows. */
import { DuckDBInstance } from '@duckdb/node-api'
import { isoOfDay } from '../../src/kernel/date.ts'
import { formatDecimal } from '../../src/kernel/decimal.ts'
import { truthOf } from '../../src/kernel/truth.ts'
import type { Truth } from '../../src/kernel/truth.ts'
import type { Condition } from '../../src/language/condition/condition.ts'
import { conditionSql } from '../../src/language/condition/sql.ts'
import type { Dialect, SqlColumn } from '../../src/language/condition/sql.ts'
import type { FactType, FactValues } from '../../src/language/fact-space.ts'
import { household, isBounded } from './generators.ts'

/** Judges a condition over every row, in the table's order. */
export type Judge = (condition: Condition) => Promise<readonly Truth[]>

const isScaled = (type: FactType): boolean => type.type === 'decimal'
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

function columnsOf(dialect: Dialect): { readonly name: string; readonly type: string; readonly of: (values: FactValues) => string }[] {
  const native = (type: FactType): string =>
    ({
      integer: 'bigint',
      decimal: `${dialect === 'duckdb' ? 'DECIMAL' : 'numeric'}(18,${type.scale})`,
      boolean: 'boolean',
      date: 'date',
      category: 'text',
    })[type.type]
  return household.types.flatMap((type, slot) => {
    const one = (suffix: string, pick: (values: FactValues) => number | null) => [
      { name: `f${slot}${suffix}`, type: native(type), of: (values: FactValues) => nativeSql(type, pick(values)) },
      ...(isScaled(type)
        ? [
            {
              name: `s${slot}${suffix}`,
              type: 'bigint',
              of: (values: FactValues) => {
                const v = pick(values)
                return v === null ? 'NULL' : String(v)
              },
            },
          ]
        : []),
    ]
    const end = (side: 'lo' | 'hi') => (values: FactValues) => (Number.isFinite(values[side][slot]) ? (values[side][slot] as number) : null)
    if (isBounded(slot)) return [...one('__lo', end('lo')), ...one('__hi', end('hi'))]
    return one('', (values) => (values.lo[slot] === values.hi[slot] ? (values.lo[slot] as number) : null))
  })
}

function nativeSql(type: FactType, value: number | null): string {
  if (value === null) return 'NULL'
  if (type.type === 'boolean') return value === 1 ? 'TRUE' : 'FALSE'
  if (type.type === 'category') return quoted((type.codes as readonly string[])[value] as string)
  if (type.type === 'date') return quoted(isoOfDay(value))
  return formatDecimal(value, type.scale)
}

const column =
  (scaled: boolean) =>
  (slot: number): SqlColumn => {
    const prefix = scaled && isScaled(household.types[slot] as FactType) ? 's' : 'f'
    const ends = isBounded(slot) ? { lo: `${prefix}${slot}__lo`, hi: `${prefix}${slot}__hi` } : { value: `${prefix}${slot}` }
    return { ...ends, scaled }
  }

function tableSql(dialect: Dialect, rows: readonly FactValues[]): string[] {
  const columns = columnsOf(dialect)
  const create = `CREATE TABLE facts (row_number bigint, ${columns.map((c) => `${c.name} ${c.type}`).join(', ')})`
  const inserts: string[] = []
  for (let from = 0; from < rows.length; from += 500) {
    const some = rows.slice(from, from + 500).map((values, i) => `(${from + i}, ${columns.map((c) => c.of(values)).join(', ')})`)
    inserts.push(`INSERT INTO facts VALUES ${some.join(',\n')}`)
  }
  return [create, ...inserts]
}

export async function postgresJudge(
  query: (text: string) => Promise<{ rows: unknown[] }>,
  rows: readonly FactValues[],
  scaled = false,
): Promise<Judge> {
  await query('DROP TABLE IF EXISTS facts')
  for (const statement of tableSql('postgresql', rows)) await query(statement)
  return async (condition) => {
    const answer = await query(`SELECT ${conditionSql(condition, 'postgresql', column(scaled))} AS truth FROM facts ORDER BY row_number`)
    return (answer.rows as { truth: boolean | null }[]).map((row) => truthOf(row.truth))
  }
}

export async function duckdbJudge(rows: readonly FactValues[], scaled: boolean): Promise<Judge & { close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  for (const statement of tableSql('duckdb', rows)) await connection.run(statement)
  const judge = async (condition: Condition): Promise<readonly Truth[]> => {
    const sql = `SELECT ${conditionSql(condition, 'duckdb', column(scaled))} AS truth FROM facts ORDER BY row_number`
    const answer = await connection.runAndReadAll(sql)
    return answer.getColumns()[0]?.map((truth) => truthOf(truth as boolean | null)) ?? []
  }
  return Object.assign(judge, {
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  })
}
