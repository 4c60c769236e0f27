/** The SQL text: typed literals, quoted codes, no name that did not come through the caller. */
import t from 'tap'
import { conditionSql } from '../../../src/language/condition/sql.ts'
import type { SqlColumn } from '../../../src/language/condition/sql.ts'
import { checked } from '../differential.ts'
import { household } from '../generators.ts'

const column = (slot: number): SqlColumn => {
  const { id } = household.types[slot] as { id: string }
  return id === 'income' ? { lo: 'income__lo', hi: 'income__hi' } : { value: id.toLowerCase() }
}
const leaf = (fact: string, operator: string, value: unknown): object => ({ fact, operator, value })

t.test('the text for both databases', async (t) => {
  const table: readonly (readonly [object, string, string])[] = [
    [leaf('expenses', 'lessThan', 12.5), "((expenses < CAST('12.50' AS numeric(18,2))))", "((expenses < CAST('12.50' AS DECIMAL(18,2))))"],
    [
      leaf('members', 'in', [1, 2]),
      '((members IN (CAST(1 AS bigint), CAST(2 AS bigint))))',
      '((members IN (CAST(1 AS bigint), CAST(2 AS bigint))))',
    ],
    [leaf('tenure', 'equal', "other's"), "((tenure = CAST('other''s' AS text)))", "((tenure = CAST('other''s' AS VARCHAR)))"],
    [leaf('lastVisit', 'greaterThanInclusive', '2024-02-29'), "((lastvisit >= DATE '2024-02-29'))", "((lastvisit >= DATE '2024-02-29'))"],
    [leaf('isCitizen', 'notEqual', true), '((iscitizen <> TRUE))', '((iscitizen <> TRUE))'],
    [
      leaf('income', 'isKnown', true),
      '((TRUE = COALESCE(income__lo = income__hi, FALSE)))',
      '((TRUE = COALESCE(income__lo = income__hi, FALSE)))',
    ],
  ]
  for (const [json, postgresql, duckdb] of table) {
    const condition = checked({ all: [json] })
    t.equal(conditionSql(condition, 'postgresql', column), postgresql)
    t.equal(conditionSql(condition, 'duckdb', column), duckdb)
  }
})

t.test('scaled and native columns are never compared with one another', async (t) => {
  const condition = checked({ all: [leaf('income', 'lessThan', { fact: 'ceiling' })] })
  const mixed = (slot: number): SqlColumn => ({ ...column(slot), scaled: slot === 0 })
  t.throws(() => conditionSql(condition, 'duckdb', mixed), /scaled/)
})
