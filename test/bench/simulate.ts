/**
 * Simulations over a population in memory: one term's weight changed, a formula of which most terms changed, a budget. On the newest run of
 * MIZAN_DATA_DIR (seed and run it first: `npm run mizan -- seed --households 2345000`, `npm run mizan -- run --all-residents --despite-registries`),
 * or on a small population of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { laboratoryDeps } from '../../src/commands/laboratory-deps.ts'
import { CONNECTIONS_MIN } from '../../src/commands/run-deps.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { currentDay } from '../../src/determinations/as-of.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { openLaboratory, type SimulationStage } from '../../src/simulation/laboratory.ts'
import type { Change } from '../../src/simulation/scenario-schema.ts'
import { decidedNation } from './support/decided-nation.ts'
import type { Bench } from './support/figure.ts'
import { quantile } from './support/figure.ts'
import { simulationInSql } from './support/simulation-in-sql.ts'

const OWN_HOUSEHOLDS = 20_000
const ROUNDS = 5
const SQL_ROUNDS = 3
const FORMULA = 'welfare-ranking'

export const bench: Bench = async (report) => {
  const given = process.env['DATABASE_URL'] ?? process.env['MIZAN_DATA_DIR']
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'mizan-bench-')) : null
  const config = readConfig({
    ...process.env,
    DATABASE_POOL_SIZE: String(CONNECTIONS_MIN),
    ...(folder === null ? {} : { MIZAN_DATA_DIR: folder }),
  })
  const database = await openDatabase(config)
  const laboratory = openLaboratory(laboratoryDeps(database, config))
  const signal = new AbortController().signal
  try {
    await decidedNation(database, config, folder === null ? null : OWN_HOUSEHOLDS)
    const simulate = async (name: string, changes: readonly Change[]) => {
      const began = new Map<SimulationStage, number>()
      const onProgress = (stage: SimulationStage): void => void (began.has(stage) || began.set(stage, performance.now()))
      const [started, cpu] = [performance.now(), process.cpuUsage()]
      const request = { name, baseline: { run: 'latest' }, scenarios: [{ name, changes: [...changes] }] }
      const { households, persons } = await laboratory.simulate(request, { onProgress, signal })
      const { user, system } = process.cpuUsage(cpu)
      const ended = performance.now()
      const decided = (began.get('measure') ?? ended) - (began.get('scenario') ?? started)
      return { seconds: (ended - started) / 1000, decideSeconds: decided / 1000, cpuSeconds: (user + system) / 1e6, households, persons }
    }
    const first = await simulate('the first, with the snapshot read and the baseline decided', [])
    report({
      figure: 'the first simulation: snapshot into memory, baseline decided and measured',
      value: first.seconds,
      unit: 's',
      ...first,
    })
    const terms = await termsOf(database, config.timeZone)
    const cases: readonly (readonly [string, number, (round: number) => readonly Change[]])[] = [
      ['one weight changed, with all measures', 1.5, (round) => [formula({ [`/terms/${terms.linear}/weight`]: (round + 1) / 100 })]],
      ['all linear terms changed, everything scored anew', 3, (round) => [formula(terms.further(round))]],
      [
        'a budget changed',
        1.5,
        (round) => [{ object: 'programme', id: 'unified-cash-transfer', set: { '/targeting/budget': 10_000_000 + round } }],
      ],
    ]
    let ofOneWeight = NaN
    for (const [figure, atMost, changes] of cases) {
      const rounds: Awaited<ReturnType<typeof simulate>>[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await simulate(figure, changes(round)))
      const median = (of: (round: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5)
      if (Number.isNaN(ofOneWeight)) ofOneWeight = median(({ seconds }) => seconds)
      report({
        figure,
        value: median(({ seconds }) => seconds),
        unit: 's',
        decideSeconds: median(({ decideSeconds }) => decideSeconds),
        cpuSeconds: median(({ cpuSeconds }) => cpuSeconds),
        households: first.households,
        persons: first.persons,
        rounds: ROUNDS,
        target: { atMost },
      })
    }
    const sql = await simulationInSql(database)
    const inSql: number[] = []
    for (let round = 0; round < SQL_ROUNDS; round++) inSql.push(await sql.seconds())
    await sql.close()
    report({
      figure: 'the same as SQL in PostgreSQL',
      value: quantile(inSql, 0.5),
      unit: 's',
      households: first.households,
      rounds: SQL_ROUNDS,
    })
    report({
      figure: 'SQL / one weight changed',
      value: quantile(inSql, 0.5) / ofOneWeight,
      unit: 'times',
      of: ['the same as SQL in PostgreSQL', cases[0]?.[0] ?? ''],
      target: { atLeast: 8 },
    })
    const { rss } = process.memoryUsage()
    report({ figure: 'memory of the laboratory', value: rss / 2 ** 20, unit: 'MB', households: first.households })
  } finally {
    await laboratory.close()
    await database.close()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

const formula = (set: Readonly<Record<string, unknown>>): Change => ({ object: 'formula', id: FORMULA, set: { ...set } })

/** The place of a linear term, and all linear terms with weights a little further from nought: more than half, so that nothing is scored by difference. */
async function termsOf(database: Database, timeZone: string) {
  const bundle = await versionsOf(database).inForce(await currentDay(database.pool, timeZone))
  const found = bundle.formulas.find(({ ref }) => ref.id === FORMULA)?.formula.source
  if (!found) throw new Error(`${FORMULA} is not in force`)
  const weights = found.terms.flatMap((term, place) => ('weight' in term ? [[place, Number(term.weight)] as const] : []))
  return {
    linear: weights[0]?.[0] ?? 0,
    further: (round: number): Record<string, unknown> =>
      Object.fromEntries(
        weights.map(([place, weight]) => [`/terms/${place}/weight`, Math.round(weight * (1_000_000 + 1_000 * (round + 1))) / 1_000_000]),
      ),
  }
}
