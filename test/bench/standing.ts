/** A nation's scores published as a ranking, the place of one score told from it, and the programmes that serve one household among 220,000 enrolments. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey } from '../../src/access/key-store.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { newId } from '../../src/kernel/new-id.ts'
import type { VersionRef } from '../../src/programmes/version.ts'
import { programmesServing } from '../../src/targeting/enrolments/enrolment-store.ts'
import { placeInLatestRun, publishRankings } from '../../src/targeting/rankings/ranking-store.ts'
import { rankingInManifest } from '../../src/targeting/rankings/run-ranking.ts'
import { storeRun } from '../../src/targeting/run/run-store.ts'
import type { Bench } from './support/figure.ts'
import { seeded } from './support/random-household.ts'

const HOUSEHOLDS = 2_345_000
const ENROLLED = 220_000
const ASKED = 4_000
const formula = { kind: 'formula', id: 'welfare', version: 1, hash: 'a'.repeat(64) } as VersionRef

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: folder, DATABASE_STATEMENT_TIMEOUT_MS: '120000' }))
  try {
    await migrate(database.pool)
    const random = seeded(5)
    // Bell-shaped, as sums of many terms are: most scores stand close together.
    const score = (): number => Math.round((random() + random() + random() + random() - 2) * 4e6)
    const ordered = Float64Array.from({ length: HOUSEHOLDS }, score)
    let began = performance.now()
    const ranking = { formula, scores: ordered.sort() }
    report({ figure: 'scores of the nation in their order', value: performance.now() - began, unit: 'ms', target: { atMost: 2_000 } })
    began = performance.now()
    rankingInManifest(ranking)
    report({ figure: 'hash of them', value: performance.now() - began, unit: 'ms', target: { atMost: 3_000 } })
    began = performance.now()
    const id = newId()
    await storeRun(database.pool, { id, actor: 'bench', entity: 'NAF', asOf: '2026-11-01', cycle: 'bench', request: '{}' })
    await database.transaction(({ client }) => publishRankings(client, id, [ranking]))
    report({ figure: 'published with hash', value: performance.now() - began, unit: 'ms', target: { atMost: 10_000 } })
    const { rows } = await database.pool.query<{ mb: number }>("select pg_total_relation_size('ranking_block') / 1048576.0 as mb")
    report({ figure: 'room of a ranking', value: Number(rows[0]?.mb), unit: 'MB', target: { atMost: 30 } })
    await slowest('place of a score', report, () =>
      placeInLatestRun(database.pool, { formula: formula.hash, direction: 'lowerIsPoorer', score: score() }),
    )
    await enrol(database)
    await slowest('programmes that serve a household', report, () => {
      const householdRef = Math.floor(random() * ENROLLED * 5)
      return programmesServing(database.pool, { householdRef, personRefs: [1, 2, 3, 4, 5].map((n) => householdRef * 5 + n) })
    })
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function slowest(figure: string, report: Parameters<Bench>[0], ask: () => Promise<unknown>): Promise<void> {
  const took: number[] = []
  for (let time = 0; time < ASKED; time++) {
    const began = performance.now()
    await ask()
    if (time >= ASKED / 10) took.push(performance.now() - began)
  }
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor(took.length * share)] as number
  report({ figure, value: at(0.5), unit: 'ms', p99: at(0.99), target: { atMost: 0.5 } })
}

async function enrol({ pool }: Database): Promise<void> {
  await createKey(pool, { name: 'bench', entity: 'NAF', permissions: [] })
  await pool.query(`insert into enrolment_report (id, programme, household_ref, state, effective_on, reported_by, entity, reference, applied)
    select gen_random_uuid(), 'cash', 1, 'enrolled', '2026-01-01', id, 'NAF', 'one', true from api_key`)
  await pool.query(`insert into enrolment (programme, household_ref, person_ref, state, since, report_id)
    select case when n % 2 = 0 then 'cash' else 'rehabilitation' end, n * 5, case when n % 2 = 1 then n * 25 + 1 end, 'enrolled', '2026-01-01', r.id
    from generate_series(1, ${ENROLLED}) as n, enrolment_report r`)
  await pool.query('analyze enrolment')
}
