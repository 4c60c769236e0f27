import t from 'tap'
import { startClock, takingTurns } from '../../src/determinations/evaluate/limits.ts'
import { Problem } from '../../src/kernel/problem.ts'
import { seededApp } from '../support/seeded-app.ts'

const service = await seededApp(t, 5)

const rule = (conditions: unknown, more: Record<string, unknown> = {}) => ({
  id: 'tried',
  version: 1,
  illustrative: true,
  effectiveFrom: '2026-01-01',
  description: { en: 'Tried', ar: 'تجربة' },
  conditions,
  event: { type: 'eligible' },
  ...more,
})
const incomeRule = rule({ all: [{ name: 'ceiling', fact: 'incomeTotalMonthly', operator: 'lessThanInclusive', value: 300 }] })

t.test('rules, formulas and programmes on given facts', async (t) => {
  const { post, get, database } = service
  const evaluate = async (body: unknown) => (await post('/v1/evaluate', body)).json()

  const facts = [250, 300, '300.001', null, { atLeast: 900 }].map((incomeTotalMonthly) => ({ household: { incomeTotalMonthly } }))
  const answer = await evaluate({ rule: incomeRule, facts, explain: 'ar' })
  t.same(
    answer.results.map((one: { rule: { outcome: string }[] }) => one.rule[0]?.outcome),
    ['eligible', 'eligible', 'ineligible', 'undetermined', 'ineligible'],
    'known incomes of 900 exceed a ceiling of 300 whatever the missing one is',
  )
  t.match(answer.results[3].rule[0], {
    missing: ['incomeTotalMonthly'],
    secondOpinion: 'agrees',
    trace: { kind: 'all', truth: 'unknown', children: [{ name: 'ceiling' }] },
    explanation: { language: 'ar' },
  })
  const asText = await evaluate({ rule: JSON.stringify(incomeRule), facts })
  t.same(
    asText.results.map((one: { rule: { trace: unknown }[] }) => one.rule[0]?.trace),
    answer.results.map((one: { rule: { trace: unknown }[] }) => one.rule[0]?.trace),
  )

  const person = await evaluate({
    unit: 'person',
    rule: rule({ all: [{ fact: 'age', operator: 'lessThan', value: 18 }] }),
    facts: [{ members: [{ age: 40 }, { age: 7 }, {}] }],
  })
  t.match(person.results[0].rule, [
    { member: 0, outcome: 'ineligible' },
    { member: 1, outcome: 'eligible' },
    { member: 2, outcome: 'undetermined', missing: ['age'] },
  ])

  const { source } = (await get('/v1/formulas/welfare-ranking/versions/1')).json()
  const scored = await evaluate({ formula: source, facts: [{ household: { householdSize: 5 } }], explain: 'en' })
  const { formula } = scored.results[0]
  t.ok(formula.contributions.length >= 57 && formula.missing.length > 10)
  const micro = (text: string): bigint => BigInt(text.replace('.', ''))
  const intercept = micro(formula.explanation.intercept)
  const sum = formula.contributions.reduce((total: bigint, { lowest }: { lowest: string }) => total + micro(lowest), intercept)
  t.equal(sum, micro(formula.interval[0]), 'lowest contributions add up to the lowest score')

  const all = await evaluate({ programmes: 'all', facts: [{ household: {}, members: [{}, {}] }] })
  t.equal(all.results[0].programmes.length, 7)
  t.match(all.results[0].programmes.find(({ programme }: { programme: string }) => programme === 'pwd-rehabilitation').units, [
    { member: 0 },
    { member: 1 },
  ])
  const named = await evaluate({ programmes: ['housing'], catalogue: { versionSet: all.versionSet }, facts: [{}] })
  t.match(named.results[0].programmes, [{ programme: 'housing', units: [{ outcome: 'undetermined', secondOpinion: 'agrees' }] }])
  for (const table of ['determination', 'application', 'fact_snapshot', 'audit_event']) {
    t.equal((await database.pool.query(`select count(*) as n from ${table}`)).rows[0].n, 0, `${table}: nothing is stored`)
  }
})

t.test('whoever tries whole programmes may say who is enrolled, and where the household stands', async (t) => {
  const meter = {
    hasElectricityMeter: true,
    subsidisedMeters: 1,
    electricityZeroMonths: 0,
    electricityMean12m: 210,
    enrolledCashOnList: false,
  }
  const kind = { governorate: '22', enrolledCashOnList: false, enrolledMonthlyOnList: false, zakatMonthly: 0, incomePerCapitaMonthly: 120 }
  const given = async (programme: string, household: Record<string, unknown>): Promise<string> =>
    (await service.post('/v1/evaluate', { programmes: [programme], facts: [{ household }] })).json().results[0].programmes[0].units[0]
      .outcome
  t.equal(await given('energy-support', meter), 'undetermined')
  t.equal(await given('energy-support', { ...meter, cashTransferStatus: 'enrolled' }), 'eligible')
  t.equal(
    await given('energy-support', { ...meter, cashTransferStatus: 'eligible' }),
    'undetermined',
    'an outcome is computed, not believed',
  )
  t.equal(await given('in-kind', { ...kind, wentWithoutFood: false, welfarePercentile: 31 }), 'ineligible')
  t.equal(await given('in-kind', { ...kind, wentWithoutFood: false, welfarePercentile: 30 }), 'eligible')
})

t.test('members and registry rows, aggregated by the same SQL', async (t) => {
  const { post } = service
  const wages = (person: string, ...amounts: number[]) =>
    amounts.map((gross_wage, index) => ({
      person,
      establishment_no: 'E1',
      salary_month: `2026-${String(10 - index).padStart(2, '0')}-01`,
      gross_wage,
    }))
  const members = [
    { person: 'father', isHead: true },
    { person: 'mother', relationship: 'spouse' },
  ]
  const wageRule = rule({ all: [{ fact: 'wageMean12m', operator: 'lessThanInclusive', value: 300 }] })
  const body = {
    rule: wageRule,
    asOf: '2026-10-31',
    households: [
      { members, registries: { ssc_salaries: wages('father', ...Array.from({ length: 10 }, () => 250)) } },
      {
        members,
        registries: { ssc_salaries: [...wages('father', ...Array.from({ length: 10 }, () => 450)), ...wages('mother', 450, 450)] },
      },
      { members, registries: { ssc_salaries: [] } },
      { members },
    ],
  }
  const answer = (await post('/v1/evaluate', body)).json()
  t.same(
    answer.results?.map((one: { rule: { outcome: string }[] }) => one.rule[0]?.outcome),
    ['eligible', 'ineligible', 'eligible', 'undetermined'],
    JSON.stringify(answer).slice(0, 500),
  )
  t.equal(answer.results[2].facts.household.wageMean12m, '0.000', 'read and absent is none')
  t.same(answer.results[3].facts.household.wageMean12m, { atLeast: '0.000' }, 'not read is unknown, but no wage is negative')
  t.equal(answer.results[0].facts.household.householdSize, 2)
  const declared = (
    await post('/v1/evaluate', {
      ...body,
      households: [{ members: [{ person: 1, declared: { birthDate: '2000-03-01' } }], declared: { dwelling: { rooms: 4 } } }],
    })
  ).json()
  t.match(declared.results[0].facts.members[0], { birthDateDeclared: '2000-03-01' })
})

t.test('a catalogue of one’s own', async (t) => {
  const { post, database } = service
  const words = { en: 'text', ar: 'نص' }
  const catalogue = {
    files: [
      {
        entity: 'household',
        facts: [
          {
            id: 'size',
            type: 'integer',
            unit: 'persons',
            label: words,
            custodian: 'NUR',
            definition: { attribute: { of: 'household', column: 'memberCount' } },
          },
          {
            id: 'ceiling',
            type: 'decimal',
            scale: 2,
            unit: 'USD/month',
            label: words,
            custodian: 'NUR',
            definition: { parameter: 'ceiling' },
          },
          {
            id: 'income',
            type: 'decimal',
            scale: 2,
            unit: 'USD/month',
            label: words,
            custodian: 'NUR',
            definition: { declared: { path: '/income' } },
          },
        ],
      },
    ],
    parameters: [
      { id: 'ceiling', label: words, type: 'decimal', scale: 2, unit: 'USD/month', values: [{ from: '2020-01-01', value: 100.5 }] },
    ],
    definitions: [
      {
        id: 'poor',
        label: words,
        scope: 'household',
        conditions: { all: [{ fact: 'income', operator: 'lessThan', value: { fact: 'ceiling' } }] },
      },
    ],
  }
  const poor = rule({ all: [{ condition: 'poor' }] })
  const given = (
    await post('/v1/evaluate', { catalogue, rule: poor, facts: [{ household: { income: 100.49 } }, { household: { income: '100.50' } }] })
  ).json()
  t.same(
    given.results?.map((one: { rule: { outcome: string }[] }) => one.rule[0]?.outcome),
    ['eligible', 'ineligible'],
    JSON.stringify(given).slice(0, 300),
  )
  t.equal(given.versionSet, null)
  const prepared = async () =>
    Number((await database.pool.query("select count(*) as n from pg_prepared_statements where name like 'assemble%'")).rows[0].n)
  const before = await prepared()
  const records = (
    await post('/v1/evaluate', {
      catalogue,
      rule: poor,
      households: [{ members: [{ person: 'a' }, { person: 'b' }], declared: { income: '5' } }],
    })
  ).json()
  t.match(records.results?.[0], { rule: [{ outcome: 'eligible' }], facts: { household: { size: 2, income: '5.00', ceiling: '100.50' } } })
  t.ok((await prepared()) <= before, 'the statement of a passing catalogue does not stay')
  t.match((await post('/v1/evaluate', { catalogue, programmes: 'all', facts: [{}] })).json(), {
    code: 'request-invalid',
    pointer: '/programmes',
  })
})

t.test('refusals: each with its place, and how to mend it', async (t) => {
  const { post } = service
  const facts = [{}]
  const broken = (conditions: unknown) => ({ rule: rule(conditions), facts })
  const leaf = { fact: 'incomeTotalMonthly', operator: 'lessThan', value: 1 }
  const refused: [unknown, string, string, string?][] = [
    [{ facts }, 'request-invalid', ''],
    [{ rule: incomeRule }, 'request-invalid', ''],
    [{ rule: incomeRule, facts, households: [{ members: [{ person: 1 }] }] }, 'request-invalid', ''],
    [{ rule: incomeRule, facts: [] }, 'request-invalid', '/facts'],
    [{ rule: incomeRule, facts, unit: 'family' }, 'request-invalid', ''],
    [{ rule: incomeRule, facts, more: 1 }, 'request-invalid', '/more'],
    [{ rule: '{', facts }, 'text-refused', '/rule', 'json-syntax'],
    [{ rule: '{"id":1,"id":2}', facts }, 'text-refused', '/rule/id', 'json-duplicate-key'],
    [broken({ all: [] }), 'text-refused', '/rule/conditions/all', 'group-empty'],
    [broken({ all: [{ ...leaf, fact: 'incomeTotalMontly' }] }), 'text-refused', '/rule/conditions/all/0/fact', 'fact-unknown'],
    [broken({ all: [{ ...leaf, operator: 'like' }] }), 'text-refused', '/rule/conditions/all/0/operator', 'operator-unknown'],
    [broken({ all: [{ ...leaf, path: '$..x' }] }), 'text-refused', '/rule/conditions/all/0/path', 'key-refused'],
    [broken({ all: [{ ...leaf, value: '1' }] }), 'text-refused', '/rule/conditions/all/0/value', 'literal-type'],
    [broken({ all: [{ ...leaf, value: 0.0001 }] }), 'text-refused', '/rule/conditions/all/0/value', 'literal-places'],
    [
      broken({ all: [{ fact: 'headIsJordanian', operator: 'equal', value: true }] }),
      'text-refused',
      '/rule/conditions/all/0/fact',
      'protected-without-basis',
    ],
    [broken({ all: [{ condition: 'none' }] }), 'text-refused', '/rule/conditions/all/0/condition', 'definition-unknown'],
    [{ formula: { id: 'x' }, facts }, 'text-refused', '/formula'],
    [
      { catalogue: { files: [{ entity: 'household', facts: [{ id: 'X' }] }] }, rule: incomeRule, facts },
      'text-refused',
      '/catalogue/files/0/facts/0',
    ],
    [{ catalogue: { versionSet: '0'.repeat(64) }, rule: incomeRule, facts }, 'replay-not-possible', ''],
    [{ programmes: ['none'], facts }, 'version-not-found', '/programmes'],
    [
      { rule: incomeRule, facts: [{ household: { incomeTotalMonthly: '1.00001' } }] },
      'facts-refused',
      '/facts/0/household/incomeTotalMonthly',
    ],
    [{ rule: incomeRule, facts: [{ household: { nothing: 1 } }] }, 'facts-refused', '/facts/0/household/nothing'],
    [{ rule: incomeRule, facts: Array.from({ length: 201 }, () => ({})) }, 'limit-exceeded', '/facts'],
    [
      { rule: incomeRule, households: [{ members: Array.from({ length: 61 }, (_, person) => ({ person })) }] },
      'limit-exceeded',
      '/households',
    ],
    [
      { rule: incomeRule, households: [{ members: [{ person: 1 }], registries: { none: [] } }] },
      'facts-refused',
      '/households/0/registries/none',
    ],
    [
      { rule: incomeRule, households: [{ members: [{ person: 1 }], registries: { ssc_salaries: [{ person: 1, pay: 1 }] } }] },
      'facts-refused',
      '/households/0/registries/ssc_salaries/0/pay',
    ],
    [
      { rule: incomeRule, households: [{ members: [{ person: 1 }], registries: { ssc_salaries: [{ salary_month: '2026-02-30' }] } }] },
      'facts-refused',
      '/households/0/registries/ssc_salaries/0/person',
    ],
    [{ rule: incomeRule, households: [{ members: [{ person: 1 }, { person: 1 }] }] }, 'facts-refused', '/households/0/members'],
    [{ rule: incomeRule, facts, asOf: '2999-01-01' }, 'as-of-not-available', '/asOf'],
  ]
  for (const [body, code, pointer, finding] of refused) {
    const answer = (await post('/v1/evaluate', body)).json()
    const what = JSON.stringify(body).slice(0, 160)
    t.equal(answer.code, code, `${what}: ${JSON.stringify(answer).slice(0, 300)}`)
    if (pointer !== '') t.ok(String(answer.pointer).startsWith(pointer), `${what}: ${answer.pointer}`)
    if (finding !== undefined) t.match(answer.errors, [{ code: finding }], what)
  }
})

t.test('rows that the warehouse could not hold, and words that only a database reads as a date', async (t) => {
  const { post } = service
  const births = (...dates: string[]) => dates.map((birth_date) => ({ person: 'a', birth_date }))
  const refused: [unknown, string][] = [
    [
      { members: [{ person: 'a' }], registries: { cspd_personal_info: births('1980-01-01', '1990-01-01') } },
      '/households/0/registries/cspd_personal_info/1',
    ],
    [
      {
        members: [
          { person: 'a', isHead: true },
          { person: 'b', isHead: true },
        ],
      },
      '/households/0/members',
    ],
  ]
  for (const [household, pointer] of refused) {
    t.match((await post('/v1/evaluate', { rule: incomeRule, households: [household] })).json(), {
      status: 422,
      code: 'facts-refused',
      pointer,
    })
  }
  for (const birthDate of ['today', 'epoch', 'infinity', ' 1980-01-01', '2026-02-30']) {
    const households = [{ members: [{ person: 'a', declared: { birthDate } }] }]
    const response = await post('/v1/evaluate', { rule: incomeRule, households })
    t.equal(response.statusCode, 200, birthDate)
    t.equal(response.json().results[0].facts.members[0].birthDateDeclared, null)
  }
})

t.test('a catalogue of one’s own is checked to its last label, and within limits', async (t) => {
  const { post } = service
  const label = { en: 'x', ar: 'س' }
  const own = (facts: unknown[], more = {}) => ({ catalogue: { files: [{ entity: 'household', facts }], ...more }, facts: [{}] })
  const roof = { id: 'roof', type: 'category', codes: 'roofs', label, custodian: 'X', definition: { declared: { path: '/roof' } } }
  const byRoof = rule({ all: [{ fact: 'roof', operator: 'equal', value: 'tin' }] })
  for (const [roofs, pointer] of [
    [{ tin: null }, '/catalogue/files/0/facts/0/codes/tin/en'],
    [{ tin: { en: 'Tin' } }, '/catalogue/files/0/facts/0/codes/tin/ar'],
    ['tin', '/catalogue/files/0/facts/0/codes'],
    [{}, '/catalogue/files/0/facts/0/codes'],
  ] as const) {
    t.match((await post('/v1/evaluate', { rule: byRoof, ...own([roof], { codeLists: { roofs } }) })).json(), {
      status: 422,
      code: 'text-refused',
      pointer,
    })
  }
  t.equal((await post('/v1/evaluate', { rule: byRoof, ...own([roof], { codeLists: { roofs: { tin: label } } }) })).statusCode, 200)
  const many = Array.from({ length: 1_001 }, (_, n) => ({ ...roof, id: `roof${n}` }))
  t.match((await post('/v1/evaluate', { rule: byRoof, ...own(many) })).json(), {
    code: 'limit-exceeded',
    expected: /MAX_FACTS_OF_YOUR_OWN/,
  })
})

t.test('two work at a time, some wait, the rest are sent away; a request has its time', async (t) => {
  const inTurn = takingTurns<number>()
  const ends: (() => void)[] = []
  let most = 0
  let working = 0
  const answers = Array.from({ length: 40 }, async (_, n) =>
    inTurn(async () => {
      most = Math.max(most, ++working)
      await new Promise<void>((resolve) => void ends.push(resolve))
      working--
      if (n === 1) throw new Error('failed')
      return n
    }).catch((error: Error) => (error instanceof Problem ? error.code : error.message)),
  )
  for (let n = 0; n < 40; n++) {
    await new Promise(setImmediate)
    ends.shift()?.()
  }
  const told = await Promise.all(answers)
  t.equal(most, 2)
  t.same(told.slice(0, 4), [0, 'failed', 2, 3])
  t.equal(told.filter((one) => one === 'too-many-requests').length, 8)
  t.equal(await inTurn(async () => 1), 1, 'every place was given back')
  let now = 0
  const clock = startClock(() => now)
  clock.check()
  now = 20_001
  t.throws(() => clock.check(), { code: 'limit-exceeded' })
})
