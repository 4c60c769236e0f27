/** A completed simulation is computed again: it agrees, whatever came into force since, and whatever was planted in it is found. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { simulationChecks } from '../../src/commands/verify-words.ts'
import { sha256 } from '../../src/kernel/canonical.ts'
import { newId } from '../../src/kernel/new-id.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../src/programmes/shipped-files.ts'
import { versionText } from '../../src/programmes/version.ts'
import { versionsOf } from '../../src/programmes/versions-in-force.ts'
import { putAt } from '../../src/simulation/json-places.ts'
import { openLaboratory } from '../../src/simulation/laboratory.ts'
import { performSimulation } from '../../src/simulation/perform-simulation.ts'
import type { SimulationRequest } from '../../src/simulation/scenario-schema.ts'
import { readSimulation, readSimulationResult, storeSimulation } from '../../src/simulation/simulation-store.ts'
import { verifySimulation } from '../../src/simulation/verify-simulation.ts'
import { quietly } from '../targeting/support/seeded-runs.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from '../simulation/support/seeded-laboratory.ts'

const { database, depsWith, laboratory, run } = await seededLaboratory(t, 150)
const { pool } = database

const performed = async (baseline: SimulationRequest['baseline']): Promise<string> => {
  const id = newId()
  const request = { name: 'x', baseline, scenarios: [scenario('a', programmeSet(CASH, { '/targeting/budget': 5_000 }))] }
  await storeSimulation(pool, { id, actor: 'test', entity: 'MODEE', name: 'x', request: JSON.stringify(request) }, null)
  await performSimulation({ database, laboratory }, id, quietly)
  return id
}
const id = await performed({ run })
const inForce = await performed({ run, versions: 'inForce' })

const failed = async (of: string, by = laboratory): Promise<string[]> => {
  const wrong: string[] = []
  for await (const { name, ok } of verifySimulation({ database, laboratory: by }, of, quietly.signal)) if (!ok) wrong.push(name)
  return wrong
}

/** Changes what a trigger refuses to change, and changes it back. */
async function planted(change: Readonly<Record<string, string>>, found: readonly string[]): Promise<void> {
  const stored = await pool.query<Record<string, string>>(
    'select request, manifest, manifest_hash, result, behind from simulation where id = $1',
    [id],
  )
  const set = async (values: Readonly<Record<string, string>>): Promise<void> => {
    await pool.query('alter table simulation disable trigger user')
    for (const [column, value] of Object.entries(values))
      await pool.query(`update simulation set ${column} = $2 where id = $1`, [id, value])
    await pool.query('alter table simulation enable trigger user')
  }
  await set(change)
  t.same(await failed(id), found)
  await set(stored.rows[0] as Record<string, string>)
}

t.test('it agrees, and every kind of check is made', async (t) => {
  const names: string[] = []
  for await (const { name, ok, detail } of verifySimulation({ database, laboratory }, id, quietly.signal)) {
    t.ok(ok, `${name} ${detail ?? ''}`)
    names.push(name)
  }
  t.same(new Set(names), new Set(Object.keys(simulationChecks)))
  const two = openLaboratory(depsWith(2))
  t.teardown(() => two.close())
  t.same(await failed(id, two), [])
})

t.test('a completed simulation refuses to change, and what was changed all the same is found', async (t) => {
  await t.rejects(pool.query("update simulation set result = '{}' where id = $1", [id]), { code: '23001' })
  const { rows } = await pool.query<{ result: string }>('select result from simulation where id = $1', [id])
  const result = rows[0]?.result as string
  const { manifest = '', request } = (await readSimulation(pool, id)) as unknown as Record<string, string>
  const other = result.replace(/"selected":(\d+)/, (_, count) => `"selected":${Number(count) + 1}`)
  t.not(other, result)
  await planted({ result: other }, ['result', 'again'])
  const withHash = (text: string): Record<string, string> => ({ manifest: text, manifest_hash: sha256(text) })
  // Whoever plants the hashes too is found by what is computed again.
  await planted({ result: other, ...withHash(manifest.replace(sha256(result), sha256(other))) }, ['again'])
  await planted({ manifest: manifest.replace(run, randomUUID()) }, ['manifest'])
  await planted(withHash(manifest.replace(run, randomUUID())), ['again'])
  await planted({ request: (request as string).replace('5000', '5001') }, ['again'])
  const behind = (await readSimulationResult(pool, id))?.behind ?? ''
  t.match(behind, /"key":\d+/)
  await planted({ behind: behind.replace(/"key":\d+/, '"key":7') }, ['again'])
  t.same(await failed(id), [])
})

t.test('versions that came into force since make no difference', async (t) => {
  const texts = shippedTexts().map((text) => {
    if (text.kind !== 'programme' || text.id !== CASH) return text
    const { json } = putAt(text.json, { '/targeting/places': 9 }) as { readonly json: unknown }
    return versionText('programme', CASH, JSON.stringify(json), json)
  })
  await loadShippedVersions(database, texts)
  const later = openLaboratory({ ...depsWith(1), versions: versionsOf(database) })
  t.teardown(() => later.close())
  t.same(await failed(inForce, later), [])
  t.same(await failed(id, later), [])
})

t.test('one without a result, and one that does not exist', async (t) => {
  const queued = newId()
  await storeSimulation(pool, { id: queued, actor: 'test', entity: 'MODEE', name: 'x', request: '{}' }, null)
  await t.rejects(failed(queued), { code: 'simulation-not-completed', parts: { detail: 'queued' } })
  await t.rejects(failed(randomUUID()), { code: 'simulation-not-found' })
})
