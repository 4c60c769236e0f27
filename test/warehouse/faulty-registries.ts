/** One sound definition, and the ways to spoil it with the findings that each must give. */

/* Definitions are spoilt beyond their type, so they are loose here. */
type Loose = any // oxlint-disable-line typescript/no-explicit-any

const words = (en: string): object => ({ en, ar: 'نص' })

/** A registry of wages that is right in every respect; a fresh one each time. */
export const sound = (): Loose => ({
  id: 'wages',
  custodian: 'SSC',
  label: words('Wages'),
  description: words('Wages by month.'),
  sourceName: 'SSC_Wages',
  origin: 'seed',
  rowsPerPerson: 'many',
  key: ['employer_no', 'wage_month'],
  columns: [
    { name: 'employer_no', type: 'text', label: words('Employer'), required: true },
    { name: 'wage_month', type: 'date', label: words('Month'), required: true },
    { name: 'wage', type: 'decimal', scale: 3, unit: 'JOD/month', label: words('Wage'), min: 0 },
    { name: 'sector', type: 'category', codes: { public: words('Public'), private: words('Private') }, label: words('Sector') },
    { name: 'insured', type: 'boolean', label: words('Insured') },
  ],
  population: 'jordanians',
  absence: 'none',
  freshness: { maxAgeDays: 45, graceDays: 30 },
  indexes: [['employer_no']],
  generator: {
    for: { all: [{ trait: 'formalWorker' }, { jordanian: true }] },
    rate: { poorest: 0.2, richest: 0.9 },
    rows: { months: 12, date: 'wage_month' },
    missing: 0.01,
    columns: {
      employer_no: { serial: 'E' },
      wage_month: { month: true },
      wage: { null: 0.01, else: { trait: 'wage' } },
      sector: { pick: { public: 0.4, private: 0.6 } },
      insured: { chance: 0.9 },
    },
  },
})

const connector = {
  operation: 'SSC.GetWages',
  path: '/ssc/wages',
  numberField: 'nationalNo',
  columns: { employer_no: '/e', wage_month: '/m', wage: '/w', sector: '/s', insured: '/i' },
  timeoutMs: 500,
  timeToLiveMinutes: 5,
  callsAtOnce: 2,
}

const put =
  (path: string, value: unknown) =>
  (definition: Loose): void => {
    const steps = path.split('.')
    const last = steps.pop() as string
    const place = steps.reduce((inner, step) => inner[step], definition)
    if (value === undefined) delete place[last]
    else place[last] = value
  }

export const faulty: readonly { readonly spoil: (definition: Loose) => void; readonly finds: readonly string[] }[] = [
  // Shape.
  { spoil: put('absence', undefined), finds: ['missing-key '] },
  { spoil: put('colums', []), finds: ['unknown-key /colums'] },
  { spoil: put('population', 'jordanian'), finds: ['wrong-value /population'] },
  { spoil: put('columns.2.type', 'money'), finds: ['wrong-value /columns/2/type'] },
  { spoil: put('columns.0.label', { en: 'Employer' }), finds: ['missing-key /columns/0/label'] },
  { spoil: put('freshness.maxAgeDays', 0), finds: ['wrong-value /freshness/maxAgeDays'] },
  {
    spoil: put('generator.columns.wage', { tarit: 'wage' }),
    finds: ['missing-key /generator/columns/wage', 'unknown-key /generator/columns/wage/tarit'],
  },
  // Words, custodian.
  { spoil: put('custodian', 'XYZ'), finds: ['custodian-unknown /custodian'] },
  { spoil: put('label', { en: 'أجور', ar: 'Wages' }), finds: ['words-language /label/en', 'words-language /label/ar'] },
  { spoil: put('columns.3.codes.public.ar', 'Public'), finds: ['words-language /columns/3/codes/public/ar'] },
  // Names that become identifiers, and what reaches the service bus.
  { spoil: put('id', 'members'), finds: ['registry-name /id'] },
  { spoil: put('id', 'wаges'), finds: ['wrong-value /id'] },
  { spoil: put('indexes', [['employer_no'], ['employer_no']]), finds: ['index-name /indexes/1'] },
  { spoil: put('delivery', 'pulled'), finds: ['connector-misplaced /connector'] },
  {
    spoil: (definition) => Object.assign(definition, { delivery: 'pulled', connector: { ...connector, path: '//evil.example' } }),
    finds: ['connector-value /connector/path'],
  },
  // Columns.
  { spoil: put('columns.4.name', 'Insured'), finds: ['column-name /columns/4/name', 'column-unknown /generator/columns/insured'] },
  { spoil: put('columns.4.name', 'load_id'), finds: ['column-name /columns/4/name', 'column-unknown /generator/columns/insured'] },
  {
    spoil: put('columns.4', { name: 'wage', type: 'boolean', label: words('Wage') }),
    finds: ['column-repeats /columns/4/name', 'column-unknown /generator/columns/insured'],
  },
  { spoil: put('columns.3.codes', undefined), finds: ['codes-misplaced /columns/3'] },
  {
    spoil: put('columns.3.codes', {}),
    finds: [
      'codes-misplaced /columns/3',
      'generator-code /generator/columns/sector/pick/public',
      'generator-code /generator/columns/sector/pick/private',
    ],
  },
  { spoil: put('columns.3.codes.a\u001eb', { en: 'x', ar: 'س' }), finds: ['code-malformed /columns/3/codes'] },
  { spoil: put('columns.4.codes', 'sex'), finds: ['codes-misplaced /columns/4'] },
  { spoil: put('columns.3.codes', 'sectors'), finds: ['code-list-unknown /columns/3/codes'] },
  { spoil: put('columns.2.scale', undefined), finds: ['scale-misplaced /columns/2'] },
  { spoil: put('columns.2.scale', 2), finds: ['scale-misplaced /columns/2'] },
  { spoil: put('columns.2.unit', undefined), finds: ['scale-misplaced /columns/2'] },
  { spoil: put('columns.4.unit', 'persons'), finds: ['scale-misplaced /columns/4'] },
  { spoil: put('columns.2.unit', 'JOD per month'), finds: ['unit-invalid /columns/2/unit'] },
  { spoil: put('columns.2.max', -1), finds: ['range-misplaced /columns/2'] },
  { spoil: put('columns.0.min', 0), finds: ['range-misplaced /columns/0'] },
  // Key, indexes, rows.
  { spoil: put('key', ['employer_no', 'wage_month', 'month']), finds: ['column-unknown /key/2'] },
  { spoil: put('columns.0.required', undefined), finds: ['key-optional /key/0'] },
  { spoil: put('key', []), finds: ['key-of-one /key', 'generator-rows /generator/rows/date'] },
  { spoil: put('rowsPerPerson', 'one'), finds: ['key-of-one /key'] },
  { spoil: put('indexes', [['sector', 'boss']]), finds: ['column-unknown /indexes/0/1'] },
  { spoil: put('dwelling', true), finds: ['dwelling-rows /dwelling'] },
  { spoil: put('conflicts', { latest: 'wage_month' }), finds: ['conflict-column /conflicts/latest'] },
  { spoil: put('conflicts', { latest: 'nothing' }), finds: ['column-unknown /conflicts/latest'] },
  // Who is sheltered.
  { spoil: put('shelters', {}), finds: ['shelters-column /shelters'] },
  { spoil: put('shelters', { nothing: 'open' }), finds: ['shelters-column /shelters/nothing'] },
  { spoil: put('shelters', { wage_month: 'open' }), finds: ['shelters-column /shelters/wage_month'] },
  { spoil: put('shelters', { sector: 'nowhere' }), finds: ['shelters-column /shelters/sector'] },
  // Generators.
  { spoil: put('generator.for.all.0.trait', 'rich'), finds: ['generator-trait /generator/for/all/0/trait'] },
  {
    spoil: put('generator.for', { trait: 'rich' }),
    finds: ['generator-trait /generator/for/trait', 'generator-population /generator/for'],
  },
  { spoil: put('generator.for.all.1.jordanian', false), finds: ['generator-population /generator/for'] },
  { spoil: put('generator.rate', 1.5), finds: ['generator-share /generator/rate'] },
  { spoil: put('generator.missing', 2), finds: ['generator-share /generator/missing'] },
  { spoil: put('generator.columns.insured', { chance: 9 }), finds: ['generator-share /generator/columns/insured/chance'] },
  { spoil: put('generator.columns.wage.null', 5), finds: ['generator-share /generator/columns/wage/null'] },
  { spoil: put('generator.columns.wage', { uniform: [500, 200] }), finds: ['generator-span /generator/columns/wage/uniform'] },
  { spoil: put('generator.columns.wage', { trait: 'salary' }), finds: ['generator-trait /generator/columns/wage/trait'] },
  { spoil: put('generator.columns.wage', { daysAgo: [1, 2] }), finds: ['generator-type /generator/columns/wage'] },
  { spoil: put('generator.columns.wage', { trait: 'birthDate' }), finds: ['generator-type /generator/columns/wage'] },
  { spoil: put('generator.columns.wage', { pick: { low: 1 } }), finds: ['generator-type /generator/columns/wage'] },
  { spoil: put('generator.columns.insured', { constant: 'yes' }), finds: ['generator-type /generator/columns/insured'] },
  { spoil: put('generator.columns.sector', { constant: 'privat' }), finds: ['generator-code /generator/columns/sector/constant'] },
  { spoil: put('generator.columns.sector.pick', { public: 1, other: 1 }), finds: ['generator-code /generator/columns/sector/pick/other'] },
  { spoil: put('generator.columns.employer_no', undefined), finds: ['generator-required /generator/columns'] },
  { spoil: put('generator.columns.employer_no', { null: 0.1, else: { serial: 'E' } }), finds: ['generator-required /generator/columns'] },
  { spoil: put('generator.rows.date', 'month'), finds: ['generator-rows /generator/rows/date'] },
  { spoil: put('generator.columns.wage_month', { daysAgo: [0, 30] }), finds: ['generator-rows /generator/rows/date'] },
  { spoil: put('generator.columns.bonus', { constant: 1 }), finds: ['column-unknown /generator/columns/bonus'] },
  {
    spoil: (definition) => (definition.generator = [definition.generator, { ...definition.generator, rate: 2 }]),
    finds: ['generator-share /generator/1/rate'],
  },
]
