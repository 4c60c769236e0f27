/** Units of a run explained: what is told is what the lists say, for everybody in the run, to those who may see it. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { seedPopulation } from '../../../src/households/synthetic-nation.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { createRun, performRun, type RunRequest } from '../../../src/targeting/run/perform-run.ts'
import { readRun } from '../../../src/targeting/run/run-store.ts'
import { testApp } from '../../support/app.ts'
import { AS_OF } from '../../support/seeded-app.ts'
import { quietly, runDepsOf, runRequest } from '../support/seeded-runs.ts'

const dataDirectory = t.testdir()
const { app, database, headers, keyWith } = await testApp(t, { MIZAN_DATA_DIR: dataDirectory }, async (made) => {
  await seedPopulation(made, { households: 30, seed: 7, asOf: AS_OF })
  await loadShippedVersions(made)
})
const { pool } = database
const deps = runDepsOf(database, dataDirectory)

interface Explained {
  readonly snapshot: string
  readonly code?: string
  readonly detail?: string
  readonly householdRef: number
  readonly personRef: number | null
  readonly reader: { readonly personRef: number; readonly isHead: boolean } | null
  readonly unit: { readonly position: number; readonly score: string | null; readonly percentile: number | null } | null
  readonly selection: {
    readonly status: string | null
    readonly reason: string | null
    readonly sentences: readonly { en: string; ar: string }[]
  }
  readonly outcome: string
  readonly facts: Record<string, unknown>
  readonly person: Record<string, unknown> | null
  readonly hidden: readonly string[]
  readonly explanation: Record<'en' | 'ar', { readonly withheld: string | null; readonly rule: Rule | null; readonly score: Score | null }>
  readonly sources: readonly { readonly registry: string; readonly load: string | null; readonly asOf: string | null }[]
}
interface Rule {
  readonly outcome: string
  readonly headline: string
  readonly tree: unknown
}
interface Score {
  readonly point: unknown
}
interface Member {
  readonly personRef: number
  readonly householdRef: number
  readonly isHead: boolean
}

const get = async (url: string, with_ = headers): Promise<Explained> => (await app.inject({ url, headers: with_ })).json<Explained>()
const explain = async (run: string, body: object): Promise<Explained> =>
  (await app.inject({ method: 'POST', url: `/v1/runs/${run}/explanations`, payload: body, headers })).json<Explained>()
const performed = async (change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await createRun(deps, runRequest(change))
  await performRun(deps, id, quietly)
  return id
}
const { rows: members } = await pool.query<Member>(
  `select person_ref as "personRef", household_ref as "householdRef", is_head as "isHead" from household_member m
   where valid_from <= $1 and (valid_to is null or valid_to > $1)
     and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref and d.death_date <= $1) order by 2, 3 desc, 1`,
  [AS_OF],
)
const households = [...new Set(members.map(({ householdRef }) => householdRef))]
const events = async (): Promise<{ householdRef: number; outcome: string; purpose: string; read: string[]; objects: string[] }[]> =>
  (await pool.query<{ body: string }>('select body from audit_event order by id')).rows
    .map(({ body }) => JSON.parse(body))
    .filter(({ action }) => action === 'ranked-list.unit-explained')

const residents = await performed()

t.test('for every unit of every programme the explanation says what the list says', { timeout: 240_000 }, async (t) => {
  const manifest = JSON.parse((await readRun(pool, residents))?.manifest ?? '{}') as {
    undetermined: { programme: string; undetermined: number }[]
    lists: { programme: string; selected: number; waitlisted: number; leftOut: number }[]
  }
  for (const { programme, selected, waitlisted, leftOut } of manifest.lists) {
    const { rows } = await pool.query<{ key: string; status: string; score: string | null; percentile: number | null }>(
      `select u.household_ref || '/' || coalesce(u.person_ref::text, '') as key, u.status, u.score, u.percentile
       from ranked_unit u join ranked_list l on l.number = u.list_number where l.run_id = $1 and l.programme = $2`,
      [residents, programme],
    )
    const listed = new Map(rows.map((row) => [row.key, row]))
    const units: { householdRef: number; personRef?: number }[] =
      programme === 'pwd-rehabilitation'
        ? members.map(({ householdRef, personRef }) => ({ householdRef, personRef }))
        : households.map((householdRef) => ({ householdRef }))
    const counts: Record<string, number> = {}
    const wrong: string[] = []
    for (const unit of units) {
      const told = await explain(residents, { programme, ...unit, readerRef: unit.personRef })
      const row = listed.get(`${unit.householdRef}/${unit.personRef ?? ''}`)
      const name = `${programme} of ${JSON.stringify(unit)}: `
      if (told.code) wrong.push(`${name}${told.code} ${told.detail ?? ''}`)
      else {
        const { rule } = told.explanation.en
        if (rule?.outcome !== told.outcome || told.explanation.ar.rule?.outcome !== told.outcome) wrong.push(`${name}another rule`)
        if (told.selection.status !== (row?.status ?? null)) wrong.push(`${name}${told.selection.status}, ${row?.status} in the list`)
        if (told.unit && told.unit.percentile !== row?.percentile) wrong.push(`${name}another percentile`)
        if (told.selection.sentences.some(({ en, ar }) => !en || !ar || /null|undefined|NaN/.test(en + ar))) wrong.push(`${name}words`)
      }
      const what = told.selection?.status ?? told.outcome
      counts[what] = (counts[what] ?? 0) + 1
    }
    t.same(wrong.slice(0, 5), [], programme)
    const undetermined = manifest.undetermined.find((one) => one.programme === programme)?.undetermined ?? 0
    const expected = { selected, waitlisted, 'left-out': leftOut, undetermined, ineligible: units.length - rows.length - undetermined }
    t.same(counts, Object.fromEntries(Object.entries(expected).filter(([, count]) => count > 0)))
  }
})

t.test('by position: the row, the facts, where they come from, and the words in both languages', async (t) => {
  const told = await get('/v1/programmes/unified-cash-transfer/ranked-list/1')
  t.same(await get(`/v1/runs/${residents}/programmes/unified-cash-transfer/ranked-list/1`), told)
  t.equal(told.unit?.position, 1)
  t.equal(told.reader?.isHead, true, 'as the head may read it')
  t.match(told.selection.sentences[0]?.ar, /الوحدة مؤهلة/)
  t.ok(Object.keys(told.facts).length > 50)
  t.same(told.hidden, [])
  t.match(told.explanation.ar.rule?.headline, /[\u0600-\u06ff]/)
  t.ok(told.explanation.en.score)
  t.match(JSON.stringify(told.explanation.en.rule?.tree), /"source":"[^"]*2026/, 'each value with its registry and date')
  const { rows } = await pool.query<{ sources: string }>(
    'select sources from source_set s join run r on r.source_set = s.hash where r.id = $1',
    [residents],
  )
  t.match(
    told.sources,
    (JSON.parse(rows[0]?.sources ?? '[]') as { registry: string; load: string }[]).map(({ registry, load }) => ({ registry, load })),
  )
  t.match((await events()).at(-1), {
    householdRef: told.householdRef,
    outcome: told.selection.status,
    purpose: /ranked list/,
    read: [/^facts:/, `reader:${told.reader?.personRef}`],
    objects: [`run:${residents}`, /^list:unified-cash-transfer:/],
  })
})

t.test('what a reader may not see stays hidden', async (t) => {
  const { rows } = await pool.query<{ household: number; position: number }>(
    `select u.household_ref as household, u.position from ranked_unit u join published_list p on p.list_number = u.list_number where p.programme = 'unified-cash-transfer' order by 2`,
  )
  const unit = rows.find(({ household }) => members.filter(({ householdRef }) => householdRef === household).length > 1)
  const other = members.find(({ householdRef, isHead }) => householdRef === unit?.household && !isHead) as Member
  const url = `/v1/programmes/unified-cash-transfer/ranked-list/${unit?.position}`
  const [asHead, asOther] = [await get(url), await get(`${url}?readerRef=${other.personRef}`)]
  t.equal(asOther.reader?.personRef, other.personRef)
  t.ok(asOther.hidden.length > 0, asOther.hidden.join())
  for (const fact of asOther.hidden) {
    t.ok(fact in asHead.facts)
    t.notOk(fact in asOther.facts)
  }
  t.equal(asOther.selection.status, asHead.selection.status)
  const outsider = members.find(({ householdRef }) => householdRef !== unit?.household) as Member
  t.match(await get(`${url}?readerRef=${outsider.personRef}`), { status: 422, code: 'reader-not-member' })
  t.match((await events()).at(-1), { outcome: 'reader-not-member', read: ['membership', `reader:${outsider.personRef}`] })

  const { rows: adults } = await pool.query<Member>(
    `select m.person_ref as "personRef", m.household_ref as "householdRef" from household_member m join warehouse.cspd_personal_info p on p.person_ref = m.person_ref
     where p.birth_date < '1990-01-01' and not m.is_head and m.valid_to is null order by 1`,
  )
  const isMember = (one: Member): boolean =>
    members.some(({ personRef, householdRef }) => personRef === one.personRef && householdRef === one.householdRef)
  const { personRef, householdRef } = adults.find(isMember) as Member
  const head = members.find((one) => one.householdRef === householdRef && one.isHead) as Member
  const body = { programme: 'pwd-rehabilitation', householdRef, personRef }
  const told = await explain(residents, { ...body, readerRef: head.personRef })
  t.match(told.explanation.ar, { withheld: /فردًا آخر/, rule: null, score: null })
  t.same([told.unit, told.person], [null, null])
  t.match(await explain(residents, body), { explanation: { en: { withheld: null } }, reader: { personRef } })
})

t.test('what is refused', async (t) => {
  const [household] = households
  t.match(await get('/v1/programmes/unified-cash-transfer/ranked-list/1', await keyWith('ranked-lists:read')), {
    status: 403,
    expected: 'ranked-lists:explain',
  })
  t.match(await get('/v1/programmes/unified-cash-transfer/ranked-list/100000'), { status: 404, code: 'unit-not-in-list' })
  t.match(await get('/v1/programmes/none/ranked-list/1'), { status: 404, code: 'ranked-list-not-found' })
  t.match(await get('/v1/programmes/unified-cash-transfer/ranked-list/0'), { status: 400, code: 'request-invalid' })
  t.match(await explain(residents, { programme: 'none', householdRef: household }), { code: 'ranked-list-not-found' })
  t.match(await explain(residents, { programme: 'in-kind', householdRef: 999_999 }), { status: 404, code: 'unit-not-in-run' })
  t.match(await explain(residents, { programme: 'in-kind', householdRef: 12 ** 12 }), { status: 404, code: 'unit-not-in-run' })
  t.match((await events()).at(-1), { outcome: 'unit-not-in-run', householdRef: 12 ** 12 })
  const person = members.find(({ householdRef }) => householdRef !== household)?.personRef
  t.match(await explain(residents, { programme: 'in-kind', householdRef: household, personRef: person }), { pointer: '/personRef' })
  t.match(await explain(residents, { programme: 'pwd-rehabilitation', householdRef: household }), { pointer: '/personRef' })
  t.match(await explain(residents, { programme: 'pwd-rehabilitation', householdRef: household, personRef: person }), {
    status: 404,
    code: 'unit-not-in-run',
  })
})

t.test('a run over some: they are ranked among themselves, and others were not in it', async (t) => {
  const some = households.filter((_, place) => place % 3 === 0)
  const apply = (householdRef: number): Promise<unknown> =>
    pool.query(
      `insert into application (id, received_at, key_id, form, form_version, status, household_ref, answer)
       select gen_random_uuid(), '2026-03-01', id, 'intake', 1, 'determined', $1, '{}' from api_key limit 1`,
      [householdRef],
    )
  for (const one of some) await apply(one)
  const run = await performed({ population: 'registrants' })
  const others = households.filter((one) => !some.includes(one))
  t.match(await explain(run, { programme: 'in-kind', householdRef: others[0] }), { code: 'unit-not-in-run' })
  const codes = new Set<string>()
  for (const householdRef of some) {
    const { code, outcome } = await explain(run, { programme: 'in-kind', householdRef })
    codes.add(code ?? outcome)
  }
  t.same(
    [...codes].filter((code) => code.includes('-')),
    [],
  )
  const governorate = (await get(`/v1/runs/${run}/programmes/unified-cash-transfer/ranked-list/1`)).facts['governorate'] as string
  const inOne = await performed({ governorates: [governorate] })
  const outside = await Promise.all(households.map((householdRef) => explain(inOne, { programme: 'in-kind', householdRef })))
  t.ok(outside.some(({ code }) => code === 'unit-not-in-run'))
  t.ok(outside.every(({ code, facts }) => code === 'unit-not-in-run' || facts['governorate'] === governorate))

  const again = await performed({ population: 'registrants', cycle: 'again' })
  for (const one of others) await apply(one)
  for (const householdRef of some)
    t.match(await explain(again, { programme: 'in-kind', householdRef }), { code: undefined }, 'who applied since changes nothing')
  t.match(await explain(again, { programme: 'in-kind', householdRef: others[0] }), { code: 'unit-not-in-run' })
})

t.test('a damaged snapshot has a code of its own, and nothing of it is told', async (t) => {
  const asked = () => get('/v1/programmes/unified-cash-transfer/ranked-list/1')
  const folder = join(dataDirectory, 'nation', 'snapshots', (await asked()).snapshot)
  const columns = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.columns'))
  for (const name of ['manifest.json', ...columns]) {
    const path = join(folder, name)
    const bytes = await readFile(path)
    const damaged = Buffer.from(bytes)
    damaged[bytes.length - 1] = (damaged.at(-1) as number) ^ 1
    await writeFile(path, damaged)
    t.match(await asked(), { status: 503, code: 'snapshot-damaged' }, name)
    await writeFile(path, bytes)
  }
  t.ok(columns.length > 0)
  t.equal((await asked()).code, undefined)
})

t.test('a snapshot that is no longer kept', async (t) => {
  const snapshots = join(dataDirectory, 'nation', 'snapshots')
  await rename(snapshots, `${snapshots}-gone`)
  t.match(await get('/v1/programmes/unified-cash-transfer/ranked-list/1'), { status: 410, code: 'snapshot-not-kept' })
  t.match(await explain(residents, { programme: 'in-kind', householdRef: households[0] }), { status: 410, code: 'snapshot-not-kept' })
})
