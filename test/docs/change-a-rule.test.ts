/** docs/tutorial/change-a-rule.md: its pieces of JSON do what it says, in the order it says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { leavers } from '../../src/simulation/tabulate.ts'
import { shipped } from '../programmes/authoring/support.ts'
import { seededImpacts } from '../simulation/impact/support.ts'

const page = readFileSync(join(projectRoot, 'docs/tutorial/change-a-rule.md'), 'utf8')
const piece = (name: string) => JSON.parse(new RegExp('```json ' + name + '\\n([\\s\\S]*?)```').exec(page)?.[1] ?? 'null')
const effectiveFrom = '2027-01-01'

t.test('the tutorial, step by step', async (t) => {
  const { as, put, submit, decide, activate, startWorker, outcome } = await seededImpacts(t, 120)
  await startWorker()
  const check = async () => (await as('maker')('POST', '/v1/drafts/check', { effectiveFrom })).json().diagnostics
  const ceiling = shipped('parameter', 'health-income-ceiling')
  ceiling.values.push(piece('ceiling'))
  const rule = { ...shipped('rule', 'health-insurance'), version: 2, effectiveFrom }
  const limits = rule.conditions.all[1].any[1].all
  t.equal(limits[0].name, 'income-ceiling')
  limits[0] = { any: [...piece('exemption').any, limits[0]] }
  const programme = { ...shipped('programme', 'health-insurance'), rule: { id: 'health-insurance', version: 2 } }
  const drafts = [
    await put('maker', 'parameter', 'health-income-ceiling', ceiling),
    await put('maker', 'rule', 'health-insurance', rule),
    await put('maker', 'programme', 'health-insurance', programme),
  ]
  const [first, ...others] = await check()
  t.match(first, { code: 'protected-without-basis', pointer: 'rule/health-insurance/2#/conditions/all/1/any/1/all/0/any/0/fact' })
  t.ok(page.includes(`"code": "${first.code}", "pointer": "${first.pointer}"`))
  t.same(others, [])

  rule.legalBasis.push(piece('basis'))
  drafts[1] = await put('maker', 'rule', 'health-insurance', rule)
  const fails = (await check()).filter(({ code }: { code: string }) => code === 'case-fails')
  t.ok(page.includes(JSON.stringify(fails[0].message)), fails[0].message)
  const cases = shipped('cases', 'programme/health-insurance')
  const mended = ['income-above-ceiling', 'known-900-one-unknown', 'known-100-one-unknown']
  t.same(
    fails.map(({ message }: { message: string }) => /case "([\w-]+)"/.exec(message)?.[1]),
    mended,
  )
  for (const one of cases.cases) if (mended.includes(one.id)) one.facts.membersWithCertifiedDisability = 0
  cases.cases.push(piece('case'))
  drafts.push(await put('maker', 'cases', 'programme/health-insurance', cases))
  // Not every registry of the fixture was loaded.
  t.same(
    (await check()).filter(({ code }: { code: string }) => code !== 'registry-not-fresh'),
    [],
  )

  t.ok(page.includes(`/v1/drafts/impact?effectiveFrom=${effectiveFrom}`))
  const measured = (await as('maker')('GET', `/v1/drafts/impact?effectiveFrom=${effectiveFrom}&wait=10`)).json()
  t.match(measured, { status: 'completed', impact: { effectiveFrom } })
  const health = (await outcome()).programmes.find((one) => one.programme === 'health-insurance')
  t.equal(health?.presence, 'both')
  t.equal(health && leavers(health.transitions.all).units, 0, 'nobody leaves')
  const [shown] = measured.impact.programmes.filter((one: { programme: string }) => one.programme === 'health-insurance')
  t.ok(shown.by.governorate.length > 1 && shown.difference.changes.some(({ witness }: { witness: unknown }) => witness))

  const set = (await submit('maker', effectiveFrom, drafts)).json()
  t.match((await decide('maker', 'approve', set)).json(), { code: 'approver-is-author' })
  const review = (await as('checker')('GET', `/v1/change-sets/${set.id}/review`)).json()
  t.same(review.meaning.impact.answer.impact, measured.impact, 'the checker sees what the maker saw')
  const [{ programme: changed, difference }] = review.meaning.difference.answer
  t.equal(changed, 'health-insurance')
  const kinds = difference.changes.filter(({ verdict }: { verdict: string }) => verdict === 'witness')
  t.same(
    kinds.map(({ from, to }: { from: string; to: string }) => `${from} → ${to}`),
    ['ineligible → eligible', 'ineligible → undetermined', 'undetermined → eligible'],
    'a wider rule takes eligibility from nobody',
  )
  t.ok(
    review.meaning.protectedFacts.some(
      ({ fact, basis }: { fact: string; basis: object }) => fact === 'membersWithCertifiedDisability' && basis !== null,
    ),
  )
  const [told] = review.meaning.descriptions
  t.equal(told.programme, 'health-insurance')
  for (const language of ['ar', 'en'])
    t.ok(
      told[language].some(({ op }: { op: string }) => op === 'added'),
      'the change in plain language',
    )
  t.match((await decide('checker', 'approve', set)).json(), { status: 'approved' })
  t.match((await activate(set)).json(), { status: 'scheduled' })
  for (const [on, version] of [
    ['2026-12-31', 1],
    ['2027-01-01', 2],
  ] as const) {
    const { versions } = (await as('reader')('GET', `/v1/versions/in-force?on=${on}`)).json()
    t.match(
      versions.filter(({ kind, id }: { kind: string; id: string }) => kind === 'rule' && id === 'health-insurance'),
      [{ version }],
      on,
    )
  }
})
