/** Ten ASCII digits as text, and nothing that only looks like them. */
import t from 'tap'
import { holdsNationalId, isNationalId, withoutNationalIds } from '../../src/kernel/national-id.ts'

for (const id of ['9876543210', '0000000001', '0000000000']) t.ok(isNationalId(id), id)

const refused = [
  ['987654321', 'nine digits'],
  ['98765432101', 'eleven digits'],
  ['٩٨٧٦٥٤٣٢١٠', 'Arabic-Indic digits'],
  ['۹۸۷۶۵۴۳۲۱۰', 'Persian digits'],
  ['９８７６５４３２１０', 'full-width digits'],
  ['9876543210\n', 'a line end'],
  [' 876543210', 'a space'],
  ['98765-3210', 'a dash'],
  ['987654321x', 'a letter'],
  ['', 'nothing'],
  [9_876_543_210, 'a number: leading zeros would be lost'],
  [['9876543210'], 'a list'],
  [null, 'null'],
  [undefined, 'missing'],
] as const
for (const [value, why] of refused) t.notOk(isNationalId(value), why)

const holding = [
  'of 9876543210, she said',
  '9876543210',
  'رقم ٩٨٧٦٥٤٣٢١٠ في الرسالة',
  'x9876543210y',
  '98765\u200e43210',
  'twice 9876543210 9876543210',
]
for (const text of holding) t.ok(holdsNationalId(text), text)
const free = ['', '2026-11-27 03:04', 'a load of 12345678901 bytes', 'nine 987654321', '98765 43210', '\u200e19876543210']
for (const text of free) t.notOk(holdsNationalId(text), text)
t.equal(withoutNationalIds('/a/9876543210 and ٩٨٧٦٥٤٣٢١٠, not 12345678901'), '/a/[…] and […], not 12345678901')
t.equal(
  withoutNationalIds('grant 01a2214d-d4cb-7000-a948-0227688990ef of 9876543210, 01a2214d-d4cb-7000-a948-x0227688990'),
  'grant 01a2214d-d4cb-7000-a948-0227688990ef of […], 01a2214d-d4cb-7000-a948-x[…]',
  'an id of ours is no number',
)
