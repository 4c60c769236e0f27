/** A catalogue small enough to be checked by hand that uses every kind of definition. */
import { checkCatalogue, type CatalogueText } from '../../src/language/catalogue/check.ts'
import type { Catalogue } from '../../src/language/catalogue/catalogue.ts'
import type { RegistryColumn, RegistryShape } from '../../src/language/catalogue/registry-shape.ts'

export const words = { en: 'text', ar: 'نص' }
export const column = (name: string, type: RegistryColumn['type'], rest: Partial<RegistryColumn> = {}): RegistryColumn => ({
  name,
  type,
  scale: 0,
  unit: null,
  codes: null,
  codeLabels: null,
  label: words,
  nonNegative: false,
  protected: false,
  ...rest,
})
const registry = (id: string, columns: RegistryColumn[], rest: Partial<RegistryShape> = {}): RegistryShape => ({
  id,
  custodian: 'SSC',
  label: words,
  rowsPerPerson: 'many',
  columns,
  population: 'jordanians',
  absence: 'none',
  dwelling: false,
  ...rest,
})

export const registries: RegistryShape[] = [
  registry('pay', [
    column('month', 'date'),
    column('amount', 'decimal', { scale: 3, unit: 'JOD/month', nonNegative: true }),
    column('balance', 'decimal', { scale: 3, unit: 'JOD/month' }),
    column('kind', 'category', { codes: ['a', 'b'], codeLabels: { a: words, b: words } }),
    column('employer', 'text'),
  ]),
  registry(
    'civil',
    [
      column('birth_date', 'date'),
      column('sex', 'category', { codes: ['F', 'M'], codeLabels: { F: words, M: words } }),
      column('share', 'decimal', { scale: 1, unit: 'ratio' }),
    ],
    { rowsPerPerson: 'one', absence: 'unknown' },
  ),
  registry('home', [column('rooms', 'integer', { unit: 'rooms', nonNegative: true })], {
    rowsPerPerson: 'one',
    absence: 'unknown',
    dwelling: true,
    population: 'everyone',
  }),
  registry('land', [
    column('area', 'decimal', { scale: 3, unit: 'dunum', nonNegative: true }),
    column('price', 'decimal', { scale: 3, unit: 'JOD/dunum', nonNegative: true }),
    column('share', 'decimal', { scale: 6, unit: 'ratio', nonNegative: true }),
    column('holds_dwelling', 'boolean'),
  ]),
  registry('cspd_lineage', [column('father_ref', 'person'), column('mother_ref', 'person')], { rowsPerPerson: 'one', absence: 'unknown' }),
  registry('cspd_marriage_info', [column('spouse_ref', 'person'), column('end_date', 'date')]),
]

const fact = (id: string, type: string, definition: unknown, rest: object = {}) => ({
  id,
  type,
  label: words,
  custodian: 'SSC',
  definition,
  ...rest,
})
const money = { scale: 3, unit: 'JOD/month' }
const pay = (fn: string, rest: object = {}) => ({ aggregate: { function: fn, over: { registry: 'pay' }, ...rest } })
const members = (fn: string, rest: object = {}) => ({ aggregate: { function: fn, over: { relatives: 'members' }, ...rest } })
const kindIs = (value: string) => ({ fact: 'kind', operator: 'equal', value })

export const personFacts = [
  fact('payCount', 'integer', pay('count', { where: kindIs('a') }), { unit: 'rows' }),
  fact('employers', 'integer', pay('countDistinct', { of: 'employer' }), { unit: 'rows' }),
  fact('paySum', 'decimal', pay('sum', { of: 'amount', where: kindIs('a') }), money),
  fact('balanceSum', 'decimal', pay('sum', { of: 'balance' }), money),
  fact('payMean', 'decimal', pay('mean', { of: 'amount', window: { months: 12, date: 'month' } }), money),
  fact('payMax', 'decimal', pay('max', { of: 'amount', empty: 0 }), money),
  fact('payMin', 'decimal', pay('min', { of: 'amount' }), money),
  fact('payLatest', 'decimal', pay('latest', { of: 'amount', date: 'month' }), money),
  fact('hasB', 'boolean', pay('any', { where: kindIs('b') })),
  fact('onlyA', 'boolean', pay('every', { where: kindIs('a') })),
  fact('runA', 'integer', pay('longestRun', { where: kindIs('a'), date: 'month' }), { unit: 'months' }),
  fact(
    'oldRows',
    'integer',
    pay('count', {
      let: { age: { type: 'integer', unit: 'months', value: { monthsBetween: ['month', 'asOf'] } } },
      where: { fact: 'age', operator: 'greaterThanInclusive', value: 12 },
    }),
    { unit: 'rows' },
  ),
  fact('birthDate', 'date', { attribute: { registry: 'civil', column: 'birth_date' } }),
  fact('sex', 'category', { attribute: { registry: 'civil', column: 'sex' } }, { codes: { F: words, M: words } }),
  fact('age', 'integer', { derived: { yearsBetween: ['birthDate', 'asOf'] } }, { unit: 'years' }),
  fact('ageDays', 'integer', { derived: { daysBetween: ['birthDate', 'asOf'] } }, { unit: 'days' }),
  // Codes in another order than their source's.
  fact('sexTurned', 'category', { derived: 'sex' }, { codes: { M: words, F: words } }),
  fact('kindLatest', 'category', pay('latest', { of: 'kind', date: 'month' }), { codes: { b: words, a: words } }),
  fact('kindNamed', 'category', pay('latest', { let: { named: { type: 'category', value: 'kind' } }, of: 'named', date: 'month' }), {
    codes: { b: words, a: words },
  }),
  fact('rates', 'decimal', pay('sum', { of: { lookUp: { table: 'rate', keys: ['kind'] } } }), money),
  fact(
    'ratesNamed',
    'decimal',
    pay('sum', { let: { named: { type: 'category', value: 'kind' } }, of: { lookUp: { table: 'rate', keys: ['named'] } } }),
    money,
  ),
  fact('mostLatest', 'decimal', pay('latest', { of: { max: ['amount', 'balance'] }, date: 'month' }), money),
  fact('others', 'integer', { aggregate: { function: 'count', over: { relatives: 'otherMembers' } } }, { unit: 'persons' }),
  fact('together', 'integer', { derived: { add: ['others', 1] } }, { unit: 'persons' }),
  fact('kin', 'category', { attribute: { of: 'person', column: 'relationship' } }, { codes: { head: words, child: words } }),
  fact('isChild', 'boolean', { holds: { fact: 'kin', operator: 'equal', value: 'child' } }),
  fact('jordanian', 'boolean', { attribute: { of: 'person', column: 'isJordanian' } }),
  fact(
    'landValue',
    'decimal',
    {
      aggregate: {
        function: 'sum',
        over: { registry: 'land' },
        of: { multiply: ['area', 'price', 'share'] },
        where: { fact: 'holds_dwelling', operator: 'equal', value: false },
      },
    },
    { scale: 3, unit: 'JOD' },
  ),
  fact('share', 'decimal', { attribute: { registry: 'civil', column: 'share' } }, { scale: 3, unit: 'ratio' }),
  fact('birthYear', 'integer', { derived: { year: 'birthDate' } }, { unit: 'years' }),
  fact('lastDay', 'date', { derived: { max: ['birthDate', 'asOf'] } }),
  fact('newestYear', 'integer', pay('max', { of: { year: 'month' } }), { unit: 'years' }),
  fact('limitSum', 'decimal', pay('sum', { of: { lookUp: { table: 'limits', keys: [{ min: [{ year: 'month' }, 3] }] } } }), money),
  fact('declaredPay', 'decimal', { declared: { path: '/pay' } }, money),
  fact('bestPay', 'decimal', { greatestKnown: ['declaredPay', 'payLatest'] }, money),
  fact('mostPay', 'decimal', { greatestKnown: ['declaredPay', 'paySum', 'payMin'] }, money),
  fact('working', 'boolean', { holds: { fact: 'paySum', operator: 'greaterThan', value: 0 } }),
  fact(
    'workingSons',
    'integer',
    {
      aggregate: {
        function: 'count',
        over: { relatives: 'children', within: 'anywhere' },
        where: {
          all: [
            { fact: 'working', operator: 'equal', value: true },
            { fact: 'sex', operator: 'equal', value: 'M' },
          ],
        },
      },
    },
    { unit: 'persons' },
  ),
  fact('spouseWorks', 'boolean', {
    aggregate: {
      function: 'any',
      over: { relatives: 'spouse', within: 'anywhere' },
      where: { fact: 'working', operator: 'equal', value: true },
    },
  }),
  fact('othersPay', 'decimal', { aggregate: { function: 'sum', over: { relatives: 'otherMembers' }, of: 'paySum' } }, money),
]

export const householdFacts = [
  fact('size', 'integer', { attribute: { of: 'household', column: 'memberCount' } }, { unit: 'persons' }),
  fact('income', 'decimal', members('sum', { of: 'paySum' }), money),
  fact('elders', 'integer', members('count', { where: { fact: 'age', operator: 'greaterThanInclusive', value: 60 } }), { unit: 'persons' }),
  fact('oldest', 'integer', members('max', { of: 'age' }), { unit: 'years' }),
  fact(
    'distinctEmployers',
    'integer',
    { aggregate: { function: 'countDistinct', over: { registry: 'pay' }, of: 'employer' } },
    { unit: 'rows' },
  ),
  fact('rooms', 'integer', { attribute: { of: 'dwelling', registry: 'home', column: 'rooms' } }, { unit: 'rooms' }),
  fact('headAge', 'integer', { attribute: { of: 'head', fact: 'age' } }, { unit: 'years' }),
  fact('headKin', 'category', { attribute: { of: 'head', fact: 'kin' } }, { codes: { child: words, head: words } }),
  fact('headPay', 'decimal', { attribute: { of: 'head', fact: 'paySum' } }, money),
  fact('atLeastLine', 'decimal', { derived: { max: ['income', 'line'] } }, money),
  fact('atMostLine', 'decimal', { derived: { min: ['income', 'line'] } }, money),
  fact('generous', 'boolean', { parameter: 'generous' }),
  fact('strict', 'boolean', { parameter: 'strict' }),
  fact('later', 'boolean', { parameter: 'later' }),
  fact('laterLine', 'decimal', { parameter: 'laterLine' }, money),
  fact('incomePerPerson', 'decimal', { derived: { divide: ['income', 'size'] } }, { scale: 3, unit: 'JOD/month/persons' }),
  fact('crowding', 'decimal', { derived: { divide: ['size', 'rooms'] } }, { scale: 2, unit: 'persons/rooms' }),
  fact('incomeAnnual', 'decimal', { derived: { perYear: 'income' } }, { scale: 3, unit: 'JOD/year' }),
  fact('line', 'decimal', { parameter: 'line' }, money),
  fact('limit', 'decimal', { derived: { lookUp: { table: 'limits', keys: [{ min: ['size', 3] }] } } }, money),
  fact('declaredRent', 'decimal', { declared: { path: '/dwelling/rent' } }, money),
  fact('rent', 'decimal', { firstKnown: ['declaredRent', 'line'] }, money),
  fact('poor', 'boolean', { holds: { fact: 'income', operator: 'lessThan', value: { fact: 'line' } } }),
  fact(
    'band',
    'category',
    { derived: { band: { of: 'income', bands: [{ below: 100, value: 'low' }], otherwise: 'high' } } },
    { codes: { low: words, high: words } },
  ),
  fact('welfareScore', 'decimal', { computed: 'welfareScore' }, { scale: 6, unit: 'points' }),
]

export const parameters = [
  {
    id: 'line',
    label: words,
    type: 'decimal',
    scale: 3,
    unit: 'JOD/month',
    values: [
      { from: '2010-01-01', value: 68 },
      { from: '2018-01-01', value: 100 },
    ],
  },
  {
    id: 'rate',
    label: words,
    ...money,
    type: 'decimal',
    keys: [{ fact: 'kindLatest' }],
    values: [
      {
        from: '2010-01-01',
        rows: [
          ['a', 5],
          ['b', 7],
        ],
      },
    ],
  },
  { id: 'generous', label: words, type: 'boolean', values: [{ from: '2010-01-01', value: true }] },
  { id: 'strict', label: words, type: 'boolean', values: [{ from: '2010-01-01', value: false }] },
  { id: 'later', label: words, type: 'boolean', values: [{ from: '2090-01-01', value: true }] },
  { id: 'laterLine', label: words, ...money, type: 'decimal', values: [{ from: '2090-01-01', value: 120 }] },
  {
    id: 'limits',
    label: words,
    type: 'decimal',
    scale: 3,
    unit: 'JOD/month',
    keys: [{ fact: 'size' }],
    values: [
      {
        from: '2010-01-01',
        rows: [
          [1, 100],
          [2, 150],
          [3, 190.5],
        ],
      },
    ],
  },
]

export const smallText = (change: Partial<CatalogueText> = {}): CatalogueText => ({
  files: [
    { name: 'person.json', json: { entity: 'person', facts: personFacts } },
    { name: 'household.json', json: { entity: 'household', facts: householdFacts } },
  ],
  parameters: parameters.map((json) => ({ name: `${json.id}.json`, json })),
  definitions: new Map(),
  codeLists: new Map(),
  registries,
  ...change,
})

export function smallCatalogue(): Catalogue {
  const { catalogue, diagnostics } = checkCatalogue(smallText())
  if (!catalogue) throw new Error(JSON.stringify(diagnostics, null, 1))
  return catalogue
}
