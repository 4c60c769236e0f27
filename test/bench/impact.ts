/**
 * The impact of a change on a nation: a ceiling raised, a rule with a condition more, a weight changed. On the newest run of MIZAN_DATA_DIR
 * (seed and run it first: `npm run mizan -- seed --households 2345000`, `npm run mizan -- run --all-residents --despite-registries`).
 */
import { laboratoryDeps } from '../../src/commands/laboratory-deps.ts'
import { CONNECTIONS_MIN } from '../../src/commands/run-deps.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { dayNumber, isoOfDay } from '../../src/kernel/date.ts'
import { checkChange, type Change } from '../../src/programmes/authoring/changes/check-change.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { keptRun } from '../../src/simulation/baseline.ts'
import { changeOf } from '../../src/simulation/impact/ask-impact.ts'
import { measureImpact } from '../../src/simulation/impact/measure-impact.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import type { Bench } from './support/figure.ts'
import { quantile } from './support/figure.ts'

const ROUNDS = 3

export const bench: Bench = async (report) => {
  if (process.env['MIZAN_DATA_DIR'] === undefined) {
    process.stderr.write('impact: MIZAN_DATA_DIR with a completed run is needed\n')
    return
  }
  const config = readConfig({ ...process.env, DATABASE_POOL_SIZE: String(CONNECTIONS_MIN) })
  const database = await openDatabase(config)
  const laboratory = openLaboratory(laboratoryDeps(database, config))
  const { versions, folder } = laboratory.deps
  const told = { onProgress: () => undefined, signal: new AbortController().signal }
  try {
    await migrate(database.pool)
    await loadShippedVersions(database)
    const { run, snapshot } = await keptRun(database, folder, 'latest')
    const effectiveFrom = isoOfDay((dayNumber(run.asOf) as number) + 30)
    const measure = async (texts: Change['texts']) => {
      const checked = await checkChange(database, { effectiveFrom, texts })
      const base = await versions.inForce(dayNumber(effectiveFrom) as number)
      const { bundle } = checked
      if (!bundle) throw new Error(JSON.stringify(checked.diagnostics.slice(0, 3)))
      const asked = {
        run: run.id,
        snapshot: snapshot.hash,
        effectiveFrom,
        base: base.hash,
        draft: bundle.hash,
        change: changeOf(bundle, checked),
      }
      const [started, cpu] = [performance.now(), process.cpuUsage()]
      const { households } = await measureImpact(laboratory, asked, told)
      const { user, system } = process.cpuUsage(cpu)
      return {
        seconds: (performance.now() - started) / 1000,
        cpuSeconds: (user + system) / 1e6,
        households: Math.round(households / 1000) * 1000,
      }
    }
    const first = await measure([ceiling(effectiveFrom, 301)])
    report({ figure: 'the first impact: snapshot into memory and baseline decided', value: first.seconds, unit: 's', ...first })
    const cases: readonly (readonly [string, (round: number) => Change['texts']])[] = [
      ['a ceiling raised', (round) => [ceiling(effectiveFrom, 350 + round)]],
      ['a condition more in a rule', (round) => rule(effectiveFrom, round)],
      ['one weight of the formula that most programmes rank by', (round) => formula(effectiveFrom, round)],
    ]
    for (const [figure, texts] of cases) {
      const rounds: Awaited<ReturnType<typeof measure>>[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(texts(round)))
      const median = (of: (round: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5)
      report({
        figure,
        value: median(({ seconds }) => seconds),
        unit: 's',
        cpuSeconds: median(({ cpuSeconds }) => cpuSeconds),
        households: first.households,
        rounds: ROUNDS,
        target: { atMost: 3 },
      })
    }
  } finally {
    await laboratory.close()
    await database.close()
  }
}

type Text = Change['texts'][number]

const shippedJson = (kind: Text['kind'], id: string) =>
  structuredClone(shippedTexts().find((text) => text.kind === kind && text.id === id)?.json) as Record<string, unknown>
const textOf = (kind: Text['kind'], id: string, json: unknown): Text => ({ kind, id, source: JSON.stringify(json) })

function ceiling(from: string, value: number): Text {
  const json = shippedJson('parameter', 'health-income-ceiling')
  return textOf('parameter', 'health-income-ceiling', {
    ...json,
    values: [...(json['values'] as object[]), { from, value, citation: 'Illustrative: bench' }],
  })
}

const ID = 'health-insurance'

function rule(effectiveFrom: string, round: number): Text[] {
  const json = shippedJson('rule', ID)
  const { all } = json['conditions'] as { all: object[] }
  const more = { fact: 'householdSize', operator: 'greaterThan', value: round + 1, citation: 'Illustrative: bench' }
  const named = { ...shippedJson('programme', ID), rule: { id: ID, version: 2 } }
  return [textOf('rule', ID, { ...json, version: 2, effectiveFrom, conditions: { all: [...all, more] } }), textOf('programme', ID, named)]
}

function formula(effectiveFrom: string, round: number): Text[] {
  const json = shippedJson('formula', 'welfare-ranking')
  const terms = (json['terms'] as Record<string, unknown>[]).map((term) => ({ ...term }))
  const [linear] = terms.filter((term) => 'weight' in term)
  if (linear) linear['weight'] = (round + 1) / 100
  const named = shippedTexts().filter(
    ({ kind, json: programme }) => kind === 'programme' && (programme as { formula?: { id: string } }).formula?.id === 'welfare-ranking',
  )
  return [
    textOf('formula', 'welfare-ranking', { ...json, version: 2, effectiveFrom, terms }),
    ...named.map(({ id, json: programme }) =>
      textOf('programme', id, { ...(programme as object), formula: { id: 'welfare-ranking', version: 2 } }),
    ),
  ]
}
