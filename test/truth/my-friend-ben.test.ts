/**
 * Programmes of MyFriendBen written as our rules over our catalogue: each household becomes rows, the rows become facts on
 * PostgreSQL, and the compiled rule, json-rules-engine and SQL must all say what is expected. The outside cases stand
 * beside the project; cases of our own, in the same form, run always.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { assembleBoth } from '../support/assemble-both.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { compileCondition } from '../../src/language/condition/compile.ts'
import { type Outcome, outcomeOf } from '../../src/language/rule/outcome.ts'
import { secondOpinion } from '../../src/language/rule/second-opinion.ts'
import { newTrace } from '../../src/language/rule/trace.ts'
import { isKnownAt } from '../../src/language/fact-space.ts'
import { noDefinitions } from '../../src/language/condition/definition.ts'
import { slotsOf } from '../../src/language/condition/condition.ts'
import { plainFacts, rawRule } from '../language/raw-engine.ts'
import { testDatabase } from '../support/database.ts'
import { sqlTruth } from '../support/sql-truth.ts'
import { type DescribedHousehold, type DescribedMember, recordsOf } from './my-friend-ben/household-records.ts'
import { catalogue, readJson, rules } from './my-friend-ben/programmes.ts'

interface Case extends DescribedHousehold {
  readonly id: string
  readonly outcome: Outcome
}

const folder = join(projectRoot, '..', 'shared', 'truth', 'fixtures', 'eligibility')
const skip = existsSync(folder) ? false : 'the folder of outside truth is not here'

async function judge(t: Test, programme: string, cases: readonly Case[]): Promise<void> {
  const rule = rules.get(programme)
  if (!rule) throw new Error(`no rule ${programme}`)
  const database = await testDatabase(t)
  const { condition } = rule
  const evaluate = compileCondition(condition)
  const opinion = secondOpinion(new Map([['it', condition]]))
  const raw = rawRule(rule.source.conditions, noDefinitions)
  const households = await assembleBoth({ database, catalogue }, recordsOf(cases))
  t.equal(households.length, cases.length, 'a household for each case')
  let complete = 0
  for (const { householdRef, household, members } of households) {
    const { id, outcome, members: described } = cases[householdRef - 1] as Case
    t.equal(members.length, described.length)
    t.equal(outcomeOf(evaluate(household.lo, household.hi, newTrace(condition))), outcome, `${id}: compiled`)
    t.equal(outcomeOf((await opinion(household)).get('it') ?? 1), outcome, `${id}: second opinion`)
    t.equal(outcomeOf(await sqlTruth(database, condition, household)), outcome, `${id}: SQL`)
    if (!slotsOf(condition).every((slot) => isKnownAt(household, slot))) continue
    complete++
    t.equal(
      await raw(plainFacts(catalogue.household, household)),
      outcome === 'eligible',
      `${id}: json-rules-engine on the rule as written`,
    )
  }
  const of = (wanted: Outcome) => cases.filter(({ outcome }) => outcome === wanted).length
  t.comment(
    `${programme}: ${cases.length} cases (${of('eligible')} eligible, ${of('ineligible')} ineligible, ${of('undetermined')} undetermined; ${complete} with every fact known)`,
  )
}

interface OutsideCases {
  readonly case_count: number
  readonly cases: readonly (DescribedHousehold & {
    readonly id: string
    readonly expected: boolean
    readonly household: { readonly household_size: number }
  })[]
}

for (const programme of rules.keys()) {
  t.test(`${programme}: every outside case`, { skip }, async (t) => {
    const { cases, case_count } = JSON.parse(
      readFileSync(join(folder, `mfb_${programme.replaceAll('-', '_')}.json`), 'utf8'),
    ) as OutsideCases
    t.equal(cases.length, case_count)
    for (const { id, household, members } of cases) t.equal(members.length, household.household_size, `${id}: all members are described`)
    await judge(
      t,
      programme,
      cases.map((outside): Case => ({ ...outside, outcome: outside.expected ? 'eligible' : 'ineligible' })),
    )
  })
}

interface OwnCases {
  readonly ordinary: { readonly household: DescribedHousehold['household']; readonly member: DescribedMember }
  readonly cases: readonly {
    programme: string
    id: string
    outcome: Outcome
    household?: Partial<DescribedHousehold['household']>
    members: readonly Partial<DescribedMember>[]
  }[]
}

t.test('cases of our own: every limit, every frequency, and what is not known', async (t) => {
  const { ordinary, cases } = readJson('cases.json') as OwnCases
  t.same(new Set(cases.map(({ programme }) => programme)), new Set(rules.keys()), 'each programme has some')
  for (const programme of rules.keys()) {
    const own = cases
      .filter((one) => one.programme === programme)
      .map(({ id, outcome, household, members }): Case => ({
        id,
        outcome,
        household: { ...ordinary.household, ...household },
        members: members.map((member, place) => ({
          ...ordinary.member,
          relationship: place === 0 ? 'headOfHousehold' : 'child',
          ...member,
        })),
      }))
    await t.test(programme, (t) => judge(t, programme, own))
  }
})
