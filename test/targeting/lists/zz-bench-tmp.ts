import { testDatabase } from '/work/main/test/support/database.ts'
import { publishMade, startedRun } from '/work/main/test/targeting/support/published.ts'
import { listPage, latestList, listOfRun } from '/work/main/src/targeting/lists/list-store.ts'
import { comparisonCounts, comparisonPage } from '/work/main/src/targeting/lists/compare-lists.ts'
import { csvLines } from '/work/main/src/targeting/lists/csv.ts'
import { UNIT_FIELDS } from '/work/main/src/targeting/lists/unit-answer.ts'
const ends: (() => unknown)[] = []
const db = await testDatabase({ teardown: (f: () => unknown) => void ends.push(f) } as never)
const N = 500_000
const make = (k: number) => Array.from({ length: N }, (_, i) => ({ householdRef: ((i * 7919 + k) % (N + 1000)) + 1e9, score: i, status: (i < 1e5 ? 'selected' : i < 12e4 ? 'waitlisted' : 'left-out') as never, governorate: i % 97 === 0 ? 2 : i % 2, dependsOnMissing: i % 5000 === 0, tier: i < 1000 ? 0 : 1 }))
const runs: string[] = []
for (const k of [0, 1]) { const r = await startedRun(db); runs.push(r); const units = make(k); const t0 = performance.now(); await publishMade(db, r, [{ programme: 'big', units }]); console.log('publish 500k', Math.round(performance.now() - t0), 'ms') }
const pct = async (name: string, f: (i: number) => Promise<unknown>, n = 300) => { const ms: number[] = []; for (let i = 0; i < n; i++) { const t0 = performance.now(); await f(i); ms.push(performance.now() - t0) } ms.sort((a, b) => a - b); console.log(name, 'p50', ms[n >> 1]!.toFixed(2), 'p99', ms[Math.floor(n * .99)]!.toFixed(2)) }
const here = (await listOfRun(db.pool, runs[1]!, 'big'))!; const there = (await listOfRun(db.pool, runs[0]!, 'big'))!
const measure = async (label: string) => {
  await pct(label + ' page', (i) => listPage(db.pool, here.number, {}, (i * 15485863) % N, 51))
  await pct(label + ' gov 13', (i) => listPage(db.pool, here.number, { governorate: '13' }, (i * 15485863) % N, 51))
  await pct(label + ' depends', (i) => listPage(db.pool, here.number, { dependsOnMissing: true }, (i * 15485863) % N, 51), 50)
  await pct(label + ' tier 0 (none left)', () => listPage(db.pool, here.number, { tier: 0 }, 2000, 51), 10)
  await pct(label + ' selected past end', () => listPage(db.pool, here.number, { status: 'selected' }, 150000, 51), 50)
  await pct(label + ' household', (i) => listPage(db.pool, here.number, { householdRef: 1e9 + i }, 0, 51))
  await pct(label + ' selected+13', (i) => listPage(db.pool, here.number, { status: 'selected', governorate: '13' }, (i * 15485863) % 100000, 51))
  await pct(label + ' header', () => latestList(db.pool, 'big'))
}
await measure('2 lists')
let t0 = performance.now(); console.log(await comparisonCounts(db.pool, here, there), Math.round(performance.now() - t0), 'ms counts')
for (const change of [undefined, 'entered', 'left', 'moved'] as const) for (const after of [0, 400000]) { t0 = performance.now(); await comparisonPage(db.pool, { here, there, change }, { among: 'here', after }, 50); console.log('cmp page', change, after, Math.round(performance.now() - t0)) }
t0 = performance.now(); let bytes = 0; for await (const s of csvLines(db.pool, here.number, {}, UNIT_FIELDS)) bytes += s.length; console.log('csv', bytes, Math.round(performance.now() - t0), 'ms')
t0 = performance.now(); for (let i = 0; i < 40; i++) { const r = await startedRun(db); await publishMade(db, r, Array.from({ length: 7 }, (_, p) => ({ programme: 'p' + p, units: make(0).slice(0, 10) }))) } console.log('280 small lists', Math.round(performance.now() - t0))
await measure('282 lists')
for (const f of ends) await f()
