/** An enrolled unit whose conditions a run finds no longer met: no list names it, so a question for a person does, and the explanation; it keeps its place. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { RunCheck } from '../../../src/targeting/verify/run-check.ts'
import { verifyRun } from '../../../src/targeting/verify/verify-run.ts'
import { ask, withdraw } from '../../../src/intake/re-evaluation/re-evaluation-store.ts'
import { governorateCodes } from '../../../src/targeting/run/decide-snapshot.ts'
import { createRun, performRun, type RunRequest } from '../../../src/targeting/run/perform-run.ts'
import { settleEnrolled } from '../../../src/targeting/run/settle-enrolled.ts'
import { day } from '../../rules/real-rows.ts'
import { testApp } from '../../support/app.ts'
import { seedPopulation } from '../../../src/households/synthetic-nation.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { AS_OF } from '../../support/seeded-app.ts'
import { quietly, runDepsOf, runRequest } from '../support/seeded-runs.ts'

const dataDirectory = t.testdir()
const { app, database, headers } = await testApp(t, { MIZAN_DATA_DIR: dataDirectory }, async (made) => {
  await seedPopulation(made, { households: 60, seed: 7, asOf: AS_OF })
  await loadShippedVersions(made)
})
const { pool } = database
await migrateQueue(pool)
const deps = runDepsOf(database, dataDirectory)
const CASH = 'unified-cash-transfer'
const REHABILITATION = 'pwd-rehabilitation'

interface Unit {
  readonly householdRef: number
  readonly personRef: number | null
}
const get = async (url: string) => (await app.inject({ url, headers })).json()
const post = async (url: string, payload: object) => (await app.inject({ method: 'POST', url, payload, headers })).json()
const perform = async (change: Partial<RunRequest> = {}): Promise<string> => {
  const id = await createRun(deps, runRequest(change))
  await performRun(deps, id, quietly)
  return id
}
const named = (programme: string, { householdRef, personRef }: Unit): object => ({
  programme,
  householdRef,
  ...(personRef === null ? {} : { personRef }),
})
const report = async (programme: string, unit: Unit, state = 'enrolled', on = '2026-01-01'): Promise<void> => {
  const reports = [{ ...named(programme, unit), state, on, reference: randomUUID() }]
  t.match(await post('/v1/enrolments', { reports }), { counts: { applied: 1 } })
}
const explain = (run: string, programme: string, unit: Unit) => post(`/v1/runs/${run}/explanations`, named(programme, unit))
const questions = async (programme: string): Promise<Record<string, unknown>[]> =>
  (await get(`/v1/standing-questions?programme=${programme}`)).questions
const standing = async (programme: string, unit: Unit) =>
  (await post('/v1/enrolments/lookup', { householdRef: unit.householdRef })).enrolments.find(
    (one: { programme: string; personRef: number | null }) => one.programme === programme && one.personRef === unit.personRef,
  )
const hashes = async (run: string) =>
  (await pool.query('select programme, root_hash from ranked_list where run_id = $1 order by 1', [run])).rows
const manifestOf = async (run: string) => (await get(`/v1/runs/${run}`)).manifest
const failed = async (run: string): Promise<RunCheck[]> => {
  const checks: RunCheck[] = []
  for await (const check of verifyRun(database, deps.settings, run, quietly)) checks.push(check)
  return checks.filter(({ ok }) => !ok)
}
const everywhere = governorateCodes(await deps.versions.inForce(day(AS_OF)))

const first = await perform()
const { rows: members } = await pool.query<{ householdRef: number; personRef: number; isHead: boolean }>(
  `select household_ref as "householdRef", person_ref as "personRef", is_head as "isHead" from household_member m
   where valid_from <= $1 and (valid_to is null or valid_to > $1)
     and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref and d.death_date <= $1) order by 1, 2`,
  [AS_OF],
)
/** A unit that the run found ineligible. */
async function ineligible(programme: string, units: readonly Unit[]): Promise<Unit> {
  for (const unit of units) if ((await explain(first, programme, unit)).outcome === 'ineligible') return unit
  throw new Error(`nobody is ineligible for ${programme}`)
}
const homes = members.filter(({ isHead }) => isHead).map(({ householdRef }) => ({ householdRef, personRef: null }))
const household = await ineligible(CASH, homes)
const person = await ineligible(REHABILITATION, members)
const cases = [
  { programme: CASH, unit: household },
  { programme: REHABILITATION, unit: { householdRef: person.householdRef, personRef: person.personRef } },
]

/** What a run would settle that judged this unit alone. */
const settled = (run: string, programme: string, unit: Unit, found: 'met' | 'unmet' | 'undetermined', asOf = AS_OF) =>
  database.transaction(({ client }) =>
    settleEnrolled(client, [{ programme, met: [], unmet: [], undetermined: [], [found]: [unit] }], { run, asOf, inForce: true }),
  )

for (const { programme, unit } of cases)
  t.test(`${programme}: asked once, told in both languages, decided by a person`, { timeout: 240_000 }, async (t) => {
    t.equal((await explain(first, programme, unit)).selection.sentences.length, 1, 'who holds no place is told nothing of one')
    await report(programme, unit)

    const beside = await perform({ governorates: everywhere })
    t.same(await questions(programme), [], 'lists beside those in force ask nothing')
    t.match(await standing(programme, unit), { state: 'enrolled', unmetSince: null, unmetRun: null })
    const besideTold = (await explain(beside, programme, unit)).selection.sentences
    t.match(besideTold[2], { en: /beside those in force/, ar: /ليست هي القوائم النافذة/ })

    const run = await perform()
    const [question, ...others] = await questions(programme)
    t.match(question, {
      ...unit,
      kind: 'conditions-unmet',
      served: true,
      earlier: null,
      later: null,
      run: { id: run, asOf: AS_OF },
      words: { ar: /لم تعد متحققة/ },
    })
    t.same(others, [])
    t.match(await standing(programme, unit), { state: 'enrolled', unmetSince: AS_OF, unmetRun: run })
    t.same(
      ((await manifestOf(run)).conditionsUnmet as { programme: string; units: number }[]).find((one) => one.programme === programme),
      { programme, units: 1 },
    )
    t.same(
      (await hashes(run)).filter((one) => one.programme === programme),
      (await hashes(first)).filter((one) => one.programme === programme),
      'the list is as it was without it',
    )
    t.same(await failed(run), [], 'and comes out again')
    const { selection, outcome } = await explain(run, programme, unit)
    t.match([outcome, selection.status], ['ineligible', null])
    t.match(selection.sentences, [
      { en: /conditions are not met/ },
      { en: /Enrolled since 2026-01-01/, ar: /منتفعة منذ 2026-01-01/ },
      { en: new RegExp(`Since run ${run} of ${AS_OF}`), ar: new RegExp(`${run} بتاريخ ${AS_OF}`) },
      { en: /a person of the programme's agency decides/, ar: /القرار لموظف/ },
    ])

    const again = await perform()
    t.same(
      (await questions(programme)).map(({ id }) => id),
      [question?.id],
      'the next run asks no second question',
    )
    t.match(await standing(programme, unit), { unmetRun: run })
    t.equal(await performRun(deps, again, quietly), (await get(`/v1/runs/${again}`)).manifestHash, 'published once')

    // A person decides that the place is kept: the same condition is not asked about again while it lasts.
    await pool.query(
      "update standing_question set settled_at = now(), settled_by = 'somebody', decision = 'earlier-stands' where id = $1",
      [question?.id],
    )
    await settled(again, programme, unit, 'unmet')
    t.same(await questions(programme), [])
    t.match(await standing(programme, unit), { unmetRun: run })
    // Met again ends it, unknown does not.
    await settled(again, programme, unit, 'undetermined')
    t.match(await standing(programme, unit), { unmetRun: run, undeterminedSince: AS_OF })
    await settled(again, programme, unit, 'met', '2026-01-02')
    t.match(await standing(programme, unit), { unmetRun: run }, 'a run of an earlier day ends nothing')
    await settled(again, programme, unit, 'met')
    t.match(await standing(programme, unit), { unmetSince: null, unmetRun: null, undeterminedSince: null })
    const anew = await perform()
    t.match(await questions(programme), [{ kind: 'conditions-unmet', run: { id: anew } }], 'not met anew is asked anew')
    await settled(again, programme, unit, 'met', '2026-01-02')
    t.equal((await questions(programme)).length, 1)
    await settled(again, programme, unit, 'met')
    t.same(await questions(programme), [], 'met again, there is nothing to decide')
  })

let latest = first

t.test('a re-evaluation and a run ask about one place once, and what one withdraws the other may ask again', async (t) => {
  const unit = { ...household, programme: CASH }
  await settled(latest, CASH, household, 'met')
  latest = await perform()
  const evaluated = { ...unit, kind: 'adverse' as const, earlierId: null, laterId: null, served: true }
  await database.transaction(({ client }) => ask(client, evaluated))
  t.match(await questions(CASH), [{ kind: 'adverse', run: { id: latest } }])
  await settled(latest, CASH, household, 'unmet')
  t.equal((await questions(CASH)).length, 1)
  await database.transaction(({ client }) => withdraw(client, { ...unit, isMet: false }))
  t.same(await questions(CASH), [])
  await settled(latest, CASH, household, 'unmet')
  t.match(await questions(CASH), [{ kind: 'conditions-unmet', run: { id: latest } }], 'nobody decided')
  await database.transaction(({ client }) => withdraw(client, { ...unit, isMet: false }))
  t.equal((await questions(CASH)).length, 1, 'a re-evaluation that finds them unmet too takes nothing back')
})

t.test('suspended it holds a place still; who left holds none, and the question waits for a named person', async (t) => {
  await report(CASH, household, 'suspended', '2026-02-01')
  t.match(await standing(CASH, household), { state: 'suspended', unmetRun: latest })
  t.match((await explain(latest, CASH, household)).selection.sentences[1], { en: /Suspended since 2026-02-01/ })
  await report(CASH, household, 'exited', '2026-02-02')
  t.match(await standing(CASH, household), { state: 'exited', unmetSince: null, unmetRun: null })
  await settled(latest, CASH, household, 'unmet')
  t.match(await standing(CASH, household), { unmetRun: null })
  t.equal((await questions(CASH)).length, 1)
  t.equal((await explain(latest, CASH, household)).selection.sentences.length, 1)
})
