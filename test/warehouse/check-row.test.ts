import t from 'tap'
import { rowCheck } from '../../src/warehouse/check-row.ts'
import { smallRegistry } from './small-registry.ts'

const check = rowCheck(smallRegistry())
const sound = { national_number: '0000000101', item_no: 'x1', kind: 'a' }
const reasonsOf = (row: unknown): readonly string[] => {
  const checked = check(row)
  return checked.ok ? [] : checked.reasons
}

t.test('a sound row becomes typed texts in the order of the columns', async (t) => {
  const row = { ...sound, amount: 12.5, heads: '7', since: '2026-02-28', active: true, partner_ref: '0000000102' }
  t.same(check(row), { ok: true, number: '0000000101', values: ['x1', 'a', '12.500', '7', '2026-02-28', 'true', '0000000102'] })
  t.same(check({ ...sound, amount: '0.001', active: 'false' }), {
    ok: true,
    number: '0000000101',
    values: ['x1', 'a', '0.001', null, null, 'false', null],
  })
  t.same(
    check({ ...sound, amount: '', heads: null }),
    { ok: true, number: '0000000101', values: ['x1', 'a', null, null, null, null, null] },
    'no value is no value',
  )
})

const faults: readonly (readonly [note: string, row: unknown, reason: string])[] = [
  ['nine digits', { ...sound, national_number: '000000101' }, 'national_number: national-id-malformed'],
  ['eleven digits', { ...sound, national_number: '00000000101' }, 'national_number: national-id-malformed'],
  ['Arabic digits', { ...sound, national_number: '٠٠٠٠٠٠٠١٠١' }, 'national_number: national-id-malformed'],
  ['a number instead of text', { ...sound, national_number: 1234567890 }, 'national_number: national-id-malformed'],
  ['a space behind', { ...sound, national_number: '0000000101 ' }, 'national_number: national-id-malformed'],
  ['no National ID', { item_no: 'x', kind: 'a' }, 'national_number: value-missing'],
  ['no key', { national_number: '0000000101', kind: 'a' }, 'item_no: value-missing'],
  ['no required value', { national_number: '0000000101', item_no: 'x', kind: null }, 'kind: value-missing'],
  ['NUL', { ...sound, item_no: 'a\0b' }, 'item_no: text-has-nul'],
  ['lone surrogate', { ...sound, item_no: 'a\ud800' }, 'item_no: text-not-unicode'],
  ['long text', { ...sound, item_no: 'a'.repeat(501) }, 'item_no: text-too-long'],
  ['a list as text', { ...sound, item_no: ['x'] }, 'item_no: text-malformed'],
  ['unknown code', { ...sound, kind: 'c' }, 'kind: code-unknown'],
  ['inherited name as code', { ...sound, kind: 'toString' }, 'kind: code-unknown'],
  ['Arabic digits in an amount', { ...sound, amount: '١٢' }, 'amount: decimal-malformed'],
  ['thousands separator', { ...sound, amount: '1,200' }, 'amount: decimal-malformed'],
  ['exponent', { ...sound, amount: '1e3' }, 'amount: decimal-malformed'],
  ['boolean as amount', { ...sound, amount: true }, 'amount: decimal-malformed'],
  ['infinite amount', { ...sound, amount: Infinity }, 'amount: decimal-malformed'],
  ['too many places', { ...sound, amount: '1.0001' }, 'amount: decimal-places'],
  ['below the least', { ...sound, amount: '-0.001' }, 'amount: number-out-of-range'],
  ['beyond exact numbers', { ...sound, amount: '99999999999999999' }, 'amount: number-out-of-range'],
  ['half a head', { ...sound, heads: 1.5 }, 'heads: integer-malformed'],
  ['above the most', { ...sound, heads: 101 }, 'heads: number-out-of-range'],
  ['no such day', { ...sound, since: '2025-02-29' }, 'since: date-malformed'],
  ['another order of the date', { ...sound, since: '28/02/2026' }, 'since: date-malformed'],
  ['a date with time', { ...sound, since: '2026-02-28T00:00:00Z' }, 'since: date-malformed'],
  ['a date nobody lived on', { ...sound, since: '0026-02-28' }, 'since: date-out-of-range'],
  ['yes', { ...sound, active: 'yes' }, 'active: boolean-malformed'],
  ['1 for true', { ...sound, active: 1 }, 'active: boolean-malformed'],
  ['a malformed reference', { ...sound, partner_ref: '12' }, 'partner_ref: national-id-malformed'],
  ['a column that is not there', { ...sound, wage: 1 }, 'wage: column-unknown'],
  ['a column name that nobody may keep', { ...sound, '0000000101': 1 }, '(unreadable): column-unknown'],
  ['no row', null, 'row-not-an-object'],
  ['a list', [], 'row-not-an-object'],
  ['a text', 'x', 'row-not-an-object'],
]

for (const [note, row, reason] of faults) t.test(note, async (t) => t.same(reasonsOf(row), [reason]))

t.test('every reason is told, not the first only', async (t) => {
  t.same(reasonsOf({ national_number: '1', kind: 'z', amount: 'x' }), [
    'national_number: national-id-malformed',
    'item_no: value-missing',
    'kind: code-unknown',
    'amount: decimal-malformed',
  ])
})
