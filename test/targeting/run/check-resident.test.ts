/** What goes on behind the lists of a nation: the sample is judged again, and a planted disagreement is found in whichever part it is. */
import { join } from 'node:path'
import t from 'tap'
import { scoredFormulas } from '../../../src/determinations/bulk/bulk-bundle.ts'
import type { NationColumns } from '../../../src/determinations/bulk/nation.ts'
import { answersHash } from '../../../src/households/declared-answers.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { textsOfSet, versionsOf } from '../../../src/programmes/versions-in-force.ts'
import { checkResident } from '../../../src/targeting/run/check-resident.ts'
import { decideResident, listsChecked, settledBehind } from '../../../src/targeting/run/decide-snapshot.ts'
import { openResident, slotsResident } from '../../../src/targeting/run/resident-nation.ts'
import { runNation } from '../../../src/targeting/run/run-nation.ts'
import { openThreads } from '../../../src/targeting/run/thread-pool.ts'
import { freshness, seededWarehouse } from '../../households/seeded-warehouse.ts'
import { day } from '../../rules/real-rows.ts'

const asOf = day('2026-11-01')
const database = await seededWarehouse(t, 300, '2026-11-01')
await loadShippedVersions(database)
const bundle = await versionsOf(database).inForce(asOf)
const { signal } = new AbortController()
const asked = {
  bundle,
  asOf,
  cycle: 'autumn 2026',
  applicationDates: new Map(),
  enrolled: new Map(),
  only: null,
  governorates: null,
  sample: 30,
  onProgress: () => undefined,
}
const run = await runNation(
  database,
  { folder: join(t.testdir(), 'nation'), memoryMb: 512, threads: 2 },
  {
    ...asked,
    freshness,
    declared: { answers: [], hash: answersHash([]) },
    served: new Map(),
    onSources: async () => undefined,
    onAssembled: async () => undefined,
    signal,
  },
)
await settledBehind(run.behind)
const texts = await textsOfSet(database, bundle.hash)
const threads = await openThreads(2, { bundle: bundle.hash, texts, asOf, assembly: null }, signal)
t.teardown(() => threads.close())
const resident = await openResident(threads, bundle, run.snapshot, slotsResident(bundle), () => undefined)

t.test('a sound run comes through, and its lists with the missing facts of whom they hang on', async (t) => {
  const decided = await decideResident(threads, resident, asked)
  t.ok(decided.lists.every(({ missingFacts }) => missingFacts === undefined))
  const lists = await listsChecked(decided.behind)
  t.same(
    lists.map(({ programme }) => programme),
    decided.lists.map(({ programme }) => programme),
  )
  t.ok(lists.every(({ missingFacts }) => missingFacts))
  t.equal(decided.sampled, 30)
})

t.test('who was judged otherwise is named, wherever in the sample', async (t) => {
  const { nation } = await decideResident(threads, resident, asked)
  const [ranking] = run.lists.flatMap(({ ranking: found }) => found ?? [])
  const { rank, percentile } = ranking?.nation ?? { rank: new Uint32Array(), percentile: new Uint8Array() }
  const { scores } = nation
  const columns: NationColumns = nation.programmes
  const judged = { bundle, scores, ranks: scoredFormulas(bundle).map(() => ({ rank, percentile })), columns }
  const rows = Uint32Array.from({ length: nation.householdRefs.length }, (_, row) => row)
  await checkResident(threads, resident, judged, rows)
  const at = columns.findIndex(({ unit }) => unit === 'household')
  const { truth, programme } = columns[at] ?? { truth: new Uint8Array(), programme: '' }
  for (const row of [0, rows.length >> 1, rows.length - 1]) {
    const was = truth[row] as number
    truth[row] = was === 2 ? 0 : 2
    const about = new RegExp(`${programme}: household ${nation.householdRefs[row]}, truth`)
    await t.rejects(checkResident(threads, resident, judged, rows), { code: 'run-disagreement', parts: { detail: about } }, `row ${row}`)
    await checkResident(
      threads,
      resident,
      judged,
      rows.filter((one) => one !== row),
    )
    truth[row] = was
  }
})
