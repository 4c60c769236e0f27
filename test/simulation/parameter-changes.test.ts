/** A parameter changed in a simulation is what a run under the changed parameter comes to, and facts computed again are those that were assembled. */
import { join } from 'node:path'
import t from 'tap'
import { readColumnFile } from '../../src/households/nation/column-file.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { compileRederivation, factsFollowing, followsFromFacts } from '../../src/language/catalogue/assembly/rederive.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { versionText } from '../../src/programmes/version.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { openBaseline } from '../../src/simulation/baseline.ts'
import { changedFacts, notFromFacts } from '../../src/simulation/changed-facts.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { ownersOf } from '../../src/targeting/run/resident-nation.ts'
import { createRun, performRun } from '../../src/targeting/run/perform-run.ts'
import { partFiles } from '../../src/targeting/run/snapshot.ts'
import { AS_OF } from '../support/seeded-app.ts'
import { quietly, runRequest, seededRuns } from '../targeting/support/seeded-runs.ts'

const made = await seededRuns(t, 120)
const { database, deps } = made
const { folder } = deps.settings
const run = async (cycle = 'november'): Promise<string> => {
  const id = await createRun(deps, runRequest({ cycle }))
  await performRun(deps, id, quietly)
  return id
}
const first = await run()
const laboratory = openLaboratory({
  database,
  versions: versionsOf(database),
  folder,
  settings: { dataDirectory: join(folder, '..'), threads: 1 },
})
t.teardown(() => laboratory.close())

/** Selected and spent of the lists of a run, by programme. */
async function listed(id: string): Promise<Record<string, readonly [selected: number, spent: number]>> {
  const { rows } = await database.pool.query<{ programme: string; selected: number; spent: number }>(
    'select programme, selected::int, spent::float8 from ranked_list where run_id = $1',
    [id],
  )
  return Object.fromEntries(rows.map(({ programme, selected, spent }) => [programme, [selected, spent]]))
}

t.test('every fact that follows from facts comes out as it was assembled', async (t) => {
  const { snapshot, assembledBy, facts, asOf } = await openBaseline({ database, versions: versionsOf(database), folder }, { run: first })
  const { catalogue } = assembledBy
  const follow = [...catalogue.facts.values()].filter((fact) => facts.has(fact.id) && followsFromFacts(fact))
  t.ok(follow.length > 60, `${follow.length} facts`)
  const { compute, inputs } = compileRederivation(catalogue, follow, asOf)
  t.ok(inputs.household.size > 0 && inputs.person.size > 0)
  for (const { path, hash } of partFiles(snapshot)) {
    const part = await readColumnFile(path, hash)
    const again = compute({ ...part, householdOf: ownersOf(part) })
    t.equal(again.household.length + again.person.length, follow.length)
    for (const space of ['household', 'person'] as const)
      for (const [slot, column] of again[space]) t.strictSame(column, part[space][slot], catalogue[space].types[slot]?.id ?? '')
  }
})

t.test('a simulation of changed parameters is a run under them', async (t) => {
  const before = await listed(first)
  const values: Readonly<Record<string, (json: { values: { value?: unknown; rows?: unknown[][] }[] }) => void>> = {
    'poverty-line': ({ values: [epoch] }) => void (epoch && (epoch.value = 140)),
    'elder-age': ({ values: [epoch] }) => void (epoch && (epoch.value = 70)),
    'cash-transfer-amount': ({ values: [epoch] }) => void ((epoch?.rows?.[1] ?? [])[1] = 61),
    'population-share': ({ values: [epoch] }) => void ((epoch?.rows?.[0] ?? [])[1] = 0.01),
  }
  const changed = shippedTexts().flatMap((text) => {
    const change = text.kind === 'parameter' ? values[text.id] : undefined
    if (!change) return []
    const json = structuredClone(text.json) as Parameters<typeof change>[0]
    change(json)
    return [versionText('parameter', text.id, JSON.stringify(json), json)]
  })
  t.equal(changed.length, 4)
  const simulated = await laboratory.simulate(
    {
      name: 'parameters',
      baseline: { run: first },
      scenarios: [
        { name: 'all', changes: changed.map(({ id, json }) => ({ object: 'parameter' as const, id, source: json })) },
        { name: 'line', changes: [{ object: 'parameter', id: 'povertyLine', value: 140 }] },
      ],
    },
    quietly,
  )
  const totals = (of: 'before' | 'after') =>
    Object.fromEntries((simulated.scenarios[0]?.programmes ?? []).map((one) => [one.programme, [one[of].selected, one[of].spent]]))
  t.same(totals('before'), before)
  await loadShippedVersions(database, [...shippedTexts().filter(({ id, kind }) => kind !== 'parameter' || !values[id]), ...changed])
  const second = await run()
  const after = await listed(second)
  t.notSame(after, before)
  t.same(totals('after'), after)
  const byForce = await laboratory.simulate(
    { name: 'in force', baseline: { run: first, versions: 'inForce' }, scenarios: [{ name: 'none', changes: [] }] },
    quietly,
  )
  t.same(
    Object.fromEntries((byForce.scenarios[0]?.programmes ?? []).map((one) => [one.programme, [one.before.selected, one.before.spent]])),
    after,
  )
})

t.test('facts that only registries tell are named', async (t) => {
  const { bundle, assembledBy, facts } = await openBaseline({ database, versions: versionsOf(database), folder }, { run: first })
  t.same(changedFacts(bundle, assembledBy, facts), [])
  const { catalogue } = bundle
  const all = factsFollowing(catalogue, new Set(catalogue.parameters.keys()))
  for (const id of notFromFacts(all)) t.not(catalogue.facts.get(id)?.definition.kind, 'derived')
  t.equal(dayNumber(AS_OF), (await openBaseline({ database, versions: versionsOf(database), folder }, { run: first })).asOf)
})
