/** Comparisons of lists that change in every way: totals against plain SQL, pages of any size once each in order, each pair computed once. */
import t from 'tap'
import type { Database } from '../../../src/db/database.ts'
import { CHANGES, type Change, type ChangedUnit, type ComparisonPlace } from '../../../src/targeting/lists/compare-lists.ts'
import { listComparisons } from '../../../src/targeting/lists/list-comparisons.ts'
import { type ListHeader, listOfRun } from '../../../src/targeting/lists/list-store.ts'
import { testDatabase } from '../../support/database.ts'
import { type MadeUnit, publishMade, startedRun } from '../support/published.ts'

const database = await testDatabase(t)
const listOf = async (units: readonly MadeUnit[]): Promise<ListHeader> => {
  const run = await startedRun(database)
  await publishMade(database, run, [{ programme: 'cash', units }])
  return (await listOfRun(database.pool, run, 'cash')) as ListHeader
}
/** 600 of 900 households, in an order of its own, a third of them selected. */
const draw = (step: number): MadeUnit[] =>
  Array.from({ length: 600 }, (_, i) => ({ householdRef: ((i * step) % 907) + 1, status: i % 3 === 0 ? 'selected' : 'left-out', score: i }))
const lists = [await listOf(draw(1)), await listOf(draw(5)), await listOf(draw(1).slice(0, 590))] as const

t.test('totals and pages are those of plain SQL', async (t) => {
  const comparisons = listComparisons(database)
  for (const [a, b] of [
    [0, 1],
    [1, 0],
    [0, 2],
    [2, 0],
    [0, 0],
  ] as const) {
    const [here, there] = [lists[a], lists[b]]
    const { rows } = await database.pool.query<{ change: string; position: number }>(
      `select case when t.position is null then 'entered' when h.position is null then 'left' when (h.position, h.status) <> (t.position, t.status) then 'moved' else 'same' end as change,
         coalesce(h.position, t.position) as position
       from (select * from ranked_unit where list_number = $1) h full join (select * from ranked_unit where list_number = $2) t using (household_ref)
       order by h.position nulls last, t.position`,
      [here.number, there.number],
    )
    const count = (change: string): number => rows.filter((row) => row.change === change).length
    const comparison = await comparisons.of(here, there)
    t.match(comparison.counts, { entered: count('entered'), left: count('left'), moved: count('moved'), same: count('same') })
    for (const change of [undefined, ...CHANGES])
      for (const limit of [1, 7, 500]) {
        const found: ChangedUnit[] = []
        for (let place: ComparisonPlace | null = { among: 'here', after: 0 }; place !== null;) {
          const page = await comparisons.page(comparison, change, place, limit)
          t.ok(page.units.length <= limit)
          found.push(...page.units)
          place = page.next
          if (limit === 1 && found.length > 20) break
        }
        const wanted = rows.filter((row) => row.change !== 'same' && (change === undefined || row.change === change))
        t.same(
          found.map((unit) => [unit.change, (unit.here ?? unit.there)?.position]),
          wanted.slice(0, limit === 1 ? found.length : undefined).map((row) => [row.change as Change, row.position]),
          `${a} against ${b}, ${change ?? 'any'} by ${limit}`,
        )
      }
  }
})

t.test('a pair is compared once, however many ask; a failure is not kept', async (t) => {
  let computed = 0
  let failing = true
  const counting = {
    ...database,
    transaction: async (...asked: Parameters<Database['transaction']>) => {
      computed++
      if (failing) throw new Error('gone')
      return database.transaction(...asked)
    },
  } as Database
  const comparisons = listComparisons(counting)
  await t.rejects(comparisons.of(lists[0], lists[1]), /gone/)
  failing = false
  const [first, second] = await Promise.all([comparisons.of(lists[0], lists[1]), comparisons.of(lists[0], lists[1])])
  t.equal(first, second)
  t.equal(computed, 2)
  for (const there of lists) for (const here of lists) await comparisons.of(here, there)
  t.equal(computed, 2 + 8)
  await comparisons.of(lists[0], lists[1])
  t.equal(computed, 2 + 8 + 1, 'few are kept')
})
