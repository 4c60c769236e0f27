/** Run again and again, by other threads, in other time zones, over rows in another order: every list, the snapshot and the manifest are the same bytes. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import type { Database } from '../../../src/db/database.ts'
import { INTAKE_FORM } from '../../../src/determinations/determine-household.ts'
import { storeDeclaredAnswers } from '../../../src/households/declared-answers.ts'
import { seedPopulation } from '../../../src/households/synthetic-nation.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import { readRun } from '../../../src/targeting/run/run-store.ts'
import { testDatabase } from '../../support/database.ts'
import { AS_OF } from '../../support/seeded-app.ts'
import { performer } from '../support/performer.ts'
import { rewriteTables } from '../support/rewrite-tables.ts'
import { quietly, rootHashes, runDepsOf, runRequest } from '../support/seeded-runs.ts'
import { addTwinFamilies } from '../support/twin-families.ts'

const RUNS = Number(process.env['MIZAN_SAME_BYTES_RUNS'] ?? 2)
const ZONES = ['UTC', 'Asia/Amman', 'Pacific/Apia']
/** Fresh ones, and the first one again: with its replica, or with its snapshot too. */
const FOLDERS = ['fresh', 'replica', 'fresh', 'fresh', 'snapshot'] as const

/** Near midnight somewhere in each of the zones. */
const RECEIVED = [
  '2026-03-01T10:30Z',
  '2026-03-01T11:30Z',
  '2026-03-01T20:30Z',
  '2026-03-01T21:30Z',
  '2026-03-01T23:30Z',
  '2026-03-02T00:30Z',
]

const database = await testDatabase(t)
const twins = await populate(database)
const folders = t.testdir()

interface Came {
  readonly lists: Readonly<Record<string, string>>
  readonly snapshot: string | null
  readonly manifestHash: string | null
}

t.test(`${RUNS} runs, and not one byte differs`, { timeout: 60_000 + 60_000 * RUNS }, async (t) => {
  let first: Came | null = null
  let differing = 0
  for (let number = 0; number < RUNS; number++) {
    const run = runOf(number)
    const came = await run.perform(t)
    first ??= came
    differing += differences(came, first)
    t.same(came, first, run.described)
  }
  t.equal(Object.keys(first?.lists ?? {}).length, 7)
  t.comment(`${RUNS} runs, ${differing} hashes that differ; manifest ${first?.manifestHash}`)
})

/** How the run of a number is performed; the last one over a database of its own, filled from the same seed. */
function runOf(number: number): {
  readonly described: string
  readonly perform: (t: Pick<Test, 'same' | 'comment' | 'teardown'>) => Promise<Came>
} {
  const zone = ZONES[number % 3] as string
  const threads = 1 + (number % 2)
  const inChild = number % 8 < 3
  const isLast = number === RUNS - 1
  const folder = isLast ? 'fresh' : (FOLDERS[number % 5] as (typeof FOLDERS)[number])
  const dataDirectory = join(folders, folder === 'fresh' && number > 0 ? `fresh-${number}` : 'kept')
  const described = `${inChild ? `a process in ${zone}` : 'this process'}, ${threads} threads, ${folder} folder${isLast ? ', another database' : ''}`
  return {
    described,
    perform: async (t) => {
      const over = isLast ? await testDatabase(t) : database
      if (isLast) await populate(over)
      if (folder === 'replica') rmSync(join(dataDirectory, 'nation', 'snapshots'), { recursive: true, force: true })
      await rewriteTables(over, number)
      const id = await createRun({ database: over }, runRequest())
      if (inChild) {
        const environment = { TZ: zone, RUN_THREADS: String(threads) }
        const { exited, output } = performer(id, { databaseUrl: over.url, dataDirectory, environment })
        const ended = await exited
        if (ended[0] !== 0) t.comment(output())
        t.same(ended, [0, null])
      } else {
        const deps = runDepsOf(over, dataDirectory)
        await performRun({ ...deps, settings: { ...deps.settings, threads } }, id, quietly)
      }
      if (dataDirectory.includes('fresh')) rmSync(dataDirectory, { recursive: true })
      const stored = await readRun(over.pool, id)
      return { lists: await rootHashes(over, id), snapshot: stored?.snapshot ?? null, manifestHash: stored?.manifestHash ?? null }
    },
  }
}

t.test('there were ties for the word of the cycle to break, and parts for threads to be late with', async (t) => {
  const { rows } = await database.pool.query<{ programme: string; tied: number; parts: number }>(
    `SELECT programme, sum(units)::int AS tied, max(parts)::int AS parts FROM (
       SELECT l.programme, score, count(*) AS units, count(DISTINCT household_ref / 16384) AS parts FROM ranked_unit u JOIN published_list p ON p.list_number = u.list_number
       JOIN ranked_list l ON l.number = u.list_number WHERE score IS NOT NULL AND household_ref = ANY($1) GROUP BY 1, 2 HAVING count(*) > 1) AS ties GROUP BY 1 ORDER BY 1`,
    [twins.flat()],
  )
  t.comment(rows.map(({ programme, tied }) => `${programme}: ${tied} units with equal scores`).join('; '))
  t.ok(rows.length >= 4, `${rows.length} lists with ties`)
  t.ok(rows.some(({ parts }) => parts >= 3))
})

function differences(came: Came, first: Came): number {
  const all = ({ lists, snapshot, manifestHash }: Came): Record<string, string | null> => ({ ...lists, snapshot, manifestHash })
  const [a, b] = [all(came), all(first)]
  return Object.keys({ ...a, ...b }).filter((name) => a[name] !== b[name]).length
}

/** Households of which some are the same, some applied, and some declared what they spend. */
async function populate(target: Database): Promise<readonly (readonly number[])[]> {
  await seedPopulation(target, { households: 200, seed: 7, asOf: AS_OF })
  const families = await addTwinFamilies(target, { families: 6, copies: 6 })
  await loadShippedVersions(target)
  await migrateQueue(target.pool)
  await createKey(target.pool, { name: 'test', entity: 'MODEE', permissions: [] })
  for (const [place, householdRef] of families.flat().entries()) {
    const applicationId = `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`
    const received = RECEIVED[place % RECEIVED.length] as string
    await target.pool.query(
      `INSERT INTO application (id, received_at, key_id, form, form_version, status, household_ref, answer)
       SELECT $1, $2, id, $3, 1, 'determined', $4, '{}' FROM api_key`,
      [applicationId, received, INTAKE_FORM, householdRef],
    )
    const answers = { expenses: { food: { amount: 120 }, utilities: { amount: 30 } } }
    await storeDeclaredAnswers(target.pool, {
      applicationId,
      householdRef,
      form: INTAKE_FORM,
      formVersion: 1,
      answersText: JSON.stringify(answers),
      declaredAt: received,
    })
  }
  return families
}
