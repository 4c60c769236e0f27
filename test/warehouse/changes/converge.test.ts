/** Property: changes that come twice, shuffled and in any batches end in the state of a clean load: for a death, and for a divorce that splits a household. */
import t from 'tap'
import type { Database } from '../../../src/db/database.ts'
import { CIVIL_REGISTRIES } from '../../../src/households/civil-registries.ts'
import { refreshMembership } from '../../../src/households/membership.ts'
import { applyChanges } from '../../../src/warehouse/changes/apply-changes.ts'
import { changedPersons, forgetChanged } from '../../../src/warehouse/changes/change-store.ts'
import { daysIn } from '../../../src/warehouse/changes/freshness.ts'
import { eventReader } from '../../../src/warehouse/changes/read-event.ts'
import { loadDelivery } from '../../../src/warehouse/load.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../../src/warehouse/registry-table.ts'
import { drawing } from '../../households/nation/random-changes.ts'
import { testDatabase } from '../../support/database.ts'
import { propertyRuns } from '../../support/property-runs.ts'

type Row = Readonly<Record<string, unknown>>
type Tables = Map<string, Map<string, Row>>
const definitions = loadRegistryDefinitions().filter(({ id }) =>
  [
    'cspd_family_booklet',
    'cspd_death_info',
    'cspd_divorce_info',
    'cspd_marriage_info',
    'cspd_social_status',
    'cspd_personal_info',
    'cspd_lineage',
    'sjd_custody',
  ].includes(id),
)
const LOADED = '2026-03-01'
const asOf = '2026-03-20'
const atMs = Date.parse('2026-03-10T09:00:00Z')

const number = (person: number): string => String(2_000_000_000 + person)
const [HUSBAND, WIFE, SON, DAUGHTER, OLD_MAN, OLD_WOMAN, GRANDSON] = [1, 2, 3, 4, 5, 6, 7] as const
const booklet = (person: number, record: string, role: string): Row => ({ national_number: number(person), civil_record_no: record, role })
const marriage = (person: number, spouse: number, more: Row = {}): Row => ({
  national_number: number(person),
  spouse_ref: number(spouse),
  marriage_date: '2010-05-01',
  ...more,
})
const status = (person: number, marital_status: string): Row => ({ national_number: number(person), marital_status })
const lineage = (person: number, father: number, mother: number): Row => ({
  national_number: number(person),
  father_ref: number(father),
  mother_ref: number(mother),
})
const custody = (child: number, guardian: number): Row => ({
  national_number: number(child),
  guardian_ref: number(guardian),
  court_order_no: 'C-1',
  order_date: '2026-03-09',
})

const base: Readonly<Record<string, readonly Row[]>> = {
  cspd_family_booklet: [
    booklet(HUSBAND, 'A-1', 'head'),
    booklet(WIFE, 'A-1', 'spouse'),
    booklet(SON, 'A-1', 'child'),
    booklet(DAUGHTER, 'A-1', 'child'),
    booklet(OLD_MAN, 'B-1', 'head'),
    booklet(OLD_WOMAN, 'B-1', 'spouse'),
    booklet(GRANDSON, 'B-1', 'other'),
  ],
  cspd_marriage_info: [marriage(HUSBAND, WIFE), marriage(WIFE, HUSBAND), marriage(OLD_MAN, OLD_WOMAN), marriage(OLD_WOMAN, OLD_MAN)],
  cspd_social_status: [HUSBAND, WIFE, OLD_MAN, OLD_WOMAN].map((person) => status(person, 'married')),
  cspd_lineage: [lineage(SON, HUSBAND, WIFE), lineage(DAUGHTER, HUSBAND, WIFE)],
}

type Event = {
  readonly op: string
  readonly before: Row | null
  readonly after: Row | null
  readonly source: { readonly table: string; readonly lsn: number; readonly ts_ms: number }
}

/** The story in the order of the source's log, as Debezium tells it. */
function story(): Event[] {
  const events: Event[] = []
  const told = (registry: string, op: string, before: Row | null, after: Row | null): void => {
    const table = definitions.find(({ id }) => id === registry)?.sourceName as string
    events.push({ op, before, after, source: { table, lsn: 1_000 + 8 * events.length, ts_ms: atMs + 1_000 * events.length } })
  }
  for (const [one, other] of [
    [HUSBAND, WIFE],
    [WIFE, HUSBAND],
  ] as const) {
    told('cspd_divorce_info', 'c', null, {
      national_number: number(one),
      spouse_ref: number(other),
      divorce_date: '2026-03-08',
      kind: 'judicial',
    })
    told('cspd_marriage_info', 'u', marriage(one, other), marriage(one, other, { end_date: '2026-03-08', end_reason: 'divorce' }))
    told('cspd_social_status', 'u', status(one, 'married'), status(one, 'divorced'))
  }
  // Entered on a wrong booklet first, then on her own; the wrong one is taken out.
  told('cspd_family_booklet', 'c', null, booklet(WIFE, 'X-9', 'other'))
  told('cspd_family_booklet', 'd', booklet(WIFE, 'A-1', 'spouse'), null)
  told('cspd_family_booklet', 'c', null, booklet(WIFE, 'C-1', 'head'))
  told('cspd_family_booklet', 'd', booklet(WIFE, 'X-9', 'other'), null)
  told('sjd_custody', 'c', null, custody(DAUGHTER, HUSBAND))
  told('sjd_custody', 'u', custody(DAUGHTER, HUSBAND), custody(DAUGHTER, WIFE))
  // A death that was entered for the wrong person, and corrected.
  const death = (person: number, certificate: string): Row => ({
    national_number: number(person),
    death_date: '2026-03-07',
    certificate_no: certificate,
  })
  told('cspd_death_info', 'c', null, death(OLD_WOMAN, 'D-1'))
  told('cspd_death_info', 'd', death(OLD_WOMAN, 'D-1'), null)
  told('cspd_death_info', 'c', null, death(OLD_MAN, 'D-1'))
  // The same row deleted and made again.
  told('cspd_social_status', 'd', status(OLD_WOMAN, 'married'), null)
  told('cspd_social_status', 'c', null, status(OLD_WOMAN, 'widowed'))
  return events
}

/** What the source holds after its log: the rows of a clean load. */
function endState(events: readonly Event[]): Tables {
  const tables: Tables = new Map(definitions.map(({ id }) => [id, new Map()]))
  const keyOf = (id: string, row: Row): string =>
    JSON.stringify(['national_number', ...(definitions.find((one) => one.id === id)?.key ?? [])].map((name) => row[name]))
  for (const [id, rows] of Object.entries(base)) for (const row of rows) tables.get(id)?.set(keyOf(id, row), row)
  for (const { op, before, after, source } of events) {
    const id = definitions.find(({ sourceName }) => sourceName === source.table)?.id as string
    if (op === 'd') tables.get(id)?.delete(keyOf(id, before as Row))
    else tables.get(id)?.set(keyOf(id, after as Row), after as Row)
  }
  return tables
}

async function loaded(t: Parameters<typeof testDatabase>[0], day: string, rowsOf: (id: string) => readonly Row[]): Promise<Database> {
  const database = await testDatabase(t)
  await ensureRegistryTables(database, loadRegistryDefinitions())
  for (const definition of definitions) await loadDelivery(database, definition, { id: 'base', asOf: LOADED, rows: rowsOf(definition.id) })
  await refreshMembership(database, { asOf: day })
  return database
}

async function send(database: Database, events: readonly unknown[]) {
  const read = eventReader(definitions, { now: Date.now(), mayWrite: () => true })
  return applyChanges(database, definitions, {
    outcomes: events.map(read),
    entity: 'CSPD',
    civil: CIVIL_REGISTRIES,
    dayOf: daysIn('Asia/Amman'),
    onApplied: async () => undefined,
  })
}

async function follow(database: Database): Promise<void> {
  const persons = await changedPersons(database.pool, 1_000)
  const civil = persons.filter((person) => person.civil).map(({ personRef }) => personRef)
  if (civil.length > 0) await refreshMembership(database, { asOf, persons: civil })
  await forgetChanged(database.pool, persons)
}

/** Rows and present membership with numbers in the place of references. */
async function stateOf(database: Database): Promise<Record<string, unknown>> {
  const { rows: numbers } = await database.pool.query<{ ref: number; number: string }>(
    'SELECT person_ref AS ref, number FROM identity.identifier',
  )
  const numberOf = new Map(numbers.map(({ ref, number: one }) => [ref, one]))
  const state: Record<string, unknown> = {}
  for (const { id, columns } of definitions) {
    const { rows } = await database.pool.query<Record<string, unknown>>(`SELECT * FROM warehouse.${id}`)
    const named = new Set(['person_ref', ...columns.filter(({ type }) => type === 'person').map(({ name }) => name)])
    state[id] = rows
      .map(({ load_id: _load, seq: _seq, ...row }) =>
        JSON.stringify(
          Object.entries(row).map(([name, value]) => [name, named.has(name) && value !== null ? numberOf.get(value as number) : value]),
        ),
      )
      .toSorted()
    const { rows: counted } = await database.pool.query('SELECT row_count FROM warehouse.registry_state WHERE registry = $1', [id])
    if ((counted[0]?.row_count ?? 0) !== rows.length) state[`rows of ${id} as counted`] = counted[0]?.row_count
  }
  const { rows: members } = await database.pool.query<{ ref: number } & Row>(
    `SELECT m.person_ref AS ref, h.record_no, m.is_head, m.relationship, m.basis FROM household_member m JOIN household h USING (household_ref) WHERE m.valid_to IS NULL`,
  )
  state['members'] = members.map(({ ref, ...member }) => JSON.stringify([numberOf.get(ref), member])).toSorted()
  return state
}

const events = story()
const clean = await loaded(t, asOf, (id) => [...(endState(events).get(id)?.values() ?? [])])
const wanted = await stateOf(clean)

const { numRuns, seed: first } = propertyRuns(4, 1)
for (const seed of Array.from({ length: numRuns }, (_, place) => first + place)) {
  t.test(`twice, shuffled, in batches: seed ${seed}`, async (t) => {
    const draw = drawing(seed)
    const database = await loaded(t, LOADED, (id) => base[id] ?? [])
    const shuffled = [...events, ...events].map((event) => ({ event, place: draw(1_000_000) })).toSorted((a, b) => a.place - b.place)
    let counted = 0
    for (let from = 0; from < shuffled.length;) {
      const size = 1 + draw(6)
      const { counts } = await send(
        database,
        shuffled.slice(from, from + size).map(({ event }) => event),
      )
      t.equal(counts.rejected, 0)
      counted += counts.inserted + counts.updated + counts.deleted + counts.unchanged + counts.overtaken + counts.duplicate + counts.old
      from += size
      if (draw(3) === 0) await follow(database)
    }
    t.equal(counted, shuffled.length, 'each event is in one count')
    await follow(database)
    t.same(await stateOf(database), wanted)
    const { rows } = await database.pool.query(
      `SELECT DISTINCT h.record_no FROM household_member m JOIN household h USING (household_ref) JOIN identity.identifier i USING (person_ref)
       WHERE i.number = ANY ($1) AND m.valid_to IS NULL ORDER BY 1`,
      [[number(HUSBAND), number(WIFE), number(DAUGHTER)]],
    )
    t.same(
      rows.map(({ record_no: record }) => record),
      ['A-1', 'C-1'],
      'the household has split',
    )

    // A delivery of an earlier day neither brings back what a change took out nor overwrites what it wrote; one of a later day does.
    for (const definition of definitions)
      await loadDelivery(database, definition, { id: 'late', asOf: '2026-03-05', rows: base[definition.id] ?? [] })
    t.same(await stateOf(database), { ...wanted, members: (await stateOf(database))['members'] }, 'a delivery of before')
    const statuses = definitions.filter(({ id }) => id === 'cspd_social_status')
    for (const definition of statuses)
      await loadDelivery(database, definition, { id: 'later', asOf: '2026-03-15', rows: [status(HUSBAND, 'married')] })
    const { counts } = await send(database, [{ ...(events[2] as Event), source: { ...(events[2] as Event).source, lsn: 9_999_999 } }])
    t.match(counts, { old: 1, updated: 0 }, 'a change of before that delivery is old whatever its place')
  })
}

t.test('a full delivery speaks of every row: what is older brings none back, and a heartbeat makes it not late', async (t) => {
  const database = await loaded(t, LOADED, (id) => base[id] ?? [])
  const statuses = definitions.find(({ id }) => id === 'cspd_social_status') as (typeof definitions)[number]
  const told = (op: string, person: number, state: string, lsn: number, day: string) => ({
    op,
    before: null,
    after: op === 'h' ? null : status(person, state),
    source: { table: statuses.sourceName, lsn, ts_ms: Date.parse(`2026-03-${day}T09:00:00Z`) },
  })
  await send(database, [told('c', SON, 'single', 10, '05'), told('u', OLD_MAN, 'widowed', 11, '05'), told('h', 0, '', 12, '18')])
  const full = { id: 'full', asOf: '2026-03-10', mode: 'full', removedPercentMax: 100 } as const
  const rows = [status(HUSBAND, 'married'), status(OLD_MAN, 'widowed')]
  t.match(
    await loadDelivery(database, statuses, { ...full, rows }),
    { unchanged: 2, removed: 3 },
    'the stream has come further, to no effect',
  )
  const held = async (): Promise<unknown> => (await stateOf(database))[statuses.id]
  const before = await held()
  const late = [told('c', SON, 'single', 20, '06'), told('u', HUSBAND, 'divorced', 21, '07'), told('u', WIFE, 'married', 9, '04')]
  t.match((await send(database, late)).counts, { old: 3, inserted: 0, updated: 0 })
  t.same(await held(), before)
  const now = [told('c', SON, 'single', 22, '10'), told('u', HUSBAND, 'divorced', 23, '11')]
  t.match((await send(database, now)).counts, { inserted: 1, updated: 1 }, 'of the day of the delivery or later they stand')
  const next = { ...full, id: 'late', asOf: '2026-03-09', rows: [] }
  t.match(await loadDelivery(database, statuses, next), { removed: 0 }, 'a full delivery of before takes nothing out')
})
