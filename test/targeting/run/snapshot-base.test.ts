/** A run that begins from an earlier snapshot, after registries, answers and enrolments moved, comes to the bytes of one that assembles everybody. */
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { snapshots } from '../../../src/commands/snapshots.ts'
import { readConfig } from '../../../src/config.ts'
import { INTAKE_FORM } from '../../../src/determinations/determine-household.ts'
import { storeDeclaredAnswers } from '../../../src/households/declared-answers.ts'
import { readColumnFile } from '../../../src/households/nation/column-file.ts'
import { canonicalJson, sha256 } from '../../../src/kernel/canonical.ts'
import { createRun, performRun, type RunRequest, type RunStage } from '../../../src/targeting/run/perform-run.ts'
import { readRun } from '../../../src/targeting/run/run-store.ts'
import type { Snapshot } from '../../../src/targeting/run/snapshot.ts'
import { loadDelivery } from '../../../src/warehouse/load.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { AS_OF } from '../../support/seeded-app.ts'
import { quietly, rootHashes, runDepsOf, runRequest, seededRuns } from '../support/seeded-runs.ts'

const { app, database, deps, headers } = await seededRuns(t, 100)
const { pool } = database
const CASH = 'unified-cash-transfer'

/** In the folder that earlier runs worked in, or in one of its own. */
async function perform(folder: 'kept' | 'fresh', change: Partial<RunRequest> = {}) {
  const over = folder === 'kept' ? deps : runDepsOf(database, join(dirname(deps.settings.folder), randomUUID()))
  const id = await createRun({ database }, runRequest(change))
  const stages = new Set<RunStage>()
  await performRun(over, id, { ...quietly, onProgress: (stage) => void stages.add(stage) })
  const { snapshot, manifestHash } = (await readRun(pool, id)) ?? {}
  // Relatives are assembled for everybody, or for nobody ahead.
  return { came: { snapshot, manifestHash, lists: await rootHashes(database, id) }, beganAnew: stages.has('relatives') }
}

async function changeWages(name: string): Promise<void> {
  const definition = loadRegistryDefinitions().find(({ id }) => id === 'ssc_salaries')
  if (!definition) throw new Error('no wages')
  const { rows } = await pool.query<object>(
    `SELECT i.number AS national_number, establishment_no, salary_month, (gross_wage + 31)::text AS gross_wage FROM warehouse.ssc_salaries
     JOIN identity.identifier i USING (person_ref) WHERE i.superseded_by IS NULL AND gross_wage IS NOT NULL ORDER BY person_ref, salary_month DESC LIMIT 3`,
  )
  await loadDelivery(database, definition, { id: name, asOf: AS_OF, rows })
}

async function declare(householdRef: number, amount: number): Promise<void> {
  const applicationId = randomUUID()
  await pool.query(
    `INSERT INTO application (id, received_at, key_id, form, form_version, status, household_ref, answer)
     SELECT $1, now(), id, $2, 1, 'determined', $3, '{}' FROM api_key LIMIT 1`,
    [applicationId, INTAKE_FORM, householdRef],
  )
  const answersText = JSON.stringify({ expenses: { food: { amount }, utilities: { amount: 30 } } })
  await storeDeclaredAnswers(pool, {
    applicationId,
    householdRef,
    form: INTAKE_FORM,
    formVersion: 1,
    answersText,
    declaredAt: new Date().toISOString(),
  })
}

const enrol = async (householdRef: number): Promise<void> => {
  const reports = [{ programme: CASH, householdRef, state: 'enrolled', on: '2026-01-01', reference: randomUUID() }]
  const { statusCode } = await app.inject({ method: 'POST', url: '/v1/enrolments', headers, payload: { reports } })
  t.equal(statusCode, 200)
}

t.test('the first run assembles everybody', async (t) => {
  await declare(3, 100)
  const { beganAnew } = await perform('kept')
  t.ok(beganAnew)
})

t.test('the command lists the snapshot and writes it as Parquet, which is on the audit log', async (t) => {
  const dataDirectory = dirname(deps.settings.folder)
  const config = readConfig({ DATABASE_URL: database.url, MIZAN_DATA_DIR: dataDirectory })
  const { signal } = quietly
  const command = (...args: string[]): Promise<number> => snapshots({ config, args, signal })
  const [name = ''] = readdirSync(join(deps.settings.folder, 'snapshots')).filter((one) => /^[0-9a-f]{64}$/.test(one))
  t.equal(await command(), 0)
  const to = join(dataDirectory, 'exported')
  t.equal(await command('export', name, '--to', to), 0)
  t.same(readdirSync(join(to, 'persons')), ['000000.parquet'])
  const { rows } = await pool.query("SELECT count(*)::int AS count FROM audit_event WHERE action = 'snapshot.exported'")
  t.same(rows, [{ count: 1 }])
  await t.rejects(command('export', name), /expected: mizan snapshots/)
  await t.rejects(command('export', '0'.repeat(64), '--to', join(dataDirectory, 'other')), /there is no snapshot/)
})

for (const [name, move] of [
  ['wages', () => changeWages('wages')],
  [
    'answers, given again and by somebody new, and enrolments',
    async () => {
      await declare(3, 140)
      await declare(8, 90)
      await enrol(12)
    },
  ],
] as const)
  t.test(`after changes of ${name}`, async (t) => {
    await move()
    const renewed = await perform('kept')
    const anew = await perform('fresh')
    t.same([renewed.beganAnew, anew.beganAnew], [false, true])
    t.same(renewed.came, anew.came)
  })

t.test('an earlier snapshot of older code is nothing to begin from: the same rows may come to other facts', async (t) => {
  const folder = join(deps.settings.folder, 'snapshots')
  for (const name of readdirSync(folder).filter((one) => /^[0-9a-f]{64}$/.test(one))) {
    const manifest = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8')) as Snapshot['manifest']
    const text = canonicalJson({ ...manifest, sources: { ...manifest.sources, assembly: 'older' } })
    writeFileSync(join(folder, name, 'manifest.json'), text)
    renameSync(join(folder, name), join(folder, sha256(text)))
  }
  await changeWages('wages under newer code')
  const [renewed, anew] = [await perform('kept'), await perform('fresh')]
  t.ok(renewed.beganAnew)
  t.same(renewed.came, anew.came)
})

const PART = `${'0'.repeat(12)}.columns`

/** Turns a bit of every snapshot's part, at the place that is asked for. */
function damage(placeIn: (bytes: Buffer) => number): void {
  const folder = join(deps.settings.folder, 'snapshots')
  // One file has several names: turned twice, a bit is what it was.
  const turned = new Set<number>()
  for (const name of readdirSync(folder).filter((one) => /^[0-9a-f]{64}$/.test(one)))
    for (const path of [join(folder, name, PART), join(folder, name, `${PART}.whole`)]) {
      if (!existsSync(path) || turned.has(statSync(path).ino)) continue
      turned.add(statSync(path).ino)
      const bytes = readFileSync(path)
      const at = placeIn(bytes)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      writeFileSync(path, bytes)
    }
}

t.test('what neither the change nor the run reads goes on unread, and whoever reads it is told that it is damaged', async (t) => {
  // The last fact of persons, which wages do not reach.
  damage(({ length }) => length - 8)
  await changeWages('wages later')
  const [renewed, anew] = [await perform('kept'), await perform('fresh')]
  t.notOk(renewed.beganAnew)
  t.same(renewed.came, anew.came)
  const folder = join(deps.settings.folder, 'snapshots', renewed.came.snapshot ?? '')
  const { parts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Snapshot['manifest']
  await t.rejects(readColumnFile(join(folder, PART), parts[0]?.hash ?? ''), /is not the column that was written/)
})

t.test('an earlier snapshot that is damaged where it is read is nothing to begin from', async (t) => {
  // The first reference behind the lines that say what stands where.
  damage((bytes) => {
    const line = bytes.indexOf(10) + 1
    return bytes.readUInt8(line) === '{'.charCodeAt(0) ? bytes.indexOf(10, line) + 1 : line
  })
  await changeWages('wages at last')
  const [renewed, anew] = [await perform('kept'), await perform('fresh')]
  t.ok(renewed.beganAnew)
  t.same(renewed.came, anew.came)
})

t.test('another day begins anew: ages and what counts are others', async (t) => {
  const { beganAnew } = await perform('kept', { asOf: runRequest().asOf + 1 })
  t.ok(beganAnew)
})
