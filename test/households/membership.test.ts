/** The rules of membership one by one, over registries of a handful of people. */
import t, { type Test } from 'tap'
import type { Database } from '../../src/db/database.ts'
import { householdOfPerson } from '../../src/households/find-household.ts'
import { refreshMembership } from '../../src/households/membership.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { testDatabase } from '../support/database.ts'

const asOf = '2026-01-15'
type Row = Readonly<Record<string, unknown>>

async function registries(t: Test): Promise<Database> {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, loadRegistryDefinitions())
  return database
}

async function put(database: Database, table: string, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const full = { ...row, load_id: 1, seq: 1 }
    const columns = Object.keys(full)
    await database.pool.query(
      `INSERT INTO warehouse.${table} (${columns.join()}) VALUES (${columns.map((_, i) => `$${i + 1}`).join()})`,
      Object.values(full),
    )
  }
}

const booklet = (record: string, roles: Readonly<Record<number, string>>): Row[] =>
  Object.entries(roles).map(([person, role]) => ({ person_ref: Number(person), civil_record_no: record, role }))
const death = (person: number, day = '2025-06-01'): Row => ({ person_ref: person, death_date: day, certificate_no: 'D' })
const custody = (child: number, guardian: number, expiry: string | null = null): Row => ({
  person_ref: child,
  guardian_ref: guardian,
  court_order_no: 'C',
  expiry_date: expiry,
})
const lineage = (person: number, father: number | null, mother: number | null): Row => ({
  person_ref: person,
  father_ref: father,
  mother_ref: mother,
})
const resident = (person: number, file: string, role: string): Row => ({
  person_ref: person,
  nationality: 'SY',
  gender: 'F',
  birth_date: '1990-01-01',
  family_file_no: file,
  role,
})
const marriage = (person: number, spouse: number, end: string | null = null): Row => ({
  person_ref: person,
  spouse_ref: spouse,
  marriage_date: '2010-01-01',
  end_date: end,
})
const info = (person: number, born: string): Row => ({
  person_ref: person,
  first_name: 'x',
  second_name: 'x',
  third_name: 'x',
  family_name: 'x',
  gender: 'F',
  birth_date: born,
  nationality: 'JO',
})

/** Present members by record number: `{"R1": "1 head booklet, 2 spouse booklet"}`. */
async function members(database: Database): Promise<Record<string, string>> {
  const { rows } = await database.pool.query(
    `SELECT h.record_no, string_agg(concat_ws(' ', m.person_ref, m.relationship, m.basis), ', ' ORDER BY m.person_ref) AS members
     FROM household_member m JOIN household h USING (household_ref) WHERE m.valid_to IS NULL GROUP BY 1 ORDER BY 1`,
  )
  return Object.fromEntries(rows.map((row) => [row.record_no, row.members]))
}

t.test('a booklet is a household; the dead are not in it, and the spouse or the eldest heads it after them', async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', [
    ...booklet('A', { 1: 'head', 2: 'spouse', 3: 'child' }),
    ...booklet('B', { 4: 'head', 5: 'spouse', 6: 'child' }),
    ...booklet('C', { 7: 'head', 8: 'child', 9: 'child' }),
    ...booklet('D', { 10: 'head' }),
  ])
  await put(database, 'cspd_death_info', [death(4), death(7), death(10), death(1, '2026-03-01')])
  await put(database, 'cspd_personal_info', [info(8, '2005-01-01'), info(9, '2001-01-01')])
  t.match(await refreshMembership(database, { asOf }), { members: 7, opened: 7, closed: 0, conflicts: 0 })
  t.same(
    await members(database),
    {
      A: '1 head booklet, 2 spouse booklet, 3 child booklet',
      B: '5 head booklet, 6 child booklet',
      C: '8 sibling booklet, 9 head booklet',
    },
    'a death after the as-of date has not happened yet',
  )
  t.match(await householdOfPerson(database.pool, 4), { kind: 'dead' })
  t.match(await householdOfPerson(database.pool, 5), { kind: 'found', isHead: true, relationship: 'head', basis: 'booklet' })
  t.match(await householdOfPerson(database.pool, 99), { kind: 'no-household' })
})

t.test("who heads a booklet or is spouse on one has left the parents' booklet; other doubles stay and are shown", async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', [
    ...booklet('A', { 1: 'head', 2: 'child', 3: 'child', 4: 'child' }),
    ...booklet('B', { 2: 'head' }),
    ...booklet('C', { 5: 'head', 3: 'spouse' }),
    ...booklet('D', { 6: 'head', 4: 'child' }),
  ])
  t.match(await refreshMembership(database, { asOf }), { conflicts: 1 })
  t.same(await members(database), {
    A: '1 head booklet, 4 child booklet',
    B: '2 head booklet',
    C: '3 spouse booklet, 5 head booklet',
    D: '4 child booklet, 6 head booklet',
  })
  t.match(await householdOfPerson(database.pool, 4), { kind: 'several-households', householdRefs: [1, 4] })
})

t.test(
  'a child in custody lives with the guardian; not when the order has ended, the child is of age or the guardian has no household',
  async (t) => {
    const database = await registries(t)
    await put(database, 'cspd_family_booklet', [
      ...booklet('A', { 1: 'head', 2: 'child', 3: 'child', 4: 'child', 5: 'child', 6: 'child' }),
      ...booklet('B', { 10: 'head' }),
      ...booklet('C', { 11: 'head' }),
    ])
    await put(database, 'sjd_custody', [
      custody(2, 10),
      custody(3, 10, '2026-01-15'),
      custody(4, 10, '2030-01-01'),
      custody(5, 99),
      custody(6, 11),
    ])
    await put(database, 'cspd_personal_info', [info(2, '2015-01-01'), info(4, '2008-01-15'), info(6, '2016-01-01')])
    await put(database, 'cspd_lineage', [lineage(2, 1, 10), lineage(6, 1, 12), lineage(12, null, 11)])
    await refreshMembership(database, { asOf })
    t.same(await members(database), {
      A: '1 head booklet, 3 child booklet, 4 child booklet, 5 child booklet',
      B: '2 child custody, 10 head booklet',
      C: '6 grandchild custody, 11 head booklet',
    })
  },
)

t.test('a verified residence moves a person, and outweighs a custody order', async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', [
    ...booklet('A', { 1: 'head', 2: 'child', 3: 'other' }),
    ...booklet('B', { 4: 'head' }),
    ...booklet('C', { 5: 'head' }),
  ])
  await refreshMembership(database, { asOf: '2026-01-01' })
  await put(database, 'sjd_custody', [custody(2, 5)])
  await database.pool.query(
    `INSERT INTO verified_residence (person_ref, household_ref, basis, relationship, verified_by, valid_from, valid_to)
     SELECT person, household_ref, v.basis, relationship, 'officer', since, until FROM household JOIN (VALUES
       (2, 'declaration', 'child', DATE '2026-01-10', NULL::date), (3, 'address', 'parent', DATE '2026-01-10', NULL), (99, 'declaration', 'other', DATE '2026-01-10', NULL),
       (1, 'declaration', 'other', DATE '2025-01-10', DATE '2026-01-15'), (5, 'declaration', 'other', DATE '2026-02-01', NULL)) AS v (person, basis, relationship, since, until) ON record_no = 'B'`,
  )
  const change = await refreshMembership(database, { asOf, persons: [2, 3, 99, 1, 5] })
  t.match(change, { opened: 3, closed: 2 })
  t.same(await members(database), {
    A: '1 head booklet',
    B: '2 child declaration, 3 parent address, 4 head booklet, 99 other declaration',
    C: '5 head booklet',
  })
})

t.test('non-Jordanians are a household by residency file, or join the Jordanian one of them is married to', async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', [...booklet('A', { 1: 'head', 2: 'child' }), ...booklet('B', { 3: 'head' })])
  await put(database, 'rbd_residents', [
    resident(10, 'F1', 'head'),
    resident(11, 'F1', 'spouse'),
    resident(12, 'F1', 'child'),
    resident(20, 'F2', 'head'),
    resident(21, 'F2', 'child'),
    resident(30, 'F3', 'head'),
  ])
  await put(database, 'cspd_marriage_info', [marriage(1, 20), marriage(3, 30, '2020-01-01')])
  await put(database, 'cspd_death_info', [death(12)])
  await refreshMembership(database, { asOf })
  t.same(await members(database), {
    A: '1 head booklet, 2 child booklet, 20 spouse residency, 21 child residency',
    B: '3 head booklet',
    F1: '10 head residency, 11 spouse residency',
    F3: '30 head residency',
  })
})

t.test('"other" on a booklet is a parent, a sibling or a grandchild where lineage says so', async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', booklet('A', { 1: 'head', 2: 'other', 3: 'other', 4: 'other', 5: 'other', 6: 'child' }))
  await put(database, 'cspd_lineage', [
    lineage(1, 90, 2),
    lineage(3, 90, 91),
    lineage(4, 6, null),
    lineage(6, 1, null),
    lineage(5, null, null),
  ])
  await refreshMembership(database, { asOf })
  t.same(await members(database), {
    A: '1 head booklet, 2 parent booklet, 3 sibling booklet, 4 grandchild booklet, 5 other booklet, 6 child booklet',
  })
})

t.test('a change is an interval that ends and one that begins; what held for no day leaves no trace', async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', [...booklet('A', { 1: 'head', 2: 'child' }), ...booklet('B', { 3: 'head' })])
  await refreshMembership(database, { asOf: '2026-01-01' })
  await put(database, 'sjd_custody', [custody(2, 3)])
  t.match(await refreshMembership(database, { asOf, persons: [2] }), { opened: 1, closed: 1 })
  const intervals = async () =>
    (
      await database.pool.query(
        `SELECT record_no, valid_from, valid_to FROM household_member JOIN household USING (household_ref) WHERE person_ref = 2 ORDER BY valid_from`,
      )
    ).rows
  t.same(await intervals(), [
    { record_no: 'A', valid_from: '2026-01-01', valid_to: asOf },
    { record_no: 'B', valid_from: asOf, valid_to: null },
  ])
  await database.pool.query('DELETE FROM warehouse.sjd_custody')
  await refreshMembership(database, { asOf, persons: [3] })
  t.same(
    (await intervals()).map(({ record_no, valid_to }) => [record_no, valid_to]),
    [
      ['A', asOf],
      ['A', null],
    ],
  )
  t.match(await refreshMembership(database, { asOf: '2026-02-01' }), { opened: 0, closed: 0 }, 'nothing changed, nothing is written')
})

t.test('for some persons and for the nation the outcome is the same, whoever of a family is named', async (t) => {
  for (const person of [1, 2, 3, 10, 20, 21]) {
    const database = await registries(t)
    await put(database, 'cspd_family_booklet', [
      ...booklet('A', { 1: 'head', 2: 'child' }),
      ...booklet('B', { 3: 'head' }),
      ...booklet('C', { 4: 'head' }),
    ])
    await put(database, 'rbd_residents', [resident(20, 'F2', 'head'), resident(21, 'F2', 'child')])
    await put(database, 'cspd_marriage_info', [marriage(3, 20)])
    await put(database, 'sjd_custody', [custody(2, 3), custody(10, 3)])
    await refreshMembership(database, { asOf, persons: [person] })
    const some = await members(database)
    t.same(
      some,
      { A: '1 head booklet', B: '2 other custody, 3 head booklet, 10 other custody, 20 spouse residency, 21 child residency' },
      `named: ${person}`,
    )
    await refreshMembership(database, { asOf })
    t.same(await members(database), { ...some, C: '4 head booklet' })
  }
})

t.test('a wife who became a citizen stands on the booklet and in her residency file, and is one member all the same', async (t) => {
  const database = await registries(t)
  await put(database, 'cspd_family_booklet', [...booklet('A', { 1: 'head', 2: 'child' }), ...booklet('B', { 3: 'head', 4: 'spouse' })])
  await put(database, 'sjd_custody', [custody(2, 4)])
  await put(database, 'rbd_residents', [resident(4, 'F', 'head')])
  await put(database, 'cspd_marriage_info', [marriage(3, 4)])
  t.match(await refreshMembership(database, { asOf }), { members: 4, conflicts: 0 })
  t.same(await members(database), { A: '1 head booklet', B: '2 other custody, 3 head booklet, 4 spouse booklet' })
  t.match(await refreshMembership(database, { asOf: '2026-02-15' }), { opened: 0, closed: 0 })
  t.match(await refreshMembership(database, { asOf: '2026-03-15', persons: [2, 4] }), { opened: 0, closed: 0 })
})
