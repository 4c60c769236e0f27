/** Rank and percentile of one household alone: by the run that was published last, said to be provisional, pinned with what was determined. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { verifyDetermination } from '../../../src/determinations/verify-determination.ts'
import { createRun, performRun, type RunRequest } from '../../../src/targeting/run/perform-run.ts'
import { application, AS_OF } from '../../support/seeded-app.ts'
import { quietly, runRequest, seededRuns } from '../support/seeded-runs.ts'

const { database, deps, get, post, heads } = await seededRuns(t, 60)
const { pool } = database
const KIND = 'in-kind'

interface Determined {
  readonly id: string
  readonly outcome: string
}
interface Standing {
  readonly run: string
  readonly asOf: string
  readonly rank: number
  readonly percentile: number
}
type Programmes = readonly { programme: string; determinations: readonly Determined[] }[]

const perform = async (change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await createRun(deps, runRequest(change))
  await performRun(deps, id, quietly)
  return id
}
const inKind = (programmes: Programmes): Determined =>
  programmes.find(({ programme }) => programme === KIND)?.determinations[0] as Determined
const determined = async (nationalId: string): Promise<Determined> =>
  inKind((await post('/v1/determinations', { nationalId, asOf: AS_OF, store: true })).json<{ programmes: Programmes }>().programmes)
const standingsOf = async (id: string): Promise<readonly Standing[] | undefined> => {
  const { rows } = await pool.query<{ facts: string }>(
    'select facts from fact_snapshot s join determination d on d.snapshot_id = s.id where d.id = $1',
    [id],
  )
  return (JSON.parse(rows[0]?.facts ?? '') as { standings?: Standing[] }).standings
}
async function replays(t: { equal: (a: unknown, b: unknown, message: string) => unknown }, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    t.equal((await get(`/v1/determinations/${id}/replay`)).json<{ same: boolean }>().same, true, id)
    for await (const { ok, name } of verifyDetermination(database, id)) t.equal(ok, true, `${name} of ${id}`)
  }
}

const some = heads.slice(0, 40)
const before = await Promise.all(some.slice(0, 5).map(({ number }) => determined(number)))
const first = await perform()
const after: Determined[] = []
for (const { number } of some) after.push(await determined(number))

t.test('a record that no longer says what the determination says is told', async (t) => {
  const { id, outcome } = before[0] as Determined
  const differing = async (): Promise<string[]> => {
    const found = []
    for await (const { ok, name } of verifyDetermination(database, id)) if (!ok) found.push(name)
    return found
  }
  const set = async (column: string, value: unknown): Promise<void> => {
    await pool.query('alter table determination disable trigger determination_immutable')
    await pool.query(`update determination set ${column} = $2 where id = $1`, [id, value])
    await pool.query('alter table determination enable trigger determination_immutable')
  }
  const { rows } = await pool.query<{ body: string }>('select body from determination where id = $1', [id])
  for (const [column, was, other] of [
    ['outcome', outcome, 'withheld'],
    ['programme', KIND, 'health-insurance'],
    ['person_ref', null, 1],
  ] as const) {
    await set(column, other)
    t.same((await differing())[0], 'record', column)
    await set(column, was)
  }
  await set('body', 'none')
  t.same(await differing(), ['body', 'record'], 'there is nothing to determine again')
  await set('body', rows[0]?.body)
  t.same(await differing(), [])
})

t.test('unknown before the first run', async (t) => {
  for (const { id } of before) t.equal(await standingsOf(id), undefined)
  t.notMatch((await get(`/v1/determinations/${before[0]?.id}/explanation?lang=en`)).body, /provisional/)
})

t.test('then the place that the run gave it, as long as nothing of it changed', async (t) => {
  const { rows } = await pool.query<{ ref: number; rank: number; percentile: number }>(
    `select distinct household_ref as ref, national_rank as rank, percentile from ranked_unit u
     join ranked_list l on l.number = u.list_number where l.run_id = $1 and national_rank is not null`,
    [first],
  )
  const listed = new Map(rows.map(({ ref, rank, percentile }) => [ref, { rank, percentile }]))
  let compared = 0
  for (const [place, { householdRef }] of some.entries()) {
    const [standing, ...others] = (await standingsOf(after[place]?.id ?? '')) ?? []
    t.same(others, [])
    const own = listed.get(householdRef)
    if (own) t.match(standing, { ...own, run: first, asOf: AS_OF }, `household ${householdRef}`)
    if (own) compared++
  }
  t.ok(compared > 10, `${compared} households`)
})

t.test('it says that it is provisional, and by which run, in both languages', async (t) => {
  for (const { id } of after.slice(0, 8)) {
    if ((await standingsOf(id)) === undefined) continue
    t.match((await get(`/v1/determinations/${id}/explanation?lang=en`)).body, `(provisional: from run ${first} of 1 November 2026)`)
    t.match((await get(`/v1/determinations/${id}/explanation?lang=ar`)).body, new RegExp(`قيمة مؤقتة: من عملية التشغيل ${first} بتاريخ`))
  }
})

t.test('a later run changes what is determined then, and nothing of what was', async (t) => {
  const governorate = (
    await pool.query<{ governorate: string }>('select governorate from ranked_unit where governorate is not null limit 1')
  ).rows[0]?.governorate as string
  await perform({ governorates: [governorate], cycle: 'part' })
  const number = some[0]?.number as string
  t.match(await standingsOf((await determined(number)).id), [{ run: first }], 'a part of the country is nobody’s measure')

  for (const { number: applicant } of heads.slice(0, 20))
    await post('/v1/applications', application(applicant), { 'idempotency-key': randomUUID() })
  const second = await perform({ population: 'registrants', cycle: 'registrants' })
  const now = await determined(number)
  t.match(await standingsOf(now.id), [{ run: second }])
  await replays(
    t,
    [...before, ...after.slice(0, 10), now].map(({ id }) => id),
  )
  t.match((await get(`/v1/determinations/${after[0]?.id}/explanation?lang=en`)).body, `from run ${first} of`)
  const outside = heads[30]?.number as string
  const [standing] = (await standingsOf((await determined(outside)).id)) ?? []
  t.match(standing, { run: second }, 'who was not in the run has a place by the score')
  t.ok((standing?.rank ?? 0) >= 1 && (standing?.rank ?? 99) <= 21)
})

t.test('an application says so too', async (t) => {
  const applied = await post('/v1/applications', application(some[2]?.number as string), { 'idempotency-key': randomUUID() })
  const { id } = inKind(applied.json<{ programmes: Programmes }>().programmes)
  t.equal((await standingsOf(id))?.length, 1)
  await replays(t, [id])
})

t.test('what stands in the stored facts decides, not what is in force', async (t) => {
  const one = after.find(({ outcome }) => outcome === 'eligible') ?? after[0]
  await pool.query('delete from published_ranking')
  await replays(t, [one?.id as string])
  t.equal(await standingsOf((await determined(some[0]?.number as string)).id), undefined)
})
