/** Whole deliveries: what goes in, what is refused, what a full one takes out, and that a load that is killed anywhere ends as a clean one. */
import t from 'tap'
import type { Database } from '../../../src/db/database.ts'
import { personOf, resolvePersons } from '../../../src/warehouse/identity-vault.ts'
import { loadChecked, loadDelivery } from '../../../src/warehouse/load.ts'
import { readLoad, readLoads } from '../../../src/warehouse/loads/load-store.ts'
import { loadStream, type StreamedDelivery } from '../../../src/warehouse/loads/load-stream.ts'
import { resolveNumbers } from '../../../src/warehouse/loads/resolve-numbers.ts'
import { createStaging, dropStaging, stagingOf, undivided } from '../../../src/warehouse/loads/staging.ts'
import { checkedRows } from '../../../src/warehouse/loads/read-rows.ts'
import type { RegistryDefinition } from '../../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../../src/warehouse/registry-table.ts'
import { testDatabase } from '../../support/database.ts'
import { smallRegistry } from '../small-registry.ts'

const database = await testDatabase(t)
let made = 0
/** A registry of its own for each subtest, so that they share a database. */
async function freshRegistry(changes: Partial<RegistryDefinition> = {}): Promise<RegistryDefinition> {
  const definition = smallRegistry({ id: `registry_${++made}`, ...changes })
  await ensureRegistryTables(database, [definition])
  return definition
}
const number = (n: number): string => String(n).padStart(10, '0')
const HEADER = 'national_number,item_no,kind,amount,partner_ref\n'
const dataDirectory = t.testdir()

async function* pieces(text: string | Buffer, size = 4_096): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}
const delivery = (id: string, text: string | Buffer, more: Partial<StreamedDelivery> = {}): StreamedDelivery => ({
  id,
  asOf: '2026-01-10',
  format: 'csv',
  body: pieces(text),
  bytesMax: 1e9,
  dataDirectory,
  ...more,
})
/** What a registry holds, by numbers, so that two registries can be held against each other. */
async function heldIn({ id }: RegistryDefinition): Promise<unknown> {
  const { rows } = await database.pool.query(
    `SELECT i.number, r.item_no, r.kind, r.amount, p.number AS partner FROM warehouse.${id} r JOIN identity.identifier i USING (person_ref)
     LEFT JOIN identity.identifier p ON p.person_ref = r.partner_ref ORDER BY 1, 2`,
  )
  const { rows: state } = await database.pool.query('SELECT as_of, row_count FROM warehouse.registry_state WHERE registry = $1', [id])
  return { rows, state }
}
const staged = async (): Promise<unknown[]> =>
  (await database.pool.query("SELECT FROM pg_class WHERE relnamespace = 'staging'::regnamespace")).rows

/** 1,000 rows of which ten are bad, in the ways that deliveries are. */
function dirty(from: number): { readonly text: Buffer; readonly clean: Buffer } {
  const good = (n: number): string => `${number(n)},i${n % 7},${n % 2 ? 'a' : 'b'},${n % 90}.5,${n % 3 ? '' : number(n + 1)}\n`
  const bad = (n: number): Buffer =>
    [
      Buffer.from(`١٢٣٤٥٦٧٨٩٠,x,a,1,\n`),
      Buffer.from(`${number(n)},x,a,١٢,\n`),
      Buffer.concat([Buffer.from(`${number(n)},`), Buffer.from([0xc7, 0xe1, 0xd3]), Buffer.from(',a,1,\n')]),
      Buffer.from(`${number(n)},${'x'.repeat(400_000)},a,1,\n`),
      Buffer.from(`${number(n)},"x"y,a,1,\n`),
    ][Math.floor(n / 100) % 5] as Buffer
  const rows = Array.from({ length: 1_000 }, (_, index) => ({ isBad: index % 100 === 50, n: from + index }))
  return {
    text: Buffer.concat([Buffer.from(`\ufeff${HEADER}`), ...rows.map(({ isBad, n }) => (isBad ? bad(n) : Buffer.from(good(n))))]),
    clean: Buffer.from(HEADER + rows.flatMap(({ isBad, n }) => (isBad ? [] : [good(n)])).join('')),
  }
}

t.test('a file with one bad row in a hundred ends as its good rows alone would; sent twice it is loaded once', async (t) => {
  const [one, other] = [await freshRegistry(), await freshRegistry()]
  const { text, clean } = dirty(10_000)
  const totals = await loadStream(database, one, delivery('d1', text))
  t.match(totals, { received: 1_000, inserted: 990, rejected: 10, repeated: false })
  await loadStream(database, other, delivery('d1', clean))
  t.same(await heldIn(one), await heldIn(other))
  t.same(await loadStream(database, one, delivery('d1', clean)), { ...totals, repeated: true })
  const { rows } = await database.pool.query(
    'SELECT DISTINCT unnest(reasons) AS reason FROM identity.rejected_row WHERE load_id = $1 ORDER BY 1',
    [totals.loadId],
  )
  t.same(
    rows.map(({ reason }) => reason),
    ['amount: decimal-malformed', 'national_number: national-id-malformed', 'quote-misplaced', 'row-too-long', 'text-not-unicode'],
  )
  t.match(await readLoad(database.pool, one.id, totals.loadId), { status: 'completed', stage: null, bytes: text.length, rejected: 10 })
  t.same(await staged(), [], 'nothing is left of the staging')
})

/** The database with a pool whose first client loses its connection at its nth statement. */
function dyingAt(statement: number): { readonly database: Database; readonly died: () => boolean } {
  let died = false
  const connect = async () => {
    const client = await database.pool.connect()
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    let count = 0
    return new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        if (name !== 'query') return (value as (...args: unknown[]) => unknown).bind(target)
        return (...args: unknown[]) => {
          if (++count === statement) {
            died = true
            // In the middle of what is asked, as a machine dies.
            void database.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
          }
          return (value as (...args: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  }
  const pool = new Proxy(database.pool, {
    get: (target, name) => (name === 'connect' ? connect : (Reflect.get(target, name) as () => unknown).bind(target)),
  })
  return { database: { ...database, pool }, died: () => died }
}

/** As `loadStream`, read in this thread: a thread for each of many loads would cost more than what is tried. */
const loadHere = (on: Database, definition: RegistryDefinition, { body, ...request }: StreamedDelivery) => {
  const { push, end } = checkedRows(definition, 'csv')
  async function* batches() {
    for await (const piece of body) yield { ...push(piece), bytes: piece.length }
    yield { ...end(), bytes: 0 }
  }
  return loadChecked(on, definition, { ...request, batches: batches() })
}

t.test('a load that is killed at any of its statements and sent again ends as a clean one', async (t) => {
  const [one, clean] = [await freshRegistry(), await freshRegistry()]
  const [before, after] = [dirty(20_000).text, dirty(20_400).text]
  for (const registry of [one, clean]) await loadHere(database, registry, delivery('first', before))
  const full = { mode: 'full', removedPercentMax: 100, asOf: '2026-02-01' } as const
  const start = await heldIn(clean)
  let killed = 0
  for (let statement = 2; ; statement++) {
    const dying = dyingAt(statement)
    const outcome = await loadHere(dying.database, one, delivery('second', after, full)).then(
      () => 'done',
      () => 'failed',
    )
    if (!dying.died()) break
    if (outcome === 'failed') {
      killed++
      t.strictSame(await heldIn(one), start, `killed at statement ${statement}: nothing has changed`)
    } else break
  }
  t.ok(killed >= 20, `killed at ${killed} points`)
  const totals = await loadHere(database, one, delivery('second', after, full))
  const wanted = await loadHere(database, clean, delivery('second', after, full))
  t.same(await heldIn(one), await heldIn(clean))
  for (const key of ['received', 'inserted', 'updated', 'unchanged', 'rejected', 'removed'] as const) t.equal(totals[key], wanted[key], key)
  t.same(await staged(), [], 'what the dead left is swept')
})

t.test('a delivery that is being loaded is not begun a second time', async (t) => {
  const registry = await freshRegistry()
  let go = (): void => undefined
  const waits = new Promise<void>((resolve) => (go = resolve))
  async function* slow() {
    yield Buffer.from(`${HEADER}${number(1)},a,a,1,\n`)
    await waits
  }
  let begun = (): void => undefined
  const isBegun = new Promise<void>((resolve) => (begun = resolve))
  const first = loadStream(database, registry, delivery('d1', '', { body: slow(), onBegun: () => begun() }))
  await isBegun
  t.match(await readLoads(database.pool, registry.id, 5, null), [{ status: 'running', stage: 'receiving' }])
  await t.rejects(loadStream(database, registry, delivery('d1', HEADER)), { code: 'load-in-progress' })
  go()
  t.match(await first, { inserted: 1 })
})

t.test('a full load takes out what it does not name, spares persons of refused rows, and refuses to empty a registry', async (t) => {
  const registry = await freshRegistry()
  const rows = (...lines: string[]): string => HEADER + lines.map((line) => `${line}\n`).join('')
  const people = Array.from({ length: 20 }, (_, n) => `${number(n + 1)},a,a,1,`)
  await loadHere(database, registry, delivery('d1', rows(...people)))
  const cut = delivery('d2', rows(...people.slice(0, 10)), { mode: 'full', asOf: '2026-02-01' })
  await t.rejects(loadHere(database, registry, cut), { code: 'load-removes-too-much' })
  t.match(await readLoads(database.pool, registry.id, 1, null), [{ status: 'failed', problem: 'load-removes-too-much' }])
  t.match(((await heldIn(registry)) as { rows: unknown[] }).rows.length, 20)
  // The last but one is refused for its amount: what is known of that person stays. The last is not named.
  const most = rows(...people.slice(0, 17), `${number(18)},b,a,1,`, `${number(19)},a,a,much,`)
  const totals = await loadHere(database, registry, delivery('d2', most, { mode: 'full', asOf: '2026-02-01' }))
  t.match(totals, { received: 19, inserted: 1, unchanged: 17, rejected: 1, removed: 2 })
  const persons = [await personOf(database.pool, number(18)), await personOf(database.pool, number(20))]
  const { rows: removed } = await database.pool.query('SELECT person_ref, seq FROM warehouse.removed_row WHERE registry = $1', [
    registry.id,
  ])
  t.same(new Set(removed.map(({ person_ref }) => person_ref)), new Set(persons))
  t.ok(removed.every(({ seq }) => seq === totals.seq))
  t.match(await heldIn(registry), { state: [{ row_count: 19 }] })
  const late = await loadHere(database, registry, delivery('late', rows(`${number(30)},a,a,1,`), { mode: 'full', asOf: '2026-01-01' }))
  t.match(late, { inserted: 1, removed: 0 }, 'a late full load takes nothing out')
})

t.test('rows that mean the same row are settled by the rule that the registry declares', async (t) => {
  const text = `national_number,item_no,kind,amount,since\n${number(1)},a,a,1,2026-01-02\n${number(1)},a,a,2,2026-01-03\n${number(1)},a,a,3,2026-01-01\n${number(1)},b,a,9,\n`
  for (const [conflicts, amount] of [
    [undefined, '1.000'],
    ['first', '1.000'],
    ['last', '3.000'],
    ['refuse', null],
    [{ latest: 'since' }, '2.000'],
  ] as const) {
    const registry = await freshRegistry(conflicts === undefined ? {} : { conflicts })
    const totals = await loadHere(database, registry, delivery('d1', text))
    const { rows } = await database.pool.query(`SELECT amount FROM warehouse.${registry.id} WHERE item_no = 'a'`)
    t.same(rows, amount === null ? [] : [{ amount }], JSON.stringify(conflicts))
    t.match(totals, { rejected: amount === null ? 3 : 2 })
    const { rows: refused } = await database.pool.query('SELECT reasons, content FROM identity.rejected_row WHERE load_id = $1', [
      totals.loadId,
    ])
    t.match(refused, [{ reasons: ['row-repeats'], content: /"national_number": "0000000001"/ }])
  }
})

t.test('JSON lines and Parquet hold the same rows as CSV', async (t) => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const { readFileSync } = await import('node:fs')
  const connection = await (await DuckDBInstance.create()).connect()
  const file = `${dataDirectory}/rows.parquet`
  await connection.run(`COPY (SELECT printf('%010d', i) AS national_number, 'a, "' || i AS item_no, 'a' AS kind, (i / 4)::DECIMAL(9,2) AS amount, NULL::VARCHAR AS partner_ref
    FROM range(100, 400) r(i)) TO '${file}' (FORMAT parquet)`)
  const lines = Array.from({ length: 300 }, (_, index) => index + 100)
  const ndjson = lines
    .map((i) =>
      JSON.stringify({ national_number: number(i), item_no: `a, "${i}`, kind: 'a', amount: (Math.round(i * 25) / 100).toFixed(2) }),
    )
    .join('\n')
  const [one, other] = [await freshRegistry(), await freshRegistry()]
  await loadStream(database, one, delivery('d1', readFileSync(file), { format: 'parquet' }))
  await loadStream(database, other, delivery('d1', ndjson, { format: 'ndjson' }))
  t.same(await heldIn(one), await heldIn(other))
  await t.rejects(loadStream(database, one, delivery('d2', 'PAR1 and nothing more', { format: 'parquet' })), { code: 'load-unreadable' })
  await t.rejects(loadStream(database, one, delivery('d3', HEADER + 'x'.repeat(5_000), { bytesMax: 5_000 })), { code: 'body-too-large' })
})

t.test('while a long load is staged others write, and its difference is taken anew', async (t) => {
  const registry = await freshRegistry()
  const row = (n: number, amount: number) => ({ national_number: number(n), item_no: 'a', kind: 'a', amount })
  await loadDelivery(database, registry, { id: 'd1', asOf: '2026-01-01', rows: [row(1, 1), row(2, 1)] })
  const between = async (): Promise<void> =>
    void (await loadDelivery(database, registry, { id: 'd3', asOf: '2026-01-10', rows: [row(1, 5), row(3, 3)] }))
  // Another delivery is switched in between this one's difference and its switch.
  const pool = new Proxy(database.pool, {
    get(target, name) {
      if (name !== 'query') return (Reflect.get(target, name) as () => unknown).bind(target)
      return async (text: string, values?: readonly unknown[]) => {
        if (values?.includes('switching')) await between()
        return target.query(text, values as unknown[])
      }
    },
  })
  const late = await loadDelivery({ ...database, pool }, registry, {
    id: 'd2',
    asOf: '2026-01-10',
    mode: 'full',
    removedPercentMax: 100,
    rows: [row(1, 1), row(2, 2)],
  })
  t.match(late, { updated: 2, removed: 1 })
  t.match(await heldIn(registry), { rows: [{ amount: '1.000' }, { amount: '2.000' }], state: [{ row_count: 2 }] })
})

t.test('a number that somebody else makes known meanwhile keeps that reference', async (t) => {
  const registry = await freshRegistry()
  const [mine, theirs] = [number(70_001), number(70_002)]
  let made: ReadonlyMap<string, number> | null = null
  const connect = async () => {
    const client = await database.pool.connect()
    return new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        if (name !== 'query') return (value as (...args: unknown[]) => unknown).bind(target)
        return (...args: unknown[]) => {
          const ask = (): unknown => (value as (...args: unknown[]) => unknown).apply(target, args)
          if (made !== null || !String(args[0]).startsWith('INSERT INTO identity.identifier')) return ask()
          return resolvePersons(database.pool, [theirs], 'national').then((found) => {
            made = found
            return ask()
          })
        }
      },
    })
  }
  const client = await database.pool.connect()
  const staging = undivided(stagingOf(9_999_999))
  await createStaging(client, registry, staging)
  await client.query(`INSERT INTO ${staging.raw} (_line, _number, item_no, kind) VALUES (1, $1, 'a', 'a'), (2, $2, 'a', 'a')`, [
    mine,
    theirs,
  ])
  const watched = await connect()
  t.equal(await resolveNumbers(database, watched, registry, staging, 9_999_999), 0)
  t.equal(await personOf(database.pool, theirs), made && (made as ReadonlyMap<string, number>).get(theirs))
  const { rows } = await database.pool.query(
    'SELECT i.number, p.is_jordanian FROM identity.identifier i JOIN warehouse.person p USING (person_ref) WHERE i.number = ANY ($1) ORDER BY 1',
    [[mine, theirs]],
  )
  t.same(
    rows,
    [mine, theirs].map((one) => ({ number: one, is_jordanian: true })),
  )
  await dropStaging(client, staging)
  for (const one of [client, watched]) one.release()
})
