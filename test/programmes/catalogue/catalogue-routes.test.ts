/** The catalogue as a product, through its routes: searched, told fact by fact, and nobody's value in it. */
import t from 'tap'
import { createKey } from '../../../src/access/key-store.ts'
import { LEAST_UNITS } from '../../../src/access/disclosure/cell-noise.ts'
import type { ReadRights } from '../../../src/access/grants/read-rights.ts'
import type { Permission } from '../../../src/access/permissions.ts'
import { factsAssembled } from '../../../src/determinations/facts-assembled.ts'
import type { CatalogueFact } from '../../../src/language/catalogue/catalogue.ts'
import type { RegistryColumn, RegistryShape } from '../../../src/language/catalogue/registry-shape.ts'
import { limitedSlots } from '../../../src/kernel/limited-slots.ts'
import { columnsRead } from '../../../src/programmes/catalogue/fact-columns-read.ts'
import { distributionsOf, isHeld, type Observed } from '../../../src/simulation/distributions/distributions.ts'
import { observedDistribution } from '../../../src/simulation/distributions/observed-distribution.ts'
import { observedRanges } from '../../../src/simulation/distributions/observed-ranges.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import { factCost } from '../../../src/simulation/fact-cost/fact-cost.ts'
import { freshness } from '../../households/seeded-warehouse.ts'
import { seededLaboratory } from '../../simulation/support/seeded-laboratory.ts'

const seeded = await seededLaboratory(t, 120)
const { app, database, get, keyWith } = seeded
const { catalogue } = await seeded.runs.versions.inForce(20_758)

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into answers of many shapes
const json = async (url: string, headers?: Record<string, string>): Promise<any> => (await get(url, headers)).json()
const search = async (query: Record<string, string>, headers?: Record<string, string>) =>
  json(`/v1/catalogue/search?${new URLSearchParams(query)}`, headers)
const idsOf = ({ facts }: { facts: { fact: { id: string } }[] }): string[] => facts.map(({ fact }) => fact.id)

function putDraft(kind: string, id: string, source: string, headers: Record<string, string>) {
  return app.inject({ method: 'PUT', url: `/v1/drafts/${kind}/${id}`, payload: { source }, headers })
}

t.test('search: every word, in both languages, best first and the same each time', async (t) => {
  const all = await search({ limit: '200' })
  const rest = await search({ limit: '200', offset: '200' })
  t.same([...idsOf(all), ...idsOf(rest)], [...catalogue.facts.keys()].toSorted(), 'without words everything, by id')
  t.equal(all.total, catalogue.facts.size)
  t.equal(idsOf(await search({ q: 'WAGEMEAN12M' }))[0], 'wageMean12m', 'whoever types the id wants the fact')
  const written = await Promise.all(['دَخْل الأُسرة', 'دخل الاسره', 'الدخـل للأسرة', 'دخل أسرة'].map((q) => search({ q })))
  for (const one of written) t.same(idsOf(one), idsOf(written[0]))
  t.ok(idsOf(written[0]).includes('incomeTotalMonthly'))
  t.match((await search({ q: 'social security corporation wage' })).facts[0], { fact: { custodian: 'SSC' } }, 'the custodian’s name')
  t.match(await search({ q: 'wagge meen' }), { near: true })
  t.ok(idsOf(await search({ q: 'wagge' })).includes('wageMean12m'), 'a slip finds what was meant')
  t.match(await search({ q: 'xqzwv' }), { total: 0, facts: [] })
  t.same(idsOf(await search({ q: '؟،' })), idsOf(await search({})), 'no word is no word')
  for (const q of ['%', "'; drop table x; --", '__proto__', '\u0000', 'ال'.repeat(100)])
    t.equal((await get(`/v1/catalogue/search?q=${encodeURIComponent(q)}`)).statusCode, 200, JSON.stringify(q))
})

t.test('search: filters and pages', async (t) => {
  const facts = [...catalogue.facts.values()]
  const expected = (is: (fact: (typeof facts)[number]) => boolean) => facts.filter(is).length
  for (const [filter, is] of [
    [{ entity: 'person' }, ({ entity }) => entity === 'person'],
    [{ type: 'date' }, ({ type }) => type === 'date'],
    [{ custodian: 'ssc' }, ({ custodian }) => custodian === 'SSC'],
    [{ registry: 'cspd_lineage' }, ({ id }) => catalogue.sourcesOf(id).includes('cspd_lineage')],
    [{ protected: 'true' }, (fact) => fact.protected],
    [{ protected: 'false', correctable: 'true' }, (fact) => !fact.protected && fact.correctable],
    [{ deprecated: 'true' }, ({ deprecated }) => deprecated !== null],
  ] as readonly [Record<string, string>, (fact: (typeof facts)[number]) => boolean][])
    t.equal((await search(filter)).total, expected(is), JSON.stringify(filter))
  const pages = await Promise.all(['0', '7', '14'].map((offset) => search({ q: 'income', limit: '7', offset })))
  t.same(pages.flatMap(idsOf), idsOf(await search({ q: 'income', limit: '21' })))
  for (const wrong of [
    'limit=0',
    'limit=201',
    'offset=-1',
    'type=money',
    'entity=village',
    'protected=maybe',
    `q=${'x'.repeat(201)}`,
    'order=id',
  ])
    t.match(await json(`/v1/catalogue/search?${wrong}`), { code: 'request-invalid', status: 400 }, wrong)
  t.equal((await app.inject('/v1/catalogue/search')).statusCode, 401)
  t.equal((await get('/v1/catalogue/search', await keyWith('runs:read'))).statusCode, 403)
})

t.test('one fact: what it means, where it comes from, who reads it', async (t) => {
  const fact = await json('/v1/catalogue/facts/wageMean12m')
  t.match(fact, {
    fact: { id: 'wageMean12m', unit: 'JOD/month', deprecated: null },
    definition: { aggregate: { function: 'sum' } },
    catalogueText: { id: 'income', pointer: '/facts/0' },
    reaches: { programmes: ['health-insurance'] },
    cost: { assembled: true },
  })
  t.ok(fact.sources.length > 0)
  for (const { registry, columns, state, absence } of fact.sources) {
    t.ok(catalogue.registries.has(registry) && columns.length > 0 && ['fresh', 'grace', 'stale', 'missing'].includes(state))
    t.ok(absence.en.length > 0 && /\p{Script=Arabic}/u.test(absence.ar))
  }
  t.ok(
    fact.uses.some(
      (use: { kind: string; id: string; state: string; programmes: string[]; pointer: string }) =>
        [use.kind, use.id, use.state, use.programmes.join(), use.pointer].join(' ') ===
        'rule health-insurance inForce health-insurance /conditions/all/1/any/1/all/1/fact',
    ),
  )
  t.match(await json('/v1/catalogue/facts/wageMean'), { code: 'fact-not-found', status: 404, detail: /wageMean12m/ })
  t.match(await json('/v1/catalogue/facts/__proto__'), { code: 'fact-not-found' })
  t.equal((await get('/v1/catalogue/facts/wageMean12m', await keyWith('runs:read'))).statusCode, 403)
  const basis = [...catalogue.facts.values()].find((one) => one.protected && one.entity === 'household')
  t.ok(Array.isArray((await json(`/v1/catalogue/facts/${basis?.id}`)).legalBases))
})

t.test('drafts are their author’s alone, saved queries their entity’s', async (t) => {
  const key = async (name: string, entity: string, ...permissions: Permission[]) => ({
    authorization: `Bearer ${await createKey(database.pool, { name, entity, permissions })}`,
  })
  const [author, other] = [await keyWith('versions:write', 'versions:read'), await keyWith('versions:write', 'versions:read')]
  const source = JSON.stringify({ id: 'mine', conditions: { all: [{ fact: 'wageMean12m', operator: 'lessThan', value: 3 }] } })
  t.equal((await putDraft('definition', 'mine', source, author)).statusCode, 200)
  const draftsSeen = async (headers: Record<string, string>) =>
    (await json('/v1/catalogue/facts/wageMean12m', headers)).uses.filter(({ state }: { state: string }) => state === 'draft')
  t.match(await draftsSeen(author), [{ kind: 'definition', id: 'mine', version: null, pointer: '/conditions/all/0/fact' }])
  t.same(await draftsSeen(other), [])

  const [column] = (await json('/v1/catalogue/facts/wageMean12m')).sources.at(-1).columns as { id: string }[]
  const definition = JSON.stringify({ name: { en: 'Wages', ar: 'أجور' }, rows: [column?.id] })
  await database.pool.query(
    `with q as (insert into saved_query (id, entity, created_by, shared) values (gen_random_uuid(), 'SSC', 'somebody', true) returning id)
     insert into saved_query_version (query_id, version, definition, hash, saved_by) select id, 1, $1, repeat('a', 64), 'somebody' from q`,
    [definition],
  )
  const queriesSeen = async (headers: Record<string, string>) => (await json('/v1/catalogue/facts/wageMean12m', headers)).savedQueries
  t.match(await queriesSeen(await key('a', 'SSC', 'versions:read', 'queries:read')), [{ name: { en: 'Wages' }, columns: [column?.id] }])
  t.same(await queriesSeen(await key('b', 'MODEE', 'versions:read', 'queries:read')), [], 'of another entity')
  t.equal(await queriesSeen(await key('c', 'SSC', 'versions:read')), null, 'without the permission')
})

t.test('how facts are spread: protected, and of no extreme', async (t) => {
  const bundle = await seeded.runs.versions.inForce(20_758)
  const held = [...catalogue.facts.values()].filter(({ id }) => isHeld(bundle, id))
  // Each fact takes a thread: one of each type, by turns of households and persons.
  for (const [type, entity] of [
    ['integer', 'household'],
    ['decimal', 'person'],
    ['boolean', 'household'],
    ['date', 'person'],
    ['category', 'household'],
  ] as const) {
    const fact = held.find((one) => one.type === type && one.entity === entity)
    if (!fact) throw new Error(`no ${entity} ${type} is held`)
    const { distribution, cost } = await json(`/v1/catalogue/facts/${fact.id}`)
    t.match(distribution, { state: 'told', run: seeded.run, told: { unit: entity } }, `${entity} ${type} ${fact.id}`)
    const { told } = distribution
    t.ok(cost.bytesPerHousehold > 0)
    t.equal(told.codes === null, type !== 'boolean' && type !== 'category')
    t.equal(told.quantiles === null, told.codes !== null)
    for (const { units } of [told.known, told.bounded, told.unknown, ...(told.codes ?? []), ...(told.histogram ?? [])])
      t.ok(units === null || units === 0 || units >= LEAST_UNITS)
  }
  t.match((await json('/v1/catalogue/facts/welfareScore')).distribution, { state: 'not-held', told: null })
  const again = async () => (await json('/v1/catalogue/facts/incomeTotalMonthly')).distribution
  t.same(await again(), await again(), 'asked again it is the same')
})

t.test('who is told: whoever was granted it, for aggregates too; of what is not protected, also whoever writes rules', async (t) => {
  const bundle = await seeded.runs.versions.inForce(20_758)
  const held = [...catalogue.facts.values()].filter(({ id }) => isHeld(bundle, id))
  const open = held.find((one) => !one.protected && one.definition.kind === 'aggregate')?.id as string
  const shut = held.find((one) => one.protected && catalogue.sourcesOf(one.id).length > 0)?.id as string
  const rightsTo = (columns: readonly string[], facts: readonly string[] = []): ReadRights => ({
    entity: 'MOH',
    columns: (registry) =>
      new Set(columns.filter((column) => column.startsWith(`${registry}.`)).map((column) => column.slice(registry.length + 1))),
    facts: new Set(facts),
    decideOnly: new Set(facts),
    rowScope: () => ({ kind: 'none' }),
  })
  const distributions = distributionsOf({ ...seeded.runs, dataDirectory: seeded.dataDirectory })
  const stateFor = async (fact: string, rights: ReadRights, ...permissions: Permission[]): Promise<string> => {
    const principal = { id: 'x', name: 'x', entity: 'MOH', kind: 'key', permissions: new Set(permissions) } as const
    return (await observedDistribution({ distributions, rights: async () => rights }, bundle, fact, principal)).state
  }
  const nothing = rightsTo([])
  for (const fact of [open, shut]) {
    const columns = columnsRead(catalogue, fact).flatMap((read) => read.columns.map(({ name }) => `${read.registry.id}.${name}`))
    const bases = catalogue.baseFactsOf(fact).filter((base) => catalogue.sourcesOf(base).length === 0)
    t.equal(await stateFor(fact, nothing), 'withheld', fact)
    t.equal(await stateFor(fact, rightsTo(columns, bases)), 'told', 'columns for aggregates alone')
    t.equal(await stateFor(fact, rightsTo(columns.slice(1), bases)), 'withheld', 'one column short')
    t.equal(await stateFor(fact, rightsTo([], [fact])), 'told', 'the fact itself')
    t.equal(await stateFor(fact, nothing, 'distributions:read'), fact === open ? 'told' : 'withheld')
  }
  // A catalogue that calls the fact open, or a parameter, as a draft or a later version may: what was observed is the snapshot's fact.
  const [, parameter] = [...catalogue.facts.values()].flatMap(({ definition }) => (definition.kind === 'parameter' ? [definition] : []))
  const shutFact = catalogue.facts.get(shut) as CatalogueFact
  const asker = { entity: 'MOH', permissions: new Set(['distributions:read'] as const) }
  const numbers = held.filter((one) => one.protected && one.type !== 'category' && one.type !== 'boolean')
  const observed = (await distributions.observed()) as Observed
  const tallies = await distributions.tallies(
    observed,
    numbers.map(({ id }) => id),
    60_000,
  )
  const reaching = numbers.find(({ id }) => tallies.get(id)?.reach) as CatalogueFact
  for (const disguised of [{ protected: false }, { protected: false, definition: parameter as CatalogueFact['definition'] }]) {
    const written = (fact: CatalogueFact) => ({
      catalogue: { ...catalogue, facts: new Map([...catalogue.facts, [fact.id, { ...fact, ...disguised }]]) },
    })
    const viewing = { distributions, rights: async () => nothing }
    const principal = { ...asker, id: 'x', name: 'x', kind: 'key' } as const
    t.equal((await observedDistribution(viewing, written(shutFact), shut, principal)).state, 'withheld')
    const rangesFor = (draft: ReturnType<typeof written>, inForce: Pick<typeof bundle, 'catalogue'>, rights: ReadRights) =>
      observedRanges({ distributions, rights: async () => rights }, { draft, inForce: async () => inForce }, [reaching.id], asker)
    const draft = written(reaching)
    const facts = async (...judged: Parameters<typeof rangesFor>) => [...((await rangesFor(...judged))?.reach.keys() ?? [])]
    t.same(await facts(draft, bundle, nothing), [])
    t.same(await facts(draft, draft, nothing), [], 'nor where the catalogue in force says so too')
    t.same(await facts(draft, bundle, rightsTo([], [reaching.id])), [reaching.id], 'whoever is granted it is told')
  }
  t.equal(await stateFor('no-such-fact', nothing, 'distributions:read'), 'withheld')
  const elsewhere = distributionsOf({ ...seeded.runs, dataDirectory: t.testdir() })
  const principal = { id: 'x', name: 'x', entity: 'MOH', kind: 'key', permissions: new Set(['distributions:read'] as const) } as const
  const viewing = { distributions: elsewhere, rights: async () => nothing }
  t.match(await observedDistribution(viewing, bundle, open, principal), { state: 'no-snapshot', told: null })
})

t.test('a check warns of thresholds beyond what was observed, whoever may know what was', async (t) => {
  const rule = structuredClone(shippedTexts().find(({ kind, id }) => kind === 'rule' && id === 'housing')?.json) as Record<string, unknown>
  const conditions = { all: [rule['conditions'], { fact: 'incomeTotalMonthly', operator: 'lessThan', value: 90_000_000 }] }
  const programme = structuredClone(shippedTexts().find(({ kind, id }) => kind === 'programme' && id === 'housing')?.json) as object
  const warnings = async (...permissions: Permission[]) => {
    const author = await keyWith('versions:write', ...permissions)
    const texts = {
      rule: { ...rule, version: 9, effectiveFrom: '2026-12-01', conditions },
      programme: { ...programme, rule: { id: 'housing', version: 9 } },
    }
    for (const [kind, json] of Object.entries(texts))
      t.equal((await putDraft(kind, 'housing', JSON.stringify(json), author)).statusCode, 200)
    const check = async () =>
      app.inject({ method: 'POST', url: '/v1/drafts/check', payload: { effectiveFrom: '2026-12-01' }, headers: author })
    for (;;) {
      const { diagnostics } = (await check()).json<{ diagnostics: { code: string; pointer: string }[] }>()
      if (!diagnostics.some(({ code }) => code === 'range-being-counted'))
        return diagnostics.filter(({ code }) => code === 'threshold-unobserved')
    }
  }
  const found = (await warnings()).filter(({ pointer }) => pointer === 'rule/housing/9#/conditions/all/1')
  t.match(found, [{ code: 'threshold-unobserved' }], 'of a few families thresholds of the rule itself may be beyond too')
})

t.test('what a fact would cost: unread columns, grants, time and room; nothing is stored', async (t) => {
  const cost = async (source: unknown, more: object = {}, headers?: Record<string, string>) =>
    seeded.post('/v1/catalogue/facts/cost', { source: typeof source === 'string' ? source : JSON.stringify(source), ...more }, headers)
  const fact = {
    id: 'jordaniansCounted',
    type: 'integer',
    unit: 'persons',
    label: { en: 'Jordanian members, counted again', ar: 'عدد الأفراد الأردنيين بعدٍّ آخر' },
    custodian: 'CSPD',
    definition: {
      aggregate: { function: 'count', over: { relatives: 'members' }, where: { fact: 'isJordanian', operator: 'equal', value: true } },
    },
  }
  const draft = (...facts: object[]) => ({ entity: 'household', facts })
  const bundle = await seeded.runs.versions.inForce(20_758)
  const read = new Set(
    [...factsAssembled(bundle)].flatMap((id) =>
      columnsRead(catalogue, id).flatMap(({ registry, columns }) => columns.map(({ name }) => `${registry.id}.${name}`)),
    ),
  )
  const [registry, column] = [...catalogue.registries.values()].flatMap((one) =>
    one.rowsPerPerson === 'many' && one.answeredBy === undefined
      ? one.columns.filter(({ name, type }) => type === 'integer' && !read.has(`${one.id}.${name}`)).map((own) => [one, own] as const)
      : [],
  )[0] as readonly [RegistryShape, RegistryColumn]
  const unread = {
    ...fact,
    id: 'unreadSum',
    unit: column.unit,
    protected: column.protected,
    definition: { aggregate: { function: 'sum', over: { registry: registry.id }, of: column.name } },
  }
  const answer = (await cost(draft(fact, unread))).json()
  t.match(answer, {
    diagnostics: [],
    facts: [
      { id: fact.id, change: 'new' },
      { id: 'unreadSum', change: 'new' },
    ],
  })
  const source = answer.facts[1].sources.find((one: { registry: string }) => one.registry === registry.id)
  t.match(source, {
    custodian: registry.custodian,
    columns: [{ id: `${registry.id}.${column.name}`, isReadToday: false, isGranted: false }],
  })
  t.ok(
    answer.mustGrant
      .find((one: { custodian: string }) => one.custodian === registry.custodian)
      .columns.includes(`${registry.id}.${column.name}`),
  )
  t.match(answer, { measured: null, notMeasured: 'not-granted' }, 'no household is read without a grant')
  t.ok(answer.bytesPerHousehold >= 8, 'two integers of a household, however narrow their values are')

  const income = shippedTexts().find(({ kind, id }) => kind === 'catalogue' && id === 'income')?.json as {
    facts: { id: string; label: object }[]
  }
  const changed = {
    ...income,
    facts: income.facts.map((one) => (one.id === 'highestWage' ? { ...one, label: { en: 'Top wage', ar: 'أعلى أجر' } } : one)),
  }
  t.match((await cost(changed, { replaces: 'income' })).json(), { diagnostics: [], facts: [{ id: 'highestWage', change: 'changed' }] })
  t.match((await cost(income, { replaces: 'income' })).json(), { facts: [], mustGrant: [], measured: null })
  t.match((await cost(changed)).json(), { diagnostics: [{ code: 'defined-twice' }], facts: [], measured: null }, 'beside what is there')
  t.match((await cost(draft({ ...fact, definition: { derived: 'nothing' } }))).json(), {
    diagnostics: [{ code: 'unknown-name', severity: 'error' }],
    facts: [],
  })
  for (const hostile of [
    '',
    '{',
    'null',
    '[]',
    '{"entity":"household"}',
    '['.repeat(5_000),
    JSON.stringify(draft({ ...fact, id: '__proto__' })),
  ])
    t.match((await cost(hostile)).json(), { diagnostics: [{ severity: 'error' }], facts: [], measured: null }, hostile.slice(0, 30))
  t.match((await cost(draft(fact), { replaces: 'nothing' })).json(), { code: 'request-invalid', pointer: '/replaces' })
  t.match((await cost(draft(fact), { store: true })).json(), { code: 'request-invalid' })
  t.equal((await cost(draft(fact), {}, await keyWith('versions:read'))).statusCode, 403)
  const { rows } = await database.pool.query<{ body: string }>(
    "select body from audit_event where body like '%fact-cost.measured%' order by id",
  )
  t.match(JSON.parse(rows[0]?.body ?? '{}'), { action: 'fact-cost.measured', objects: [`fact:${fact.id}`, 'fact:unreadSum'] })
  t.equal((await get('/v1/catalogue/facts/unreadSum')).statusCode, 404)
})

t.test('a draft is timed on households only by what the asker is granted, whatever its facts are called', async (t) => {
  const definition = {
    aggregate: { function: 'count', over: { relatives: 'members' }, where: { fact: 'isJordanian', operator: 'equal', value: true } },
  }
  const counted = { id: 'jordaniansCounted', type: 'integer', unit: 'persons', label: { en: 'J', ar: 'ج' }, custodian: 'CSPD', definition }
  const distributions = distributionsOf({ ...seeded.runs, dataDirectory: seeded.dataDirectory })
  const deps = { ...seeded.runs, database, distributions, freshness: async () => freshness, slots: limitedSlots(1, 'x') }
  const measure = (facts: readonly string[], id: string, more: Partial<typeof deps> = {}) => {
    const rights: ReadRights = {
      entity: 'NAF',
      columns: () => new Set(),
      facts: new Set(facts),
      decideOnly: new Set(),
      rowScope: () => ({ kind: 'none' }),
    }
    const source = JSON.stringify({ entity: 'household', facts: [{ ...counted, id }] })
    return factCost({ ...deps, ...more }, { source, replaces: null, today: 20_758, states: [], rights })
  }
  const granted = await measure(['isJordanian'], 'jordaniansCounted')
  t.equal(granted.notMeasured, null)
  const { households = 0, microsecondsToday = 0, microsecondsPerHousehold = -1 } = granted.measured ?? {}
  t.ok(households > 10 && microsecondsToday > 0 && microsecondsPerHousehold >= 0)
  t.equal(granted.bytesPerHousehold, 8.5, 'both ends of an integer as it is declared')
  const named = await measure(['jordaniansCounted'], 'jordaniansCounted')
  t.match(
    named,
    { measured: null, notMeasured: 'not-granted', bytesPerHousehold: 8.5 },
    'a grant of its name is none of what the draft computes',
  )
  t.match(await measure(['jordaniansCounted'], '1'), { measured: null, notMeasured: 'no-facts', bytesPerHousehold: null })
  const elsewhere = distributionsOf({ ...seeded.runs, dataDirectory: t.testdir() })
  const absent = await measure(['isJordanian'], 'jordaniansCounted', { distributions: elsewhere })
  t.match(absent, { measured: null, notMeasured: 'no-snapshot', bytesPerHousehold: null })
})

t.test('a snapshot whose files are damaged tells nothing, and stops no check', async (t) => {
  const bundle = await seeded.runs.versions.inForce(20_758)
  const wrong: unknown[] = []
  const distributions = distributionsOf({ ...seeded.runs, dataDirectory: seeded.dataDirectory, onError: (error) => wrong.push(error) })
  const observed = (await distributions.observed()) as Observed
  const damaged = { ...observed, snapshot: { ...observed.snapshot, folder: t.testdir() } }
  t.equal((await distributions.tallies(damaged, ['incomeTotalMonthly'], 60_000)).size, 0)
  t.match(wrong, [{ code: 'ENOENT' }])
  t.equal((await distributions.tallies(observed, ['incomeTotalMonthly'], 60_000)).size, 1, 'asked again it is counted')
  t.equal(
    (await distributions.tallies(observed, ['incomeTotalMonthly', 'wageMean12m'], 0)).size,
    1,
    'what is not counted in time is left out',
  )
  t.ok(isHeld(bundle, 'wageMean12m'))
})
