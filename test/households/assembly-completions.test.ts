/**
 * Independent proof of the assembly: every unknown is replaced by some concrete value (a completion), the facts of the
 * completed world are computed by plain two-valued code that shares nothing with the product, and must lie within the
 * bounds that the statement gave; without unknowns the bounds must meet at that value. PostgreSQL and DuckDB, same text.
 */
import { DuckDBInstance, DuckDBListValue } from '@duckdb/node-api'
import fc from 'fast-check'
import t from 'tap'
import type { Records } from '../../src/households/assemble-records.ts'
import { assembleBoth } from '../support/assemble-both.ts'
import { factValues } from '../../src/households/assembled.ts'
import { dayNumber, isoOfDay, monthsBetween, yearsBetween } from '../../src/kernel/date.ts'
import { assemblySql } from '../../src/language/catalogue/sql/assembly-sql.ts'
import { duckdb } from '../../src/language/catalogue/sql/dialect.ts'
import { testDatabase } from '../support/database.ts'
import { registries, smallCatalogue } from '../support/small-catalogue.ts'
import { propertyRuns } from '../support/property-runs.ts'

const catalogue = smallCatalogue()
const asOf = dayNumber('2026-11-23') ?? 0

interface Pay {
  person_ref: number
  month: string | null
  amount: number | null
  balance: number | null
  kind: string | null
  employer: string | null
}
interface World {
  members: Records['members']
  pay: Pay[]
  births: { person_ref: number; birth_date: string; sex: string | null }[]
}

const someone = fc.record({
  is_jordanian: fc.boolean(),
  birth: fc.option(fc.constantFrom('1950-02-28', '1966-11-23', '1966-11-24', '2000-02-29')),
})
const row = fc.record({
  month: fc.option(
    fc.constantFrom('2025-10-01', '2025-11-01', '2025-12-01', '2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01', '2026-12-01'),
    { freq: 8 },
  ),
  amount: fc.option(fc.constantFrom(0, 0.001, 100, 250.5), { freq: 6 }),
  balance: fc.option(fc.constantFrom(-300.25, 0, 70), { freq: 8 }),
  kind: fc.option(fc.constantFrom('a', 'b'), { freq: 6 }),
  employer: fc.option(fc.constantFrom('x', 'y', ''), { freq: 8 }),
})
const world: fc.Arbitrary<World> = fc
  .array(fc.tuple(someone, fc.array(row, { maxLength: 4 })), { minLength: 1, maxLength: 4 })
  .map((people) => ({
    members: people.map(([{ is_jordanian }], index) => ({
      household_ref: 1,
      person_ref: index + 1,
      is_head: index === 0,
      relationship_code: 'other',
      basis_code: 'booklet',
      is_jordanian,
    })),
    pay: people.flatMap(([, rows], index) => rows.map((r) => ({ person_ref: index + 1, ...r }))),
    births: people.flatMap(([{ birth }], index) => (birth === null ? [] : [{ person_ref: index + 1, birth_date: birth, sex: null }])),
  }))

/** Two-valued facts of a completed world, in thousandths where the fact is money. */
function plainFacts(complete: World): {
  person: Record<string, number | boolean | null>[]
  household: Record<string, number | boolean | null>
} {
  const day = (iso: string | null) => dayNumber(iso ?? '') ?? 0
  const fils = (x: number | null) => Math.round((x ?? 0) * 1000)
  const person = complete.members.map(({ person_ref }) => {
    const rows = complete.pay.filter((p) => p.person_ref === person_ref)
    const a = rows.filter((p) => p.kind === 'a')
    const amounts = rows.map((p) => fils(p.amount))
    const recent = rows.filter((p) => day(p.month) <= asOf && monthsBetween(day(p.month), asOf) < 12)
    const sum = (list: readonly number[]) => list.reduce((x, y) => x + y, 0)
    const mean = recent.length === 0 ? null : Math.round(sum(recent.map((p) => fils(p.amount))) / recent.length)
    const birth = complete.births.find((b) => b.person_ref === person_ref)
    return {
      payCount: a.length,
      employers: new Set(rows.map((p) => p.employer)).size,
      paySum: sum(a.map((p) => fils(p.amount))),
      balanceSum: sum(rows.map((p) => fils(p.balance))),
      payMean: mean,
      payMax: amounts.length === 0 ? 0 : Math.max(...amounts),
      payMin: amounts.length === 0 ? null : Math.min(...amounts),
      hasB: rows.some((p) => p.kind === 'b'),
      onlyA: rows.every((p) => p.kind === 'a'),
      runA: longestRun(rows),
      oldRows: rows.filter((p) => monthsBetween(day(p.month), asOf) >= 12).length,
      age: birth ? yearsBetween(day(birth.birth_date), asOf) : null,
      ageDays: birth ? asOf - day(birth.birth_date) : null,
    }
  })
  const ages = person.map((p) => p.age)
  const household = {
    size: person.length,
    income: person.reduce((x, p) => x + p.paySum, 0),
    elders: ages.filter((age) => age !== null && age >= 60).length,
    oldest: ages.every((age) => age !== null) ? Math.max(...(ages as number[])) : null,
    distinctEmployers: new Set(complete.pay.map((p) => p.employer)).size,
    incomePerPerson: Math.round(person.reduce((x, p) => x + p.paySum, 0) / person.length),
    poor: person.reduce((x, p) => x + p.paySum, 0) < 100_000,
  }
  return { person, household }
}

function longestRun(rows: readonly Pay[]): number {
  const months = new Map<number, boolean>()
  for (const { month, kind } of rows) {
    const [year = 0, m = 0] = (month ?? '').split('-').map(Number)
    const at = year * 12 + m
    months.set(at, (months.get(at) ?? true) && kind === 'a')
  }
  let longest = 0
  for (const [at, good] of months) {
    if (!good || months.get(at - 1)) continue
    let length = 1
    while (months.get(at + length)) length++
    longest = Math.max(longest, length)
  }
  return longest
}

/** Replaces every unknown by a value; persons that the registry does not cover may have rows that nobody sees. */
function completion(given: World, pick: <T>(choices: readonly T[]) => T): World {
  const filled = given.pay.map((p) => ({
    ...p,
    month: p.month ?? pick(['2026-10-01', '2026-07-01', '2020-01-01']),
    amount: p.amount ?? pick([0, 5, 99_999]),
    balance: p.balance ?? pick([-5_000, 0, 5_000]),
    kind: p.kind ?? pick(['a', 'b']),
    employer: p.employer ?? pick(['x', 'y', 'new']),
  }))
  const hidden = given.members.flatMap(({ person_ref, is_jordanian }) =>
    !is_jordanian && pick([true, false])
      ? [
          {
            person_ref,
            month: pick(['2026-10-01', '2026-09-01']),
            amount: pick([0, 4_000]),
            balance: pick([-1, 1]),
            kind: pick(['a', 'b']),
            employer: pick(['x', 'hidden']),
          },
        ]
      : [],
  )
  const births = given.members.map(
    ({ person_ref }) =>
      given.births.find((b) => b.person_ref === person_ref) ?? { person_ref, birth_date: pick(['1940-01-01', '2020-01-01']), sex: null },
  )
  return { members: given.members, pay: [...filled, ...hidden], births }
}

const recordsOf = (given: World): Records => ({
  asOf,
  members: given.members,
  registries: new Map(
    registries.map(({ id }) => [id, id === 'pay' ? given.pay.map((p) => ({ ...p })) : id === 'civil' ? given.births : []]),
  ),
  declared: new Map(),
})

t.test('bounds hold every completion, and meet when nothing is unknown', async (t) => {
  const database = await testDatabase(t)
  let settled = 0
  let open = 0
  const check = (id: string, lo: number, hi: number, values: readonly (number | boolean | null)[]) => {
    if (lo === hi) settled++
    else open++
    for (const value of values) {
      // A value that has none even in a completed world (the mean of nothing) must not be claimed to be known.
      const held = value === null ? lo !== hi : Number(value) >= lo && Number(value) <= hi
      if (!held) throw new Error(`${id}: ${String(value)} is outside [${lo}, ${hi}]`)
    }
  }
  await fc.assert(
    fc.asyncProperty(world, fc.infiniteStream(fc.nat(1000)), async (given, random) => {
      const [household] = await assembleBoth({ database, catalogue }, recordsOf(given))
      if (!household) throw new Error('no household')
      const pick = <T>(choices: readonly T[]): T => choices[(random.next().value as number) % choices.length] as T
      const completed = Array.from({ length: 12 }, () => plainFacts(completion(given, pick)))
      const complete =
        given.pay.every((p) => Object.values(p).every((v) => v !== null)) &&
        given.members.every((m) => m.is_jordanian) &&
        given.births.length === given.members.length
      for (const id of Object.keys(completed[0]?.household ?? {})) {
        const slot = catalogue.household.slot(id) ?? -1
        const [lo, hi] = [household.household.lo[slot] ?? NaN, household.household.hi[slot] ?? NaN]
        check(
          id,
          lo,
          hi,
          completed.map((world) => world.household[id] ?? null),
        )
        if (complete && lo !== hi && completed[0]?.household[id] !== null) throw new Error(`${id} is unknown in a complete world`)
      }
      for (const member of household.members) {
        for (const id of Object.keys(completed[0]?.person[0] ?? {})) {
          const slot = catalogue.person.slot(id) ?? -1
          const [lo, hi] = [member.facts.lo[slot] ?? NaN, member.facts.hi[slot] ?? NaN]
          const values = completed.map((world) => world.person[member.personRef - 1]?.[id] ?? null)
          check(id, lo, hi, values)
          if (complete && lo !== hi && values[0] !== null) throw new Error(`${id} is unknown in a complete world`)
        }
      }
    }),
    propertyRuns(300, 7),
  )
  t.ok(settled > 1000 && open > 1000, `${settled} settled, ${open} open`)
})

t.test('DuckDB reads the same statement the same way', async (t) => {
  const database = await testDatabase(t)
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  t.teardown(() => connection.closeSync())
  const literal = (value: unknown): string =>
    value === null || value === undefined ? 'NULL' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value)
  const table = (name: string, columns: readonly (readonly [string, string])[], rows: readonly object[]) => {
    const values = rows.map(
      (r) => `(${columns.map(([column, type]) => `${literal((r as Record<string, unknown>)[column])}::${type}`).join(', ')})`,
    )
    const select = columns.map(([column], index) => `col${index} AS "${column}"`).join(', ')
    return rows.length > 0
      ? `"${name}" AS (SELECT ${select} FROM (VALUES ${values.join(', ')}) v)`
      : `"${name}" AS (SELECT ${columns.map(([column, type]) => `NULL::${type} AS "${column}"`).join(', ')} WHERE FALSE)`
  }
  const typeOf = (type: string, scale: number) =>
    ({ decimal: `DECIMAL(18,${scale})`, integer: 'BIGINT', person: 'BIGINT', boolean: 'BOOLEAN', date: 'DATE' })[type] ?? 'VARCHAR'
  let compared = 0
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const records = recordsOf(given)
      const ctes = [
        ...registries.map((r) =>
          table(
            r.id,
            [['person_ref', 'BIGINT'], ...r.columns.map((c) => [c.name, typeOf(c.type, c.scale)] as const)],
            [...(records.registries.get(r.id) ?? [])],
          ),
        ),
        table(
          'members',
          [
            ['household_ref', 'BIGINT'],
            ['person_ref', 'BIGINT'],
            ['is_head', 'BOOLEAN'],
            ['relationship_code', 'VARCHAR'],
            ['basis_code', 'VARCHAR'],
            ['is_jordanian', 'BOOLEAN'],
          ],
          given.members,
        ),
        table(
          'declared_household',
          [
            ['household_ref', 'BIGINT'],
            ['declaredRent', 'BIGINT'],
          ],
          [],
        ),
        table(
          'declared_person',
          [
            ['household_ref', 'BIGINT'],
            ['person_ref', 'BIGINT'],
            ['declaredPay', 'BIGINT'],
          ],
          [],
        ),
      ]
      const sql = assemblySql(catalogue, duckdb, {
        ctes,
        asOf: `DATE '${isoOfDay(asOf)}'`,
        asOfDay: asOf,
        usable: () => 'TRUE',
        isJordanian: () => 'TRUE',
      })
      const reader = await connection.runAndReadAll(sql.text)
      const [household] = await assembleBoth({ database, catalogue }, records)
      const rows = reader.getRows()
      if (rows.length !== household?.members.length) throw new Error('rows')
      for (const cells of rows) {
        const member = household.members.find((m) => m.personRef === Number(cells[1]))
        const arrays = cells
          .slice(4)
          .map((cell) =>
            cell instanceof DuckDBListValue
              ? cell.items.map((item) => (typeof item === 'bigint' ? Number(item) : (item as string | null)))
              : null,
          )
        const person = factValues(catalogue.person, sql.person, arrays)
        const ofHousehold = factValues(catalogue.household, sql.household, arrays.slice(sql.person.length * 2))
        for (const [space, theirs, mine] of [
          [catalogue.person, person, member?.facts],
          [catalogue.household, ofHousehold, household.household],
        ] as const) {
          for (const [slot, fact] of space.types.entries()) {
            for (const side of ['lo', 'hi'] as const) {
              compared++
              if (theirs[side][slot] !== mine?.[side][slot])
                throw new Error(`${fact.id} ${side}: PostgreSQL ${mine?.[side][slot]}, DuckDB ${theirs[side][slot]}`)
            }
          }
        }
      }
    }),
    propertyRuns(60, 11),
  )
  t.ok(compared > 5000, `${compared} values compared`)
})
