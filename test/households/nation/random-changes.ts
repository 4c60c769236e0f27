/** Random deliveries, removals and moves over a seeded population: rows changed, added, taken out, given to others and to persons never heard of. */
import type { Database } from '../../../src/db/database.ts'
import { refreshMembership } from '../../../src/households/membership.ts'
import { loadDelivery } from '../../../src/warehouse/load.ts'
import { loadRegistryDefinitions, type RegistryDefinition } from '../../../src/warehouse/registry-definition.ts'

type Draw = (below: number) => number
type Row = Readonly<Record<string, unknown>>

/** Registries that membership is made of. */
const CIVIL = ['cspd_family_booklet', 'cspd_death_info', 'cspd_marriage_info', 'cspd_lineage', 'rbd_residents', 'sjd_custody']

/** A generator of whole numbers, the same for the same seed. */
export function drawing(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

/** One delivery to one registry and, for the civil core, membership after it; returns what was done. */
export async function changeSomething(
  database: Database,
  draw: Draw,
  { number, asOf, rows: most }: { readonly number: number; readonly asOf: string; readonly rows: number },
): Promise<string> {
  const definitions = loadRegistryDefinitions()
  const civil = draw(3) === 0
  const among = civil ? definitions.filter(({ id }) => CIVIL.includes(id)) : definitions
  const definition = among[draw(among.length)] as RegistryDefinition
  const rows = await deliveredRows(database, draw, definition, 1 + draw(most), number)
  const totals = await loadDelivery(database, definition, { id: `change ${number}`, asOf, rows })
  const persons = await changedPersons(database, definition, totals.seq)
  let told = `${definition.id} +${totals.inserted} ~${totals.updated} !${totals.rejected}`
  if (draw(2) === 0) {
    const removed = await takeOutRows(database, draw, definition)
    persons.push(...removed)
    told += ` -${removed.length}`
  }
  if (draw(4) === 0) persons.push(...(await moveSomebody(database, draw, asOf)))
  if (civil || draw(4) === 0) {
    const { opened, closed } = await refreshMembership(database, draw(3) === 0 ? { asOf } : { asOf, persons })
    told += `, members +${opened} -${closed}`
  }
  return told
}

async function deliveredRows(
  database: Database,
  draw: Draw,
  definition: RegistryDefinition,
  count: number,
  number: number,
): Promise<Row[]> {
  const { rows: held } = await database.pool.query<Record<string, unknown>>(
    `SELECT r.*, i.number FROM warehouse.${definition.id} r JOIN identity.identifier i USING (person_ref) WHERE i.superseded_by IS NULL ORDER BY r.*`,
  )
  const { rows: everybody } = await database.pool.query<{ number: string; person_ref: number }>(
    'SELECT number, person_ref FROM identity.identifier WHERE superseded_by IS NULL ORDER BY number',
  )
  const numberOf = new Map(everybody.map((one) => [one.person_ref, one.number]))
  const person = (): string =>
    draw(8) === 0 ? String(9_000_000_000 + number * 1000 + draw(20)) : (everybody[draw(everybody.length)]?.number ?? '')
  if (held.length === 0) return []
  return Array.from({ length: count }, () => {
    const [row, other] = [held[draw(held.length)], held[draw(held.length)]] as [Row, Row]
    const taken = draw(2) === 0 ? row : other
    const cell = (name: string, type: string): unknown => {
      const value = draw(3) === 0 ? other[name] : (taken[name] ?? null)
      if (type !== 'person') return value
      return value === null || value === undefined ? null : draw(5) === 0 ? person() : (numberOf.get(value as number) ?? null)
    }
    const values = Object.fromEntries(definition.columns.map(({ name, type }) => [name, cell(name, type)]))
    return { national_number: draw(4) === 0 ? person() : row['number'], ...values }
  })
}

async function changedPersons({ pool }: Database, { id }: RegistryDefinition, seq: number): Promise<number[]> {
  const { rows } = await pool.query<{ person_ref: number }>(`SELECT DISTINCT person_ref FROM warehouse.${id} WHERE seq = $1`, [seq])
  return rows.map(({ person_ref }) => person_ref)
}

/** As a full delivery or a change that deletes does it. */
async function takeOutRows(database: Database, draw: Draw, { id }: RegistryDefinition): Promise<number[]> {
  return database.transaction(async ({ client }) => {
    const { rows } = await client.query<{ person_ref: number }>(
      `WITH place AS (SELECT nextval('change_seq') AS seq),
       gone AS (DELETE FROM warehouse.${id} r WHERE r.ctid IN (SELECT ctid FROM warehouse.${id} ORDER BY md5(person_ref::text || $1) LIMIT $2) RETURNING person_ref),
       noted AS (INSERT INTO warehouse.removed_row (registry, person_ref, seq) SELECT DISTINCT '${id}', person_ref, (SELECT seq FROM place) FROM gone
         ON CONFLICT (registry, person_ref) DO UPDATE SET seq = EXCLUDED.seq),
       moved AS (UPDATE warehouse.registry_state SET seq = (SELECT seq FROM place), row_count = row_count - (SELECT count(*) FROM gone) WHERE registry = '${id}')
       SELECT person_ref FROM gone`,
      [String(draw(1_000_000)), 1 + draw(2)],
    )
    return rows.map(({ person_ref }) => person_ref)
  })
}

async function moveSomebody({ pool }: Database, draw: Draw, asOf: string): Promise<number[]> {
  const { rows } = await pool.query<{ person_ref: number }>(
    `INSERT INTO verified_residence (person_ref, household_ref, basis, relationship, verified_by, valid_from)
     SELECT p.person_ref, h.household_ref, 'address', 'other', 'test', $3
     FROM (SELECT person_ref FROM household_member ORDER BY person_ref OFFSET $1 LIMIT 1) p, (SELECT household_ref FROM household ORDER BY 1 OFFSET $2 LIMIT 1) h
     ON CONFLICT DO NOTHING RETURNING person_ref`,
    [draw(500), draw(150), asOf],
  )
  return rows.map(({ person_ref }) => person_ref)
}
