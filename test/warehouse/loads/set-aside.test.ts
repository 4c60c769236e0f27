/** Full deliveries of which most rows are set aside: whatever is in them, the registry ends as if it had been loaded with them alone. */
import t from 'tap'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { supersede } from '../../../src/warehouse/identity-vault.ts'
import { loadDelivery } from '../../../src/warehouse/load.ts'
import type { RegistryDefinition } from '../../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../../src/warehouse/registry-table.ts'
import { substitute } from '../../../src/warehouse/substitutions/substitute.ts'
import { testDatabase } from '../../support/database.ts'
import { drawFrom } from '../../support/random-draw.ts'
import { smallRegistry } from '../small-registry.ts'

const database = await testDatabase(t)
const PERSONS = 60

type Row = Readonly<Record<string, string | number | null>>

const RULES = [undefined, 'first', 'last', 'refuse', { latest: 'since' }] as const

/** One or two rows of each person; what most deliveries of a registry look like. */
function firstRows(numberOf: (person: number) => string, roll: (n: number) => number): Row[] {
  return Array.from({ length: PERSONS }, (_, person) =>
    ['a', 'b'].slice(0, 1 + roll(2)).map((item) => ({
      national_number: numberOf(person),
      item_no: item,
      kind: 'a',
      amount: roll(4) === 0 ? null : roll(50),
      since: `2026-01-0${1 + roll(9)}`,
      partner_ref: roll(3) === 0 ? numberOf(roll(PERSONS)) : null,
    })),
  ).flat()
}

/** The same with everything that may be odd: changed, missing, new, repeated, of a person's other number, refused. */
function nextRows(rows: readonly Row[], numberOf: (person: number) => string, roll: (n: number) => number, dirty: boolean): Row[] {
  return rows.flatMap((row): Row[] => {
    switch (roll(dirty ? 12 : 60)) {
      case 0:
        return [{ ...row, amount: roll(50) }]
      case 1:
        return []
      case 2:
        return [row, { ...row, national_number: numberOf(PERSONS + roll(20)) }]
      case 3:
        return [{ ...row, partner_ref: numberOf(PERSONS + roll(20)) }]
      case 4:
        return dirty ? [row, row] : [row]
      case 5:
        return dirty ? [row, { ...row, amount: roll(50), since: `2026-01-0${1 + roll(9)}` }] : [row]
      case 6:
        return dirty ? [row, { ...row, national_number: `7${String(row['national_number']).slice(1)}` }] : [row]
      case 7:
        return [{ ...row, kind: 'unheard of' }]
      case 8:
        return [{ ...row, national_number: `6${String(row['national_number']).slice(1)}` }]
      default:
        return [row]
    }
  })
}

async function heldIn({ id }: RegistryDefinition): Promise<Map<string, string>> {
  const { rows } = await database.pool.query<{ key: string; content: string }>(
    `SELECT person_ref || ' ' || item_no AS key, (to_jsonb(r) - 'load_id' - 'seq')::text AS content FROM warehouse.${id} r`,
  )
  return new Map(rows.map(({ key, content }) => [key, content]))
}

const refusedOf = async (loadId: number): Promise<unknown> =>
  (await database.pool.query('SELECT line, reasons, content FROM identity.rejected_row WHERE load_id = $1 ORDER BY line', [loadId])).rows

/** Persons of refused rows are spared by a full load: these keep what they had. */
async function sparedBy(loadId: number): Promise<Set<number>> {
  const { rows } = await database.pool.query<{ person_ref: number }>(
    `SELECT i.person_ref FROM identity.rejected_row r JOIN identity.identifier i ON i.number = r.content::jsonb ->> 'national_number' WHERE load_id = $1`,
    [loadId],
  )
  return new Set(rows.map(({ person_ref }) => person_ref))
}

t.test('a full delivery ends as its rows alone would, and tells what it changed', async (t) => {
  let repeated = 0
  let taken = 0
  for (let seed = 1; seed <= 10; seed++) {
    const { between } = drawFrom(seed)
    const roll = (n: number): number => between(0, n - 1)
    const conflicts = RULES[seed % RULES.length]
    const numberOf = (person: number): string => `9${String(seed).padStart(4, '0')}${String(person).padStart(5, '0')}`
    const [held, alone] = ['held', 'alone'].map((name) =>
      smallRegistry({ id: `${name}_${seed}`, ...(conflicts ? { conflicts } : {}) }),
    ) as [RegistryDefinition, RegistryDefinition]
    const foreign = smallRegistry({ id: `foreign_${seed}`, population: 'nonJordanians' })
    await ensureRegistryTables(database, [held, alone, foreign])
    const rows = firstRows(numberOf, roll)
    await loadDelivery(database, held, { id: 'd1', asOf: '2026-01-10', rows })
    for (let person = 0; person < PERSONS; person += 3) await supersede(database.pool, `7${numberOf(person).slice(1)}`, numberOf(person))
    const strangers = rows
      .slice(0, 20)
      .map((row) => ({ ...row, national_number: `6${String(row['national_number']).slice(1)}`, partner_ref: null }))
    await loadDelivery(database, foreign, { id: 'd1', asOf: '2026-01-10', rows: strangers })
    const before = await heldIn(held)
    const delivered = nextRows(rows, numberOf, roll, seed % 3 !== 0)
    const full = { id: 'd2', asOf: '2026-02-10', mode: 'full', removedPercentMax: 100, rows: delivered } as const
    const totals = await loadDelivery(database, held, full)
    const clean = await loadDelivery(database, alone, full)
    const [after, wanted] = [await heldIn(held), await heldIn(alone)]
    t.same(await refusedOf(totals.loadId), await refusedOf(clean.loadId), `${seed}: the same rows are refused`)
    const spared = await sparedBy(clean.loadId)
    for (const [key, content] of before) if (!wanted.has(key) && spared.has(Number(key.split(' ')[0]))) wanted.set(key, content)
    t.same(Object.fromEntries(after), Object.fromEntries(wanted), `${seed}: the same rows are held`)
    const inserted = [...after.keys()].filter((key) => !before.has(key)).length
    const updated = [...after].filter(([key, content]) => before.has(key) && before.get(key) !== content).length
    const removed = [...before.keys()].filter((key) => !after.has(key)).length
    t.match(totals, { received: delivered.length, rejected: clean.rejected, inserted, updated, removed }, `${seed}: the totals tell it`)
    t.equal(totals.unchanged, delivered.length - clean.rejected - inserted - updated)
    const { rows: moved } = await database.pool.query(`SELECT count(*) FROM warehouse.${held.id} WHERE seq = $1`, [totals.seq])
    t.equal(moved[0].count, inserted + updated, `${seed}: rows that are as they were keep their place in the sequence`)
    repeated += clean.rejected
    taken += removed
  }
  t.ok(repeated > 50 && taken > 10, `${repeated} refused, ${taken} taken out`)
})

/** The database, in which something is done once when a load that goes through it is settled and about to switch. */
function whileSwitching(work: () => Promise<void>): typeof database {
  let done = false
  const pool = new Proxy(database.pool, {
    get(target, name) {
      if (name !== 'query') return (Reflect.get(target, name) as () => unknown).bind(target)
      return async (text: string, values?: readonly unknown[]) => {
        if (values?.includes('switching') && !done) {
          done = true
          await work()
        }
        return target.query(text, values as unknown[])
      }
    },
  })
  return { ...database, pool }
}

t.test('what is written while a full delivery is settled is held against it again, whether its rows were set aside or not', async (t) => {
  const registry = smallRegistry({ id: 'written_meanwhile' })
  await ensureRegistryTables(database, [registry])
  const row = (n: number, amount: number) => ({ national_number: `8${String(n).padStart(9, '0')}`, item_no: 'a', kind: 'a', amount })
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => row(index + 1, 1))
  await loadDelivery(database, registry, { id: 'd1', asOf: '2026-01-01', rows: upTo(40) })
  // Ten rows that were set aside change, one comes that the delivery does not name, one that it does not name changes.
  const between = [...upTo(10).map((one) => ({ ...one, amount: 7 })), row(99, 1), row(40, 2)]
  const meanwhile = whileSwitching(async () => {
    await loadDelivery(database, registry, { id: 'between', asOf: '2026-01-05', rows: between })
  })
  const delivered = [...upTo(38), row(39, 3)]
  const full = { id: 'd2', asOf: '2026-01-10', mode: 'full', removedPercentMax: 100, rows: delivered } as const
  const totals = await loadDelivery(meanwhile, registry, full)
  t.match(totals, { received: 39, inserted: 0, updated: 11, unchanged: 28, removed: 2 })
  const { rows } = await database.pool.query('SELECT amount, count(*) FROM warehouse.written_meanwhile GROUP BY 1 ORDER BY 1')
  t.same(rows, [
    { amount: '1.000', count: 38 },
    { amount: '3.000', count: 1 },
  ])
  const again = await loadDelivery(database, registry, { ...full, id: 'd3', asOf: '2026-01-20' })
  t.match(again, { updated: 0, unchanged: 39, removed: 0 }, 'sent again, all is as it is')
})

t.test('persons of a delivery who become one while it is settled have one row of each key, by the rule', async (t) => {
  await migrateQueue(database.pool)
  for (const [index, conflicts] of RULES.entries()) {
    const [held, after] = ['merged_meanwhile', 'merged_before'].map((name) =>
      smallRegistry({ id: `${name}_${index}`, ...(conflicts ? { conflicts } : {}) }),
    ) as [RegistryDefinition, RegistryDefinition]
    await ensureRegistryTables(database, [held, after])
    // Of each pair the old number comes first, then the one that replaces it; the second pair's old row is one that changed, the third's is the present one's.
    const numbers = Array.from({ length: 8 }, (_, n) => `5${String(index).padStart(4, '0')}${String(n).padStart(5, '0')}`)
    const rows = numbers.map((number, n) => ({
      national_number: number,
      item_no: 'a',
      kind: 'a',
      amount: 10 + n,
      since: `2026-01-0${9 - n}`,
    }))
    const delivered = rows.map((row, n) => (n === 2 || n === 5 ? { ...row, amount: 90 + n } : row))
    for (const registry of [held, after]) await loadDelivery(database, registry, { id: 'd1', asOf: '2026-01-01', rows })
    const full = { id: 'd2', asOf: '2026-01-10', mode: 'full', removedPercentMax: 100, rows: delivered } as const
    const merge = async (): Promise<void> => {
      for (const n of [0, 2, 4])
        await substitute(
          { database, registries: async () => [held, after], relations: [] },
          {
            number: numbers[n] as string,
            currentNumber: numbers[n + 1] as string,
            reason: 'booklet reissued',
            actor: 'test',
            entity: 'CSPD',
            onDone: async () => {},
          },
        )
    }
    const name = JSON.stringify(conflicts ?? 'no rule')
    const totals = await loadDelivery(whileSwitching(merge), held, full)
    const wanted = await loadDelivery(database, after, full)
    t.equal(totals.rejected, conflicts === 'refuse' ? 6 : 3, name)
    t.same(await refusedOf(totals.loadId), await refusedOf(wanted.loadId), `${name}: the same rows are refused`)
    t.same(await heldIn(held), await heldIn(after), `${name}: the same rows are held`)
    const { loadId, seq, ...counts } = wanted
    t.match(totals, counts, `${name}: after ${loadId} at ${seq} the totals are the same`)
  }
})
