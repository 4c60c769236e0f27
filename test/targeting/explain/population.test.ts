/** Whom a run was about: by its pinned inputs of any format, read by a thread; what is not kept, or not as it was, is told. */
import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { isAmong, populationOf } from '../../../src/targeting/explain/population.ts'
import { inputsFolder, type RunInputs, writeInputs } from '../../../src/targeting/run/run-inputs.ts'
import type { StoredRun } from '../../../src/targeting/run/run-store.ts'

const folder = t.testdir()
const bundle = { catalogue: { household: { slot: () => 0, types: [{ codes: ['11', '12', '13'] }] } } } as unknown as Bundle
const inputs = (change: Partial<RunInputs>): RunInputs => ({
  format: 3,
  asOf: '2026-11-01',
  cycle: 'november',
  population: 'registrants',
  registeredBy: null,
  registrants: [],
  governorates: [],
  sample: 0,
  applications: { household: [], firstDay: [] },
  declared: { household: [], application: [], hash: '' },
  enrolled: {},
  ...change,
})
const asked = (hash: string | null, change: object = {}): StoredRun =>
  ({ request: JSON.stringify({ population: 'registrants', governorates: [], ...change }), inputs: hash }) as unknown as StoredRun
const only = async (hash: string | null): Promise<number[]> => [...((await populationOf(folder, asked(hash), bundle)).only ?? [])]

t.test('registrants, ascending; up to format 2 those who applied', async (t) => {
  t.same(await only(await writeInputs(folder, inputs({ registrants: [3, 20, 2 ** 40] }))), [3, 20, 2 ** 40])
  // In JSON what is undefined is absent, as in files of that format.
  const old = { ...inputs({ format: 2, applications: { household: [100, 20], firstDay: [1, 2] } }), registrants: undefined }
  t.same(await only(await writeInputs(folder, old as unknown as RunInputs)), [20, 100])
  const hash = await writeInputs(folder, inputs({ registrants: [5] }))
  t.same(await Promise.all([only(hash), only(hash)]), [[5], [5]])
})

t.test('residents, of some governorates, need no file', async (t) => {
  const found = await populationOf(folder, asked(null, { population: 'residents', governorates: ['13', '11'] }), bundle)
  t.same(found, { only: null, governorates: new Set([2, 0]) })
})

t.test('what is not kept or not as it was is told, and asked again it is looked for again', async (t) => {
  const hash = await writeInputs(folder, inputs({ registrants: [7] }))
  const path = join(inputsFolder(folder), hash)
  await appendFile(path, ' ')
  await t.rejects(only(hash), { code: 'run-inputs-changed' })
  await rm(path)
  await t.rejects(only(hash), { code: 'run-not-kept' })
  await t.rejects(only(null), { code: 'run-not-kept' })
  await writeInputs(folder, inputs({ registrants: [7] }))
  t.same(await only(hash), [7])
})

t.test('who is among them', (t) => {
  const refs = Float64Array.of(2, 5, 9, 2 ** 52)
  t.same(
    [1, 2, 3, 5, 9, 10, 2 ** 52, 2 ** 53].map((ref) => isAmong(refs, ref)),
    [false, true, false, true, true, false, true, false],
  )
  t.notOk(isAmong(new Float64Array(0), 1))
  t.end()
})
