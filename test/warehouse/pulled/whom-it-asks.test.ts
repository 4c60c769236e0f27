/** Of whom a registry that is asked live is asked: members, and relatives elsewhere where facts read it of them; and what a bulk run tells of the answers that it read. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { dayNumber } from '../../../src/kernel/date.ts'
import { agesOf, registriesOf } from '../../../src/warehouse/definitions/registries-in-force.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import type { RunManifest } from '../../../src/targeting/run/run-manifest.ts'
import { readRun } from '../../../src/targeting/run/run-store.ts'
import { verifyRun } from '../../../src/targeting/verify/verify-run.ts'
import { authoringApp } from '../../programmes/authoring/support.ts'
import { application, AS_OF, type Numbered, seededApp } from '../../support/seeded-app.ts'
import { quietly, runDepsOf, runRequest } from '../../targeting/support/seeded-runs.ts'
import { authorChildrensHives } from '../definitions/author-hives.ts'
import { keepers, pulledBeehives } from '../definitions/beehives.ts'
import { serviceBus } from './service-bus.ts'

const bus = await serviceBus(t)
const service = await seededApp(t, 30, { MIZAN_DATA_DIR: t.testdir(), SERVICE_BUS_URL: bus.url })
const { database, heads, membersOf, get, post } = service
const { pool } = database
const ID = 'bka_beehives'

/** A family of Jordanians, whose head gets a grown son elsewhere: the head of another family. */
const families = await Promise.all(heads.map(async (head) => ({ head, members: await membersOf(head.householdRef) })))
const jordanians = new Set(
  (await pool.query<{ ref: number }>('select person_ref as ref from warehouse.person where is_jordanian')).rows.map(({ ref }) => ref),
)
const ours = families.filter(({ members }) => members.length >= 3 && members.every(({ personRef }) => jordanians.has(personRef)))
const [{ head: father, members }, { head: son, members: sonsFamily }, { head: stranger }] = ours as [
  (typeof families)[number],
  (typeof families)[number],
  (typeof families)[number],
]
await pool.query(`delete from warehouse.cspd_lineage where person_ref = $1`, [son.personRef])
await pool.query(
  `insert into warehouse.cspd_lineage (person_ref, father_ref, mother_ref, load_id, seq)
   select $1, $2, null, max(load_id), max(seq) from warehouse.cspd_lineage`,
  [son.personRef, father.personRef],
)
const { rows: children } = await pool.query<{ ref: number; number: string }>(
  `select distinct l.person_ref as ref, i.number from warehouse.cspd_lineage l join warehouse.person p using (person_ref)
     join identity.identifier i on i.person_ref = l.person_ref and i.superseded_by is null
   where (l.father_ref = any ($1) or l.mother_ref = any ($1)) and p.is_jordanian`,
  [members.map(({ personRef }) => personRef)],
)
const asked = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = bus.asked.length
  await work()
  return bus.asked.slice(before).map(({ number }) => number)
}
const forget = (person: Numbered) =>
  pool.query(`update warehouse.${ID}_answers set answered_at = 0 where person_ref = $1`, [person.personRef])

async function energyOf(nationalId: string) {
  const answer = await post('/v1/determinations', { nationalId, asOf: AS_OF, store: true })
  t.equal(answer.statusCode, 201, answer.body)
  return answer.json().programmes.find(({ programme }: { programme: string }) => programme === 'energy-support')
}
const explained = async (energy: { determinations: { id: string }[] }, language: string): Promise<string> =>
  (await get(`/v1/determinations/${energy.determinations[0]?.id}/explanation`, { 'accept-language': language })).body

t.test('members and their children elsewhere are asked about, and nobody else', async (t) => {
  t.equal((await post('/v1/entities', keepers)).statusCode, 201)
  t.equal((await post('/v1/registries', { definition: pulledBeehives() })).statusCode, 201)
  await authorChildrensHives(await authoringApp(t, database))
  bus.hives.set(son.number, 12)
  const numbers = await asked(async () => t.equal((await energyOf(father.number)).outcome, 'ineligible', 'the son’s hives count'))
  const expected = new Set([...members.map(({ number }) => number), ...children.map(({ number }) => number)])
  t.ok(expected.has(son.number) && !members.some(({ number }) => number === son.number))
  t.same(numbers.toSorted(), [...expected].toSorted(), 'each once')
  const sonsMembers = sonsFamily.filter(({ number }) => number !== son.number).map(({ number }) => number)
  t.notOk(numbers.some((number) => sonsMembers.includes(number) && !expected.has(number)))
})

t.test('whom an application declares and no registry places in the household is not asked about', async (t) => {
  const declared = application(father.number, { members: [{ nationalId: stranger.number }] })
  const numbers = await asked(async () => {
    const answer = await post('/v1/applications', declared, { 'idempotency-key': randomUUID() })
    t.equal(answer.statusCode, 201, answer.body)
    t.match(answer.body, /member-not-in-household/)
  })
  t.same(numbers, [], 'members were answered about already, and the stranger is none')
})

t.test('a relative without an answer is unknown, never zero, and the provenance says so', async (t) => {
  await forget(son)
  bus.mode = 'failing'
  const energy = await energyOf(father.number)
  bus.mode = 'well'
  t.equal(energy.outcome, 'undetermined')
  t.match(await explained(energy, 'en'), /no answer about 1 of the relatives outside the household \(the call was refused\)/)
  t.notMatch(await explained(energy, 'en'), /about 1 of the members/)
  t.match(await explained(energy, 'ar'), /لم يرد جواب عن 1 من الأقارب خارج الأسرة/)
  t.match((await get(`/v1/determinations/${energy.determinations[0].id}/replay`)).json(), { same: true })
  t.equal((await energyOf(father.number)).outcome, 'ineligible', 'asked again')
})

t.test('a bulk run asks nobody, and its manifest tells how old the answers are and how many persons have one', async (t) => {
  await pool.query(`update warehouse.${ID}_answers set answered_on = '2026-10-01' where person_ref = $1`, [father.personRef])
  const ages = agesOf(registriesOf(database))
  const deps = { ...runDepsOf(database, t.testdir()), freshness: ages }
  const perform = async (population: 'registrants' | 'residents'): Promise<{ id: string; manifest: RunManifest }> => {
    const id = await createRun(deps, runRequest({ population, asOf: dayNumber(AS_OF) as number }))
    t.same(await asked(() => performRun(deps, id, quietly)), [])
    return { id, manifest: JSON.parse((await readRun(pool, id))?.manifest as string) as RunManifest }
  }
  const { rows } = await pool.query<{ refs: number[]; newest: string }>(
    `select array_agg(person_ref) as refs, max(answered_on)::text as newest from warehouse.${ID}_answers`,
  )
  const [{ refs, newest }] = rows as [{ refs: number[]; newest: string }]
  const everybody = new Set(
    (
      await pool.query<{ ref: number }>(
        `select person_ref as ref from household_member where valid_from <= $1 and (valid_to is null or valid_to > $1)
           and not exists (select from warehouse.cspd_death_info d where d.person_ref = household_member.person_ref and d.death_date <= $1)`,
        [AS_OF],
      )
    ).rows.map(({ ref }) => ref),
  )
  const all = await perform('residents')
  t.same(all.manifest.answers, [{ registry: ID, persons: refs.filter((ref) => everybody.has(ref)).length, oldest: '2026-10-01', newest }])
  const own = await perform('registrants')
  t.same(
    own.manifest.answers,
    [{ registry: ID, persons: members.length, oldest: '2026-10-01', newest }],
    'of registrants: the family that applied',
  )
  for (const { id } of [all, own]) {
    const failed: string[] = []
    for await (const check of verifyRun(database, deps.settings, id, quietly)) if (!check.ok) failed.push(`${check.name} ${check.detail}`)
    t.same(failed, [])
  }
})
