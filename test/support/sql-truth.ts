/** A condition judged by PostgreSQL over one set of facts, given as typed columns: two for each fact, NULL where an end is open. */
import type { Queryable } from '../../src/db/queryable.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import { truthOf, type Truth } from '../../src/kernel/truth.ts'
import { type Condition, slotsOf } from '../../src/language/condition/condition.ts'
import { conditionSql } from '../../src/language/condition/sql.ts'
import type { FactType, FactValues } from '../../src/language/fact-space.ts'

const SQL_TYPE = { integer: 'bigint', decimal: 'bigint', boolean: 'boolean', date: 'date', category: 'text' } as const

/** Decimals go in as scaled integers, as the assembly statement has them. */
export async function sqlTruth(database: { readonly pool: Queryable }, condition: Condition, values: FactValues): Promise<Truth> {
  const slots = slotsOf(condition)
  const parameters: (string | number | boolean | null)[] = []
  const columns = slots.flatMap((slot) => {
    const type = condition.space.types[slot] as FactType
    return (['lo', 'hi'] as const).map(
      (side) => `$${parameters.push(cell(type, values, slot, side))}::${SQL_TYPE[type.type]} AS f${slot}_${side}`,
    )
  })
  const sql = conditionSql(condition, 'postgresql', (slot) => ({ lo: `f${slot}_lo`, hi: `f${slot}_hi`, scaled: true }))
  const { rows } = await database.pool.query<{ truth: boolean | null }>(
    `SELECT ${sql} AS truth FROM (SELECT ${columns.join(', ')}) facts`,
    parameters,
  )
  return truthOf(rows[0]?.truth ?? null)
}

function cell(type: FactType, values: FactValues, slot: number, side: 'lo' | 'hi'): string | number | boolean | null {
  const [lo, hi] = [values.lo[slot] as number, values.hi[slot] as number]
  const value = side === 'lo' ? lo : hi
  if (lo !== hi) return type.type === 'integer' || type.type === 'decimal' ? (Number.isFinite(value) ? value : null) : null
  if (type.type === 'category') return type.codes?.[value] ?? null
  if (type.type === 'boolean') return value === 1
  return type.type === 'date' ? isoOfDay(value) : value
}
