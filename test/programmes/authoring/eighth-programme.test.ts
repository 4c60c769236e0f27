/** Scalability by text alone: an eighth programme from drafts to a published ranked list, without a line of code or a restart. */
import t from 'tap'
import { dayNumber } from '../../../src/kernel/date.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import { quietly, runRequest, seededRuns } from '../../targeting/support/seeded-runs.ts'
import { authoringApp, shipped, TODAY } from './support.ts'

// The service is built before anybody writes the programme, and is not started again.
const { database, deps, get, post, heads } = await seededRuns(t, 60)
const { as, put, submit, decide, activate } = await authoringApp(t, database)

const words = (en: string, ar: string) => ({ en, ar })
const rule = (version: number, least: number) => ({
  id: 'winter-fuel',
  version,
  illustrative: true,
  effectiveFrom: TODAY,
  description: words('Large families that need heating', 'أسر كبيرة بحاجة إلى التدفئة'),
  conditions: {
    all: [
      {
        name: 'large-family',
        because: words(`At least ${least} members`, `${least} أفراد على الأقل`),
        citation: 'Illustrative',
        fact: 'householdSize',
        operator: 'greaterThanInclusive',
        value: least,
      },
    ],
  },
  event: { type: 'eligible' },
})
const programme = (version: number) => ({
  id: 'winter-fuel',
  names: words('Winter fuel', 'وقود الشتاء'),
  agency: 'MOSD',
  unit: 'household',
  rule: { id: 'winter-fuel', version },
  formula: { id: 'winter-need', version: 1 },
  benefit: { fact: 'inKindBenefit', period: 'month' },
  targeting: { period: 'month', places: 5, order: [{ by: 'score' }, { by: 'tieBreak' }], precedence: 80 },
  illustrative: true,
  sources: ['Illustrative: everything'],
})
const cases = (least: number) => ({
  programme: 'winter-fuel',
  cases: [
    ['at-least', { householdSize: least }, 'eligible'],
    ['large', { householdSize: least + 3 }, 'eligible'],
    ['small', { householdSize: least - 1 }, 'ineligible'],
    ['unknown', {}, 'undetermined'],
    ['settled-by-bounds', { householdSize: { atLeast: least + 1 } }, 'eligible'],
  ].map(([id, facts, outcome]) => ({ id, note: 'Invented', source: 'Illustrative', facts, outcome })),
})

t.test('drafts, check, submission, the committee, in force, run, ranked list', async (t) => {
  t.equal((await get('/v1/programmes')).json().programmes.length, 7)
  const formula = { ...shipped('formula', 'welfare-ranking'), id: 'winter-need', version: 1, effectiveFrom: TODAY }
  const drafts = [
    await put('maker', 'formula', 'winter-need', formula),
    await put('maker', 'cases', 'formula/winter-need', {
      ...shipped('cases', 'formula/welfare-ranking'),
      formula: { id: 'winter-need', version: 1 },
    }),
    await put('maker', 'rule', 'winter-fuel', rule(1, 4)),
    await put('maker', 'programme', 'winter-fuel', programme(1)),
    await put('maker', 'cases', 'programme/winter-fuel', cases(4)),
  ]
  const checked = (await as('maker')('POST', '/v1/drafts/check', { effectiveFrom: TODAY })).json()
  t.same(
    checked.diagnostics.filter(({ severity }: { severity: string }) => severity === 'error'),
    [],
  )
  t.equal(checked.cases.filter(({ of }: { of: string }) => of === 'programme/winter-fuel').length, 5)
  const set = (await submit('maker', TODAY, drafts, 'Winter fuel')).json()
  t.same(set.required, ['MODEE', 'MOPIC', 'NAF'])
  for (const who of ['a-at-MODEE', 'b-at-MOPIC', 'c-at-NAF']) t.equal((await decide(who, 'approve', set)).statusCode, 200)
  t.match((await activate(set)).json(), { status: 'in-force' })
  // A change of versions is seen by every process within half a second.
  await new Promise((resolve) => setTimeout(resolve, 600))
  const { programmes } = (await get('/v1/programmes')).json()
  t.match(
    programmes.find(({ id }: { id: string }) => id === 'winter-fuel'),
    { names: { ar: 'وقود الشتاء' }, rule: { version: 1 }, formula: { id: 'winter-need' } },
  )
  const determined = (await post('/v1/determinations', { nationalId: heads[0]?.number, store: true })).json()
  t.ok(
    determined.programmes.some((one: { programme: string }) => one.programme === 'winter-fuel'),
    'everybody who applies is judged for it',
  )
})

t.test('a run keeps the versions it pinned while a change comes into force', async (t) => {
  const pinned = await deps.versions.inForce(dayNumber(TODAY) as number)
  const drafts = [
    await put('maker', 'rule', 'winter-fuel', rule(2, 3)),
    await put('maker', 'programme', 'winter-fuel', programme(2)),
    await put('maker', 'cases', 'programme/winter-fuel', cases(3)),
  ]
  const set = (await submit('maker', TODAY, drafts)).json()
  await decide('checker', 'approve', set)
  const run = await createRun(deps, runRequest())
  let activated: ReturnType<typeof activate> | undefined
  await performRun(deps, run, {
    ...quietly,
    onProgress: (stage) => {
      if (stage !== 'waiting') activated ??= activate(set)
    },
  })
  t.match((await activated)?.json(), { status: 'in-force' })
  const { rows } = await database.pool.query<{ version_set: string }>('select version_set from run where id = $1', [run])
  t.equal(rows[0]?.version_set, pinned.hash)
  const list = (await get('/v1/programmes/winter-fuel/ranked-list')).json()
  t.equal(list.units.filter(({ status }: { status: string }) => status === 'selected').length, 5)
  t.equal((await post('/v1/determinations', { nationalId: heads[1]?.number, store: true })).statusCode, 201)
})

t.test('what was decided under the rule before is listed for review', async (t) => {
  const superseded = async () => (await get('/v1/programmes/winter-fuel/superseded-determinations')).json()
  await new Promise((resolve) => setTimeout(resolve, 600))
  const { determinations, ruleInForce } = await superseded()
  t.match(ruleInForce, { version: 2 })
  const [first] = determinations
  t.match(first, { rule: { version: 1 }, householdRef: heads[0]?.householdRef })
  t.ok(determinations.every(({ rule }: { rule: { version: number } }) => rule.version === 1))
  await post('/v1/determinations', { nationalId: heads[0]?.number, store: true })
  t.notOk(
    (await superseded()).determinations.some(({ householdRef }: { householdRef: number }) => householdRef === first.householdRef),
    'decided again',
  )
  t.match((await get('/v1/programmes/none/superseded-determinations')).json(), { code: 'version-not-found' })
})
