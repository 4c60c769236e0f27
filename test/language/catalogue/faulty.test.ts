/** Faulty catalogue entries, each with the code and the pointer of its error. */
import t from 'tap'
import { checkCatalogue } from '../../../src/language/catalogue/check.ts'
import { householdFacts, parameters, personFacts, registries, smallText } from '../../support/small-catalogue.ts'

const words = { en: 'text', ar: 'نص' }
const money = { scale: 3, unit: 'JOD/month' }
const fact = (definition: unknown, rest: object = {}) => ({
  id: 'new',
  type: 'integer',
  unit: 'persons',
  label: words,
  custodian: 'SSC',
  definition,
  ...rest,
})
const count = (rest: object) => ({ aggregate: { function: 'count', over: { registry: 'pay' }, ...rest } })

interface Faulty {
  readonly note: string
  readonly entity?: 'person' | 'household'
  readonly fact: unknown
  readonly code: string
  readonly pointer: string
}

const faulty: readonly Faulty[] = [
  { note: 'not an object', fact: 3, code: 'fact-not-object', pointer: '' },
  { note: 'a name of no meaning', fact: fact(count({}), { unit: 'rows', scala: 3 }), code: 'unknown-key', pointer: '/scala' },
  { note: 'an id with a space', fact: fact(count({}), { id: 'my fact' }), code: 'fact-id', pointer: '/id' },
  { note: 'a type of another language', fact: fact(count({}), { type: 'float' }), code: 'fact-type', pointer: '/type' },
  { note: 'too many places', fact: fact(count({}), { type: 'decimal', scale: 9 }), code: 'fact-scale', pointer: '/scale' },
  { note: 'a number without a unit', fact: fact(count({}), { unit: undefined }), code: 'unknown-unit', pointer: '/unit' },
  { note: 'English only', fact: fact(count({}), { label: { en: 'x' } }), code: 'words-missing', pointer: '/label/ar' },
  {
    note: 'Arabic in Latin letters',
    fact: fact(count({}), { label: { en: 'x', ar: 'dakhl' } }),
    code: 'words-missing',
    pointer: '/label/ar',
  },
  { note: 'nobody answers for it', fact: fact(count({}), { custodian: undefined }), code: 'fact-custodian', pointer: '/custodian' },
  {
    note: 'a category without codes',
    fact: fact(count({}), { type: 'category', unit: undefined }),
    code: 'codes-missing',
    pointer: '/codes',
  },
  {
    note: 'a code list that is not there',
    fact: fact(count({}), { type: 'category', codes: 'colours' }),
    code: 'unknown-code-list',
    pointer: '/codes',
  },
  { note: 'deprecated without a word', fact: fact(count({}), { deprecated: true }), code: 'deprecation-shape', pointer: '/deprecated' },
  {
    note: 'deprecated on no day',
    fact: fact(count({}), { deprecated: { since: '2026-02-30', because: words } }),
    code: 'bad-date',
    pointer: '/deprecated/since',
  },
  {
    note: 'deprecated for a reason in one language',
    fact: fact(count({}), { deprecated: { since: '2026-01-31', because: { en: 'why' } } }),
    code: 'words-missing',
    pointer: '/deprecated/because/ar',
  },
  {
    note: 'deprecated with a word of no meaning',
    fact: fact(count({}), { deprecated: { since: '2026-01-31', because: words, until: '2027-01-31' } }),
    code: 'unknown-key',
    pointer: '/deprecated/until',
  },
  ...['nothing', 'new', 'age', 3].map((instead) => ({
    note: `deprecated for ${instead}`,
    fact: fact(count({}), { deprecated: { since: '2026-01-31', instead, because: words } }),
    code: 'deprecated-instead',
    pointer: '/deprecated/instead',
    entity: 'household' as const,
  })),
  { note: 'an id that is taken', fact: fact(count({}), { id: 'paySum' }), code: 'defined-twice', pointer: '/id' },
  { note: 'two kinds at once', fact: fact({ parameter: 'line', derived: 'payCount' }), code: 'definition-kind', pointer: '/definition' },
  { note: 'code in place of a definition', fact: fact({ javascript: 'x' }), code: 'definition-kind', pointer: '/definition' },
  {
    note: 'a registry that is not there',
    fact: fact({ aggregate: { function: 'count', over: { registry: 'pays' } } }),
    code: 'unknown-registry',
    pointer: '/definition/aggregate/over/registry',
  },
  {
    note: 'a function that is not there',
    fact: fact({ aggregate: { function: 'median', over: { registry: 'pay' } } }),
    code: 'unknown-function',
    pointer: '/definition/aggregate/function',
  },
  {
    note: 'a column that is not there',
    fact: fact(count({ where: { fact: 'salary', operator: 'equal', value: 3 } })),
    code: 'fact-unknown',
    pointer: '/definition/aggregate/where/fact',
  },
  {
    note: 'a sum of nothing',
    fact: fact({ aggregate: { function: 'sum', over: { registry: 'pay' } } }, { type: 'decimal', ...money }),
    code: 'definition-type',
    pointer: '/definition/aggregate',
  },
  {
    note: 'a yearly fact of monthly amounts',
    fact: fact(
      { aggregate: { function: 'sum', over: { registry: 'pay' }, of: 'amount' } },
      { type: 'decimal', scale: 3, unit: 'JOD/year' },
    ),
    code: 'units-differ',
    pointer: '/definition/aggregate/of',
  },
  {
    note: 'the latest of no date',
    fact: fact({ aggregate: { function: 'latest', over: { registry: 'pay' }, of: 'amount' } }, { type: 'decimal', ...money }),
    code: 'aggregate-date',
    pointer: '/definition/aggregate/date',
  },
  {
    note: 'a window without months',
    fact: fact(count({ window: { date: 'month' } })),
    code: 'aggregate-window',
    pointer: '/definition/aggregate/window',
  },
  {
    note: 'a person ranging over members',
    fact: fact({ aggregate: { function: 'count', over: { relatives: 'members' } } }),
    code: 'aggregate-over',
    pointer: '/definition/aggregate/over/relatives',
  },
  {
    note: 'ranging over the neighbours',
    fact: fact({ aggregate: { function: 'count', over: { neighbours: 'all' } } }),
    code: 'aggregate-over',
    pointer: '/definition/aggregate/over',
  },
  {
    note: 'a let of too many places',
    fact: fact(count({ let: { share: { type: 'decimal', scale: 9, unit: 'JOD/month', value: 'amount' } } })),
    code: 'fact-scale',
    pointer: '/definition/aggregate/let/share/scale',
  },
  {
    note: 'a sum of dates',
    entity: 'household',
    fact: fact({ derived: { add: [{ max: ['asOf', 'asOf'] }, 1] } }),
    code: 'expression-type',
    pointer: '/definition/derived/add/0',
  },
  {
    note: 'years between numbers',
    entity: 'household',
    fact: fact({ derived: { yearsBetween: ['size', 'asOf'] } }, { unit: 'years' }),
    code: 'expression-type',
    pointer: '/definition/derived/yearsBetween/0',
  },
  {
    note: 'years from one date only',
    entity: 'household',
    fact: fact({ derived: { yearsBetween: ['asOf'] } }, { unit: 'years' }),
    code: 'operands',
    pointer: '/definition/derived/yearsBetween',
  },
  {
    note: 'the latest free text as a code',
    fact: fact(
      { aggregate: { function: 'latest', over: { registry: 'pay' }, of: 'employer', date: 'month' } },
      { type: 'category', unit: undefined, codes: { x: words } },
    ),
    code: 'definition-type',
    pointer: '/definition/aggregate/of',
  },
  {
    note: 'a table looked up by free text',
    fact: fact(
      { aggregate: { function: 'sum', over: { registry: 'pay' }, of: { lookUp: { table: 'rate', keys: ['employer'] } } } },
      { type: 'decimal', ...money },
    ),
    code: 'look-up-key-type',
    pointer: '/definition/aggregate/of/lookUp/keys/0',
  },
  {
    note: 'a code that the fact lacks',
    fact: fact({ derived: 'sex' }, { type: 'category', unit: undefined, codes: { F: words } }),
    code: 'codes-differ',
    pointer: '/definition/derived',
  },
  {
    note: 'the greatest of codes',
    fact: fact({ greatestKnown: ['sex', 'sexTurned'] }, { type: 'category', unit: undefined, codes: { F: words, M: words } }),
    code: 'definition-type',
    pointer: '/definition/greatestKnown',
  },
  {
    note: 'a let in the name of the day',
    fact: fact(count({ let: { asOf: { type: 'integer', unit: 'rows', value: 1 } } })),
    code: 'let-shape',
    pointer: '/definition/aggregate/let/asOf',
  },
  {
    note: 'operations within operations without end',
    entity: 'household',
    fact: fact({ derived: Array.from({ length: 30 }).reduce<unknown>((inner) => ({ add: [inner, 1] }), 'size') }),
    code: 'expression-too-deep',
    pointer: `/definition/derived${'/add/0'.repeat(21)}`,
  },
  {
    note: 'more bands than can be read',
    entity: 'household',
    fact: fact({
      derived: { band: { of: 'size', bands: Array.from({ length: 201 }, (_, n) => ({ below: n, value: 1 })), otherwise: 3 } },
    }),
    code: 'bad-band',
    pointer: '/definition/derived/band',
  },
  {
    note: 'more choices than can be read',
    entity: 'household',
    fact: fact({ firstKnown: Array.from({ length: 51 }, () => 'size') }),
    code: 'operands',
    pointer: '/definition/firstKnown',
  },
  {
    note: 'an attribute that its registry does not have',
    fact: fact({ attribute: { registry: 'civil', column: 'colour' } }),
    code: 'unknown-column',
    pointer: '/definition/attribute/column',
  },
  {
    note: 'an attribute without a place',
    fact: fact({ attribute: 'birth_date' }),
    code: 'attribute-shape',
    pointer: '/definition/attribute',
  },
  {
    note: 'a household without persons between',
    entity: 'household',
    fact: fact({ attribute: { registry: 'civil', column: 'birth_date' } }, { type: 'date', unit: undefined }),
    code: 'attribute-entity',
    pointer: '/definition/attribute',
  },
  {
    note: 'one row of many',
    fact: fact({ attribute: { registry: 'pay', column: 'amount' } }, { type: 'decimal', ...money }),
    code: 'many-rows',
    pointer: '/definition/attribute/registry',
  },
  {
    note: 'adding years to persons',
    entity: 'household',
    fact: fact({ derived: { add: ['size', 'oldest'] } }),
    code: 'units-differ',
    pointer: '/definition/derived/add/1',
  },
  {
    note: 'adding months to years',
    entity: 'household',
    fact: fact({ derived: { add: ['income', 'incomeAnnual'] } }, { type: 'decimal', ...money }),
    code: 'units-differ',
    pointer: '/definition/derived/add/1',
  },
  {
    note: 'a month of a month',
    entity: 'household',
    fact: fact({ derived: { perMonth: 'income' } }, { type: 'decimal', ...money }),
    code: 'period',
    pointer: '/definition/derived/perMonth',
  },
  {
    note: 'an operation that is not there',
    entity: 'household',
    fact: fact({ derived: { power: ['size', 2] } }),
    code: 'unknown-operation',
    pointer: '/definition/derived',
  },
  {
    note: 'a fact that is not there',
    entity: 'household',
    fact: fact({ derived: { add: ['size', 'cars'] } }),
    code: 'unknown-name',
    pointer: '/definition/derived/add/1',
  },
  {
    note: 'computed from itself',
    entity: 'household',
    fact: fact({ derived: { add: ['new', 1] } }),
    code: 'cyclic-fact',
    pointer: '/definition',
  },
  {
    note: 'a number with more places than any',
    entity: 'household',
    fact: fact({ derived: { add: ['size', 0.12345678901] } }),
    code: 'literal-out-of-range',
    pointer: '/definition/derived/add/1',
  },
  {
    note: 'a band of a code that the fact has not',
    entity: 'household',
    fact: fact(
      { derived: { band: { of: 'size', bands: [{ below: 5, value: 'purple' }], otherwise: 'purple' } } },
      { type: 'category', unit: undefined, codes: { low: words, high: words } },
    ),
    code: 'unknown-code',
    pointer: '/definition/derived/band/bands/0/value',
  },
  {
    note: 'bands out of order',
    entity: 'household',
    fact: fact({
      derived: {
        band: {
          of: 'size',
          bands: [
            { below: 5, value: 1 },
            { below: 2, value: 2 },
          ],
          otherwise: 3,
        },
      },
    }),
    code: 'bands-order',
    pointer: '/definition/derived/band/bands/1/below',
  },
  {
    note: 'a table looked up by too many keys',
    entity: 'household',
    fact: fact({ derived: { lookUp: { table: 'limits', keys: ['size', 'size'] } } }, { type: 'decimal', ...money }),
    code: 'look-up-keys',
    pointer: '/definition/derived/lookUp/keys',
  },
  {
    note: 'a table read as a constant',
    entity: 'household',
    fact: fact({ parameter: 'limits' }, { type: 'decimal', ...money }),
    code: 'parameter-is-table',
    pointer: '/definition/parameter',
  },
  {
    note: 'a parameter that is not there',
    entity: 'household',
    fact: fact({ parameter: 'luck' }),
    code: 'unknown-parameter',
    pointer: '/definition/parameter',
  },
  {
    note: 'a boolean of amounts',
    fact: fact({ holds: { fact: 'age', operator: 'greaterThan', value: 3 } }),
    code: 'definition-type',
    pointer: '/definition/holds',
  },
  {
    note: 'a score inside a fact',
    entity: 'household',
    fact: fact({ derived: { max: ['welfareScore', 0] } }, { type: 'decimal', scale: 6, unit: 'points' }),
    code: 'computed-input',
    pointer: '/definition',
  },
  {
    note: 'relatives of relatives',
    fact: fact({
      aggregate: {
        function: 'count',
        over: { relatives: 'siblings', within: 'anywhere' },
        where: { fact: 'workingSons', operator: 'greaterThan', value: 0 },
      },
    }),
    code: 'relatives-of-relatives',
    pointer: '/definition',
  },
  {
    note: 'a path that is no path',
    fact: fact({ declared: { path: 'pay' } }),
    code: 'declared-path',
    pointer: '/definition/declared/path',
  },
  {
    note: 'a let that hides a column',
    fact: fact(count({ let: { amount: { type: 'integer', unit: 'rows', value: 1 } } })),
    code: 'let-shape',
    pointer: '/definition/aggregate/let/amount',
  },
  {
    note: 'a band without bands',
    entity: 'household',
    fact: fact({ derived: { band: { of: 'size', bands: [], otherwise: 3 } } }),
    code: 'bad-band',
    pointer: '/definition/derived/band',
  },
  {
    note: 'a difference of three',
    entity: 'household',
    fact: fact({ derived: { subtract: ['size', 1, 1] } }),
    code: 'operands',
    pointer: '/definition/derived/subtract',
  },
  {
    note: 'a ratio of money and persons',
    entity: 'household',
    fact: fact({ derived: { ratio: ['income', 'size'] } }, { type: 'decimal', scale: 3, unit: 'ratio' }),
    code: 'units-differ',
    pointer: '/definition/derived/ratio',
  },
  {
    note: 'a parameter of another unit',
    entity: 'household',
    fact: fact({ parameter: 'line' }, { type: 'decimal', scale: 3, unit: 'JOD/year' }),
    code: 'definition-type',
    pointer: '/definition/parameter',
  },
  {
    note: 'an attribute of the street',
    fact: fact({ attribute: { of: 'street', column: 'name' } }),
    code: 'attribute-of',
    pointer: '/definition/attribute/of',
  },
  {
    note: 'a date read as a number',
    fact: fact({ attribute: { registry: 'civil', column: 'birth_date' } }),
    code: 'definition-type',
    pointer: '/definition/attribute/column',
  },
  {
    note: 'a number read as a boolean',
    entity: 'household',
    fact: fact({ derived: { add: ['size', 1] } }, { type: 'boolean', unit: undefined }),
    code: 'definition-type',
    pointer: '/definition/derived',
  },
  {
    note: 'an empty value of another type',
    fact: fact({ aggregate: { function: 'max', over: { registry: 'pay' }, of: 'amount', empty: 'none' } }, { type: 'decimal', ...money }),
    code: 'literal-type',
    pointer: '/definition/aggregate/empty',
  },
  {
    note: 'something nobody computes',
    entity: 'household',
    fact: fact({ computed: 'luck' }),
    code: 'unknown-computed',
    pointer: '/definition/computed',
  },
]

t.test('each faulty fact has its precise error and no catalogue comes of it', (t) => {
  for (const { note, entity = 'person', fact: entry, code, pointer } of faulty) {
    const list = entity === 'person' ? personFacts : householdFacts
    const { catalogue, diagnostics } = checkCatalogue(
      smallText({
        files: [
          { name: 'person.json', json: { entity: 'person', facts: entity === 'person' ? [...personFacts, entry] : personFacts } },
          {
            name: 'household.json',
            json: { entity: 'household', facts: entity === 'household' ? [...householdFacts, entry] : householdFacts },
          },
        ],
      }),
    )
    const expected = `${entity}.json/facts/${list.length}${pointer}`
    t.notOk(catalogue, `${note}: no catalogue`)
    t.ok(
      diagnostics.some((d) => d.code === code && d.pointer === expected),
      `${note}: ${code} at ${expected}, found ${diagnostics.map((d) => `${d.code} ${d.pointer}`).join('; ')}`,
    )
  }
  t.end()
})

t.test('faulty parameters', (t) => {
  const line = parameters[0] as object
  const cases: readonly (readonly [string, object, string, string])[] = [
    ['undated', { ...line, values: [] }, 'parameter-undated', 'p.json/values'],
    ['a bad date', { ...line, values: [{ from: '2026-02-30', value: 1 }] }, 'bad-date', 'p.json/values/0/from'],
    [
      'two values from one day',
      {
        ...line,
        values: [
          { from: '2026-01-01', value: 1 },
          { from: '2026-01-01', value: 2 },
        ],
      },
      'parameter-dates',
      'p.json/values',
    ],
    [
      'more places than its scale',
      { ...line, values: [{ from: '2026-01-01', value: 1.2345 }] },
      'too-many-places',
      'p.json/values/0/value',
    ],
    [
      'a key in two rows',
      {
        ...line,
        keys: [{ fact: 'size' }],
        values: [
          {
            from: '2026-01-01',
            rows: [
              [1, 5],
              [1, 6],
            ],
          },
        ],
      },
      'parameter-row-twice',
      'p.json/values/0/rows/1',
    ],
    ['a type of another language', { ...line, type: 'money' }, 'parameter-type', 'p.json/type'],
    ['a number without a unit', { ...line, unit: undefined }, 'unknown-unit', 'p.json/unit'],
    [
      'a table without rows',
      { ...line, keys: [{ fact: 'size' }], values: [{ from: '2026-01-01', rows: [] }] },
      'parameter-rows',
      'p.json/values/0/rows',
    ],
    [
      'a row without its key',
      { ...line, keys: [{ fact: 'size' }], values: [{ from: '2026-01-01', rows: [[5]] }] },
      'parameter-row',
      'p.json/values/0/rows/0',
    ],
    ['a key too many', { ...line, because: 'x' }, 'unknown-key', 'p.json/because'],
  ]
  for (const [note, json, code, pointer] of cases) {
    const { diagnostics } = checkCatalogue(
      smallText({ parameters: [...parameters.slice(1).map((p) => ({ name: `${p.id}.json`, json: p })), { name: 'p.json', json }] }),
    )
    t.ok(
      diagnostics.some((d) => d.code === code && d.pointer === pointer),
      `${note}: ${code} at ${pointer}, found ${diagnostics.map((d) => `${d.code} ${d.pointer}`).join('; ')}`,
    )
  }
  t.end()
})

t.test('a file that is no catalogue', (t) => {
  for (const json of [null, [], { entity: 'village', facts: [] }, { entity: 'person', facts: {} }]) {
    const { catalogue, diagnostics } = checkCatalogue(smallText({ files: [{ name: 'x.json', json }] }))
    t.notOk(catalogue)
    t.match(diagnostics, [{ code: 'catalogue-file', pointer: 'x.json' }])
  }
  t.end()
})

t.test('lineage of facts', (t) => {
  const { catalogue } = checkCatalogue(smallText())
  t.same(catalogue?.sourcesOf('poor'), ['pay'])
  t.same(catalogue?.baseFactsOf('incomePerPerson').toSorted(), ['paySum', 'size'])
  t.equal(catalogue?.registries.size, registries.length)
  t.end()
})
