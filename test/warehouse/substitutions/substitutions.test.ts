/** Two numbers known as two persons become one, and two again: nothing is lost, and nothing that came since is taken away. */
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { keptColumns, movedRelations } from '../../../src/app/person-tables.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { personOf } from '../../../src/warehouse/identity-vault.ts'
import { loadDelivery } from '../../../src/warehouse/load.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../../src/warehouse/registry-table.ts'
import { testApp } from '../../support/app.ts'
import { mizan, serviceEnvironment } from '../../support/service.ts'

const definitions = loadRegistryDefinitions()
const { app, database, headers, keyWith, logged } = await testApp(t, {}, (made) => ensureRegistryTables(made, definitions))
await migrateQueue(database.pool)
const definitionOf = (id: string) => definitions.find((one) => one.id === id) as (typeof definitions)[number]
const salaries = definitionOf('ssc_salaries')
const marriages = definitionOf('cspd_marriage_info')
const wage = (number: string, month: string, amount: number) => ({
  national_number: number,
  establishment_no: 'E1',
  salary_month: month,
  gross_wage: amount,
})
const [OLD, NOW, SPOUSE] = ['9000000001', '9000000002', '9000000003']

const load = (id: string, rows: readonly unknown[], definition = salaries) =>
  loadDelivery(database, definition, { id, asOf: '2026-01-10', rows })
const post = async (url: string, payload: object = {}, own: object = headers) =>
  app.inject({ method: 'POST', url, headers: { ...own, 'content-type': 'application/json' }, payload })
const wages = async () =>
  (await database.pool.query('SELECT person_ref, salary_month, gross_wage FROM warehouse.ssc_salaries ORDER BY 1, 2')).rows
const rowCount = async () =>
  (await database.pool.query("SELECT row_count, seq FROM warehouse.registry_state WHERE registry = 'ssc_salaries'")).rows[0]
const identifiers = async () =>
  (await database.pool.query('SELECT number, person_ref, superseded_by FROM identity.identifier ORDER BY 1')).rows

t.test('merged, and parted again', async (t) => {
  await load('d1', [wage(OLD, '2025-10-01', 100), wage(OLD, '2025-11-01', 110), wage(NOW, '2025-11-01', 115), wage(NOW, '2025-12-01', 120)])
  const named = marriages.columns.find(({ type }) => type === 'person')?.name as string
  const marriage = Object.fromEntries(
    marriages.columns.map(({ name, type, codes }) => [
      name,
      type === 'person' ? OLD : type === 'date' ? '2020-01-01' : (Object.keys(codes ?? {})[0] ?? '1'),
    ]),
  )
  await load('d1', [{ ...marriage, national_number: SPOUSE }], marriages)
  const [oldRef, nowRef] = [await personOf(database.pool, OLD), await personOf(database.pool, NOW)]
  const before = { wages: await wages(), identifiers: await identifiers(), count: (await rowCount()).row_count }
  const answer = await post('/v1/substitutions', { number: OLD, currentNumber: NOW, reason: 'booklet reissued' })
  t.equal(answer.statusCode, 201)
  const { id, ...counts } = answer.json()
  t.same(counts, { moved: 2, setAside: 1 }, 'October and the marriage move; November is there already')
  t.equal(await personOf(database.pool, OLD), nowRef)
  t.same(
    (await wages()).map(({ person_ref, salary_month, gross_wage }) => [person_ref, salary_month, gross_wage]),
    [
      [nowRef, '2025-10-01', '100.000'],
      [nowRef, '2025-11-01', '115.000'],
      [nowRef, '2025-12-01', '120.000'],
    ],
  )
  t.match((await database.pool.query(`SELECT ${named} AS ref FROM warehouse.cspd_marriage_info`)).rows, [{ ref: nowRef }])
  const { row_count: count, seq } = await rowCount()
  t.equal(count, before.count - 1)
  const { rows: removed } = await database.pool.query(
    "SELECT person_ref FROM warehouse.removed_row WHERE registry = 'ssc_salaries' AND seq = $1",
    [seq],
  )
  t.same(new Set(removed.map(({ person_ref }) => person_ref)), new Set([oldRef, nowRef]), 'replica and re-evaluation learn of both')

  await load('d2', [wage(OLD, '2026-01-01', 130)])
  const undone = await post(`/v1/substitutions/${id}/undo`)
  t.match(undone.json(), { id, moved: 2, setAside: 1 })
  t.same(await identifiers(), before.identifiers)
  const since = (await wages()).filter(({ salary_month }) => salary_month === '2026-01-01')
  t.match(since, [{ person_ref: nowRef }], 'what came since stays with the current person')
  t.same(
    (await wages()).filter(({ salary_month }) => salary_month !== '2026-01-01'),
    before.wages,
  )
  t.match((await database.pool.query(`SELECT ${named} AS ref FROM warehouse.cspd_marriage_info`)).rows, [{ ref: oldRef }])
  t.equal((await rowCount()).row_count, before.count + 1)
  t.match((await post(`/v1/substitutions/${id}/undo`)).json(), { code: 'substitution-refused' })
})

t.test('chains are undone from their end; what cannot be is refused', async (t) => {
  const body = (number: string, currentNumber: string) => ({ number, currentNumber, reason: 'r' })
  const first = (await post('/v1/substitutions', body(OLD, NOW))).json()
  const second = (await post('/v1/substitutions', body(NOW, SPOUSE))).json()
  t.equal(await personOf(database.pool, OLD), await personOf(database.pool, SPOUSE), 'a number of a number')
  t.match((await post(`/v1/substitutions/${first.id}/undo`)).json(), { code: 'substitution-refused' })
  t.match((await post('/v1/substitutions', body(SPOUSE, NOW))).json(), { code: 'substitution-refused' }, 'no circle')
  t.match((await post('/v1/substitutions', body(OLD, OLD))).json(), { code: 'substitution-refused' })
  t.match((await post('/v1/substitutions', body('١٢٣', OLD))).json(), { code: 'national-id-malformed' })
  t.match((await post('/v1/substitutions/01a20ae3-5581-7377-9bfe-7dbbb80314a9/undo')).json(), { code: 'substitution-not-found' })
  t.match((await post('/v1/substitutions', body(OLD, NOW), await keyWith('loads:write'))).json(), { code: 'permission-missing' })
  t.equal((await post(`/v1/substitutions/${second.id}/undo`)).statusCode, 200)
  t.equal((await post(`/v1/substitutions/${first.id}/undo`)).statusCode, 200)
  t.equal(new Set((await identifiers()).map(({ person_ref }) => person_ref)).size, 3)
  t.match(
    (await post('/v1/substitutions', body('9000000008', '9000000009'))).json(),
    { id: null, moved: 0 },
    'numbers that nobody knew yet',
  )
  t.equal(await personOf(database.pool, '9000000008'), await personOf(database.pool, '9000000009'))
  const { rows } = await database.pool.query("SELECT body FROM audit_event WHERE body::jsonb ->> 'action' LIKE 'substitution.%'")
  t.equal(rows.length, 7)
  t.notMatch(rows.map(({ body: text }) => text).join() + logged(), /90000000\d\d/, 'no number in audit or log')
})

t.test('every column that speaks of persons is declared: moved to the current person, or left as it is for a reason', async (t) => {
  const { rows } = await database.pool.query<{ column: string }>(
    `SELECT n.nspname || '.' || c.relname || '.' || a.attname AS column FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'graphile_worker', 'staging')
       AND a.attname ~ '(^|_)refs?$' AND a.attname !~ '^household_' ORDER BY 1`,
  )
  const ofRegistries = definitions.flatMap((definition) =>
    ['person_ref', ...definition.columns.filter(({ type }) => type === 'person').map(({ name }) => name)].map(
      (name) => `warehouse.${definition.id}.${name}`,
    ),
  )
  const moved = movedRelations.map(({ relation, field }) => `${relation.includes('.') ? '' : 'public.'}${relation}.${field}`)
  const declared = [...ofRegistries, ...moved, ...Object.keys(keptColumns)]
  t.same(
    rows.map(({ column }) => column),
    declared.toSorted(),
    'src/app/person-tables.ts has each of them once, and none that is gone',
  )
  t.ok(Object.values(keptColumns).every((why) => why.length > 10))
})

t.test('positions of changes, decisions that wait, and who is to be determined again', async (t) => {
  const [was, now, spouse] = ['9000000101', '9000000102', '9000000103']
  await load('p1', [wage(was, '2025-10-01', 1), wage(now, '2025-10-01', 2), wage(was, '2025-11-01', 3)])
  await load('p1', [{ national_number: spouse, spouse_ref: was, marriage_date: '2020-01-01' }], marriages)
  const ref = async (number: string) => (await personOf(database.pool, number)) as number
  const [wasRef, nowRef, spouseRef] = [await ref(was), await ref(now), await ref(spouse)]
  await database.pool.query(
    `INSERT INTO warehouse.change_position (registry, person_ref, row_key, position, source_day, deleted)
     SELECT registry, person_ref, row_key, position, '2026-01-01', false FROM (VALUES
       ('ssc_salaries', $1::bigint, '["E1","2025-10-01"]', '5'), ('ssc_salaries', $2::bigint, '["E1","2025-10-01"]', '3'), ('ssc_salaries', $1, '["E1","2025-11-01"]', '5'),
       ('cspd_marriage_info', $3::bigint, '["' || $1::bigint || '","2020-01-01"]', '7'), ('cspd_marriage_info', $3, '["' || $2::bigint || '","2020-01-01"]', '8'),
       ('cspd_marriage_info', $3, '["' || $1::bigint || '","2021-01-01"]', '9')) AS v (registry, person_ref, row_key, position)`,
    [wasRef, nowRef, spouseRef],
  )
  for (const [place, [personRef, settled]] of (
    [
      [wasRef, false],
      [nowRef, false],
      [wasRef, true],
    ] as const
  ).entries())
    await database.pool.query(
      `INSERT INTO standing_question (id, household_ref, programme, person_ref, kind, served, settled_at, settled_by, decision)
       SELECT $1, 1, 'p', $2, 'adverse', false, CASE WHEN $3 THEN now() END, CASE WHEN $3 THEN 'u' END, CASE WHEN $3 THEN 'later-holds' END`,
      [`01a20ae3-5581-7377-9bfe-7dbbb80314${20 + place}`, personRef, settled],
    )
  await database.pool.query('DELETE FROM warehouse.changed_person')
  const state = async () => ({
    positions: (await database.pool.query('SELECT registry, person_ref, row_key, position FROM warehouse.change_position ORDER BY 1, 2, 3'))
      .rows,
    questions: (await database.pool.query('SELECT id, person_ref, settled_at IS NULL AS open FROM standing_question ORDER BY 1')).rows,
  })
  const before = await state()
  const { id } = (await post('/v1/substitutions', { number: was, currentNumber: now, reason: 'r' })).json()
  const merged = await state()
  t.same(
    merged.positions.map(({ registry, person_ref, row_key, position }) => [registry, person_ref, row_key, position]),
    [
      ['cspd_marriage_info', spouseRef, `["${nowRef}","2020-01-01"]`, '8'],
      ['cspd_marriage_info', spouseRef, `["${nowRef}","2021-01-01"]`, '9'],
      ['ssc_salaries', nowRef, '["E1","2025-10-01"]', '3'],
      ['ssc_salaries', nowRef, '["E1","2025-11-01"]', '5'],
    ],
  )
  t.same(
    merged.questions.map(({ person_ref, open }) => [person_ref, open]),
    [
      [nowRef, true],
      [wasRef, false],
    ],
    'one open question of a unit; what was settled is history',
  )
  const { rows: changed } = await database.pool.query('SELECT person_ref FROM warehouse.changed_person WHERE civil ORDER BY 1')
  t.same(
    changed.map(({ person_ref }) => person_ref),
    [wasRef, nowRef, spouseRef].toSorted((a, b) => a - b),
    'both, and whoever names one of them',
  )
  t.equal((await post(`/v1/substitutions/${id}/undo`)).statusCode, 200)
  t.same(await state(), before, 'parted again, nothing is lost')
})

t.test('mizan substitute: lines of standard input, each told by its place and never by its number; and undone', async (t) => {
  const env = serviceEnvironment({ DATABASE_URL: database.url })
  const run = (input: string, ...args: string[]) => {
    const [command, ...rest] = mizan('substitute', ...args)
    const { status, stdout, stderr } = spawnSync(command as string, rest, { cwd: projectRoot, env, input, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  const [was, now] = ['9000000201', '9000000202']
  await load('cli', [wage(was, '2025-10-01', 1), wage(now, '2025-11-01', 2)])
  const wasRef = await personOf(database.pool, was)
  const done = run(`\n${was},${now}\r\n${was},90000002\n${now},${was}\n`, '--reason', 'letter 1')
  t.equal(done.status, 1, 'two lines were refused')
  t.match(done.stdout, /^Line 2: merged, 1 rows moved, 0 set aside/m)
  t.match(done.stderr, /^Line 3 [^]*^Line 4 [^]*substitution-refused/m)
  t.notMatch(done.stdout + done.stderr, /90000002/)
  t.equal(await personOf(database.pool, was), await personOf(database.pool, now))
  const undone = run('', '--undo', /--undo (\S+)/.exec(done.stdout)?.[1] ?? '')
  t.equal(undone.status, 0, undone.stderr)
  t.equal(await personOf(database.pool, was), wasRef)
  t.match(run('', '--undo', "x'; --").stderr, /--undo: expected/)
})
