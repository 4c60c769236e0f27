/** From definitions to SQL: its text, one answer for what is not granted or not there, every fault with its place, and hostile input. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import type { RowScope } from '../../src/access/grants/read-rights.ts'
import { withFormats } from '../../src/http/validator.ts'
import { Problem } from '../../src/kernel/problem.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { operatorNames } from '../../src/language/operators.ts'
import { callRates } from '../../src/kernel/call-rate.ts'
import { compileQuery, rememberingCompiler } from '../../src/queries/compile-query.ts'
import { type QueryDefinition, QueryDefinitionSchema } from '../../src/queries/definition-schema.ts'
import { knownStatements } from '../../src/queries/known-statements.ts'
import { queryDiagnosticCodes, queryFindingsPage } from '../../src/queries/query-diagnostics.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'
import { definitions, rightsTo } from './rights.ts'

const limits = { rowsDefault: 100, rowsMax: 1_000, leastPersons: 10 }
const columns = {
  cspd_personal_info: 'all',
  cspd_personal_address: 'all',
  dvld_car_info: 'all',
  ssc_salaries: ['salary_month', 'gross_wage'],
} as const
const rights = (scope: RowScope = { kind: 'listing' }) => rightsTo('NAF', columns, scope)
const compile = (change: object, scope?: RowScope) =>
  compileQuery(
    { name: { en: 'Cars', ar: 'مركبات' }, purpose: 'a test', registries: ['dvld_car_info'], ...change } as QueryDefinition,
    definitions,
    rights(scope),
    limits,
  )
const rows = { columns: ['dvld_car_info.model_year'] }

/** Code and parts of the refusal. */
function refusal(work: () => unknown): { code: string; pointer?: string; errors: string[] } {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { pointer, errors = [] } = error.parts
    return { code: error.code, ...(pointer === undefined ? {} : { pointer }), errors: errors.map((one) => `${one.code} ${one.pointer}`) }
  }
  return { code: 'compiled', errors: [] }
}

t.test('the statement of rows', async (t) => {
  const { statement, least } = compile({
    registries: ['cspd_personal_info', 'dvld_car_info'],
    columns: ['dvld_car_info.vehicle_class', 'cspd_personal_info.birth_date'],
    where: {
      any: [
        { fact: 'dvld_car_info.model_year', operator: 'greaterThan', value: { fact: 'since' } },
        { not: { fact: 'dvld_car_info.vehicle_class', operator: 'in', value: ['private', 'freight'] } },
        { fact: 'cspd_personal_info.birth_date', operator: 'lessThan', value: '1960-01-01' },
      ],
    },
    parameters: [
      { id: 'person', type: 'nationalId' },
      { id: 'since', of: 'dvld_car_info.model_year' },
    ],
    order: [{ by: 'dvld_car_info.licence_expiry', direction: 'descending' }],
    limit: 5,
  })
  t.equal(least, null)
  t.equal(
    statement.text,
    `SELECT r0.person_ref AS person, r1."vehicle_class" AS c0, r0."birth_date" AS c1
FROM warehouse."cspd_personal_info" AS r0
LEFT JOIN warehouse."dvld_car_info" AS r1 ON r1.person_ref = r0.person_ref
WHERE r0.person_ref = CAST($1 AS bigint)
  AND ((r1."model_year" > CAST($2 AS bigint)) OR (NOT (r1."vehicle_class" IN (CAST('private' AS text), CAST('freight' AS text)))) OR (r0."birth_date" < DATE '1960-01-01'))
ORDER BY r1."licence_expiry" DESC NULLS LAST, r0.person_ref ASC NULLS LAST, c0 ASC NULLS LAST, c1 ASC NULLS LAST
LIMIT 6`,
  )
  t.match(statement.bindings, [{ parameter: { id: 'person' } }, { parameter: { id: 'since' } }])
})

t.test('the statement of aggregates', async (t) => {
  const { statement, least } = compile({
    registries: ['cspd_personal_address', 'ssc_salaries'],
    groupBy: ['cspd_personal_address.governorate_code'],
    aggregates: [
      { id: 'wages', function: 'sum', of: 'ssc_salaries.gross_wage' },
      { id: 'months', function: 'countDistinct', of: 'ssc_salaries.salary_month' },
      { id: 'top', function: 'max', of: 'ssc_salaries.gross_wage' },
    ],
  })
  t.equal(least, 10)
  const hash = 'bit_xor(hashint8extended(person, CAST($1 AS bigint)))'
  t.equal(
    statement.text,
    `WITH matched AS (
SELECT r0.person_ref AS person, (CASE WHEN r0.person_ref = ANY (CAST($2 AS bigint[])) THEN NULL ELSE r0."governorate_code" END) AS g0, r1."gross_wage" AS x0, r1."salary_month" AS x1, r1."gross_wage" AS x2
FROM warehouse."cspd_personal_address" AS r0
LEFT JOIN warehouse."ssc_salaries" AS r1 ON r1.person_ref = r0.person_ref
),
shares AS (
SELECT person, g0, sum(x0) AS s0, count(x0) AS n0, count(x1) AS n1, max(x2) AS s2, count(x2) AS n2 FROM matched GROUP BY person, g0
),
cells AS (
SELECT g0, count(*) AS persons, (${hash} & 4294967295) AS key, count(*) FILTER (WHERE n0 > 0) AS p0, (${hash} FILTER (WHERE n0 > 0) & 4294967295) AS k0, sum(s0) AS v0, sum(n0) AS n0, sum(abs(s0)) AS whole0, max(abs(s0)) AS top0, count(*) FILTER (WHERE n1 > 0) AS p1, (${hash} FILTER (WHERE n1 > 0) & 4294967295) AS k1, count(*) FILTER (WHERE n2 > 0) AS p2, (${hash} FILTER (WHERE n2 > 0) & 4294967295) AS k2, (array_agg(s2 ORDER BY s2 DESC) FILTER (WHERE n2 > 0))[10] AS v2
FROM shares GROUP BY g0 HAVING count(*) >= 10
),
d1 AS (SELECT g0, count(DISTINCT x1) AS v1 FROM matched GROUP BY g0)
SELECT cells.*, d1.v1 FROM cells
LEFT JOIN d1 ON d1.g0 IS NOT DISTINCT FROM cells.g0
LIMIT 5001`,
  )
})

t.test('what is not granted and what is not there are answered alike, wherever they are named and whatever else is wrong', async (t) => {
  const places: ((name: string, registry: string) => object)[] = [
    (name) => ({ columns: [name] }),
    (name) => ({ groupBy: [name] }),
    (name) => ({ aggregates: [{ id: 'a', function: 'count', of: name }] }),
    (name) => ({ ...rows, order: [{ by: name }] }),
    (name) => ({ ...rows, where: { fact: name, operator: 'isKnown', value: true } }),
    (name) => ({ ...rows, where: { all: [{ not: { fact: 'dvld_car_info.model_year', operator: 'equal', value: { fact: name } } }] } }),
    (name) => ({ ...rows, parameters: [{ id: 'p', of: name }] }),
    (_, registry) => ({ ...rows, registries: ['dvld_car_info', registry] }),
    (name) => ({ columns: [name], limit: 100_000, registries: ['dvld_car_info', 'dvld_car_info'] }),
  ]
  for (const place of places) {
    const withheld = refusal(() => compile(place('ssc_pensions.pension_kind', 'ssc_pensions')))
    t.equal(withheld.code, 'query-not-granted')
    t.same(
      withheld,
      refusal(() => compile(place('no_such.column', 'no_such'))),
    )
    t.same(
      withheld,
      refusal(() => compile(place('ssc_salaries.establishment_no', 'no_such'))),
      'a column withheld of a registry that is granted',
    )
    t.same(
      withheld,
      refusal(() => compile(place('dvld_car_info.person_ref', 'warehouse.person'))),
      'a column that no definition has',
    )
  }
})

t.test('whose rows: one person’s, applicants’, anybody’s, nobody’s', async (t) => {
  const person = { parameters: [{ id: 'p', type: 'nationalId' }] }
  const counted = { aggregates: [{ id: 'n', function: 'count' }] }
  const answers = (scope: RowScope): string[] =>
    [rows, { ...rows, ...person }, counted, { ...counted, ...person }].map((one) => refusal(() => compile(one, scope)).code)
  const no = 'query-needs-person'
  t.same(answers({ kind: 'none' }), [no, no, 'compiled', no])
  t.same(answers({ kind: 'person' }), [no, 'compiled', 'compiled', 'compiled'])
  t.same(answers({ kind: 'applicants', programmes: ['housing'] }), ['compiled', 'compiled', 'compiled', 'compiled'])
  t.same(answers({ kind: 'listing' }), ['compiled', 'compiled', 'compiled', 'compiled'])
  const { statement } = compile(rows, { kind: 'applicants', programmes: ['housing'] })
  t.match(statement.text, 'WHERE r0.person_ref IN (SELECT applicants_of(CAST($1 AS text[])))')
  t.equal(compile({ ...counted, ...person }).least, null, 'of one person whose rows may be read: exact')
})

t.test('every fault with its place', async (t) => {
  const car = 'dvld_car_info'
  const faults: [object, ...string[]][] = [
    [{}, 'query-shape '],
    [{ ...rows, aggregates: [] }, 'query-shape '],
    [{ columns: [`${car}.model_year`, `${car}.model_year`] }, 'query-repeats /columns/1'],
    [{ ...rows, registries: [car, car] }, 'query-repeats /registries/1'],
    [{ columns: ['cspd_personal_info.gender'] }, 'query-registry-not-chosen /columns/0'],
    [{ groupBy: [`${car}.model_year`] }, 'query-column-type /groupBy/0'],
    [{ aggregates: [{ id: 's', function: 'sum', of: `${car}.vehicle_class` }] }, 'query-column-type /aggregates/0/of'],
    [{ aggregates: [{ id: 's', function: 'sum' }] }, 'query-aggregate-of /aggregates/0'],
    [{ aggregates: [{ id: 'persons', function: 'count' }] }, 'query-repeats /aggregates/0/id'],
    [{ aggregates: [{ id: 'n', function: 'count' }], registries: ['cspd_personal_info', car] }, 'query-rows-multiply /aggregates/0'],
    [
      { aggregates: [{ id: 'n', function: 'sum', of: 'ssc_salaries.gross_wage' }], registries: ['ssc_salaries', car] },
      'query-rows-multiply /aggregates/0',
    ],
    [{ ...rows, order: [{ by: 'n' }] }, 'query-order-unknown /order/0/by'],
    [{ aggregates: [], order: [{ by: `${car}.model_year` }] }, 'query-order-unknown /order/0/by'],
    [{ ...rows, limit: 1_001 }, 'query-limit /limit'],
    [{ ...rows, parameters: [{ id: 'p', of: `${car}.model_year` }] }, 'query-parameter-unused /parameters/0'],
    [{ ...rows, parameters: [{ id: 'p', of: `${car}.vehicle_type` }] }, 'query-column-type /parameters/0/of'],
    [
      {
        ...rows,
        parameters: [
          { id: 'p', type: 'nationalId' },
          { id: 'q', type: 'nationalId' },
        ],
      },
      'query-parameter-several /parameters/1',
    ],
    [{ ...rows, where: { fact: `${car}.vehicle_type`, operator: 'equal', value: 'x' } }, 'fact-unknown /where/fact'],
    [{ ...rows, where: { fact: `${car}.model_year`, operator: 'equal', value: '2020' } }, 'literal-type /where/value'],
    [{ ...rows, where: { fact: 'p', operator: 'equal', value: 1 } }, 'fact-unknown /where/fact'],
    [{ ...rows, where: { condition: 'livesAlone' } }, 'definition-unknown /where/condition'],
    [{ ...rows, purpose: 'about 990 123-4567' }, 'query-text-digits /purpose'],
    [{ ...rows, description: { en: 'x', ar: 'عن ٩٩٠١٢٣٤٥٦٧' } }, 'query-text-digits /description/ar'],
    [
      { ...rows, where: { fact: `${car}.model_year`, operator: 'isKnown', value: true, because: { en: '9901234567', ar: 'ا' } } },
      'query-text-digits /where/because/en',
    ],
    [{ ...rows, limit: 5_000, purpose: '9901234567' }, 'query-text-digits /purpose', 'query-limit /limit'],
  ]
  const tried = faults.flatMap(([, ...expected]) => expected.map((one) => one.split(' ')[0]))
  t.same(
    Object.keys(queryDiagnosticCodes).filter((code) => !tried.includes(code)),
    [],
    'each code of the table is tried',
  )
  t.equal(readFileSync(join(projectRoot, 'docs/reference/query-findings.md'), 'utf8'), queryFindingsPage())
  for (const [change, ...expected] of faults) {
    t.same(
      refusal(() => compile(change)),
      { code: 'query-refused', errors: expected },
      JSON.stringify(change),
    )
  }
})

t.test('what is remembered: compiled for just these rights, affordable for a minute, calls of a minute', async (t) => {
  const definition = { name: { en: 'a', ar: 'ا' }, purpose: 'a test', registries: ['dvld_car_info'], ...rows }
  const remembering = rememberingCompiler(limits)
  const mine = rights()
  const first = remembering('hash', definition, definitions, mine)
  t.equal(remembering('hash', definition, definitions, mine), first)
  t.not(remembering('hash', definition, definitions, rights()), first)
  t.equal(refusal(() => remembering('hash', definition, definitions, rightsTo('NAF', {}, { kind: 'listing' }))).code, 'query-not-granted')
  t.not(remembering('hash', definition, [...definitions], mine), first, 'other definitions of registries')

  let now = 600_000
  const statements = knownStatements(() => now)
  statements.keepAffordable('NAF', 'SELECT 1')
  t.same([statements.wasAffordable('NAF', 'SELECT 1'), statements.wasAffordable('ZF', 'SELECT 1')], [true, false])
  now += 60_000
  t.equal(statements.wasAffordable('NAF', 'SELECT 1'), false)
  t.equal(statements.preparedName('SELECT 1'), statements.preparedName('SELECT 1'))
  const names = new Set(Array.from({ length: 400 }, (_, index) => statements.preparedName(`SELECT ${index}`)))
  t.ok(names.has(null) && names.size === 301, 'no more than 300 names')

  const count = callRates(2, () => now)
  const codes = (times: number, query: string, caller: string, most: number): string[] =>
    Array.from({ length: times }, () => refusal(() => count(query, caller, ...(most === 2 ? [] : [most]))).code).filter(
      (code) => code !== 'compiled',
    )
  t.same(codes(3, 'q', 'a', 2), ['too-many-requests'])
  t.same([codes(2, 'q', 'b', 2), codes(2, 'r', 'a', 2), codes(99, 'q', 'c', 0)], [[], [], []])
  now += 59_999
  t.same([codes(1, 'q', 'a', 2), codes(2, 'q', 'd', 2)], [['too-many-requests'], []], 'a full minute of the clock frees nobody early')
  now += 1
  t.same(
    [codes(3, 'q', 'a', 2), codes(1, 'q', 'd', 2)],
    [['too-many-requests'], ['too-many-requests']],
    'each caller has a minute of its own',
  )
})

t.test('5,000 hostile identifiers, operators and values: the statement is never of another shape', async (t) => {
  const draw = drawFrom(20_261_126)
  const isShaped = withFormats(new Ajv2020({ strict: true, allowUnionTypes: true })).compile(
    JSON.parse(JSON.stringify(QueryDefinitionSchema)) as object,
  )
  const outcomes = { shape: 0, refused: 0, compiled: 0 }
  const known = shapeOf(compile(sound()).statement.text)
  const unordered = shapeOf(compile({ ...sound(), order: [] }).statement.text)
  for (let attempt = 0; attempt < 5_000; attempt++) {
    const spoilt = sound()
    spoil(draw, spoilt)
    const definition = JSON.parse(JSON.stringify(spoilt)) as Record<string, unknown>
    if (!isShaped(definition)) {
      outcomes.shape++
      continue
    }
    const compiled = compileOrNull(definition)
    if (!compiled) {
      outcomes.refused++
      continue
    }
    outcomes.compiled++
    const isOrdered = ((definition['order'] as unknown[] | undefined) ?? []).length > 0
    if (shapeOf(compiled) !== (isOrdered ? known : unordered)) t.fail(`another shape: ${compiled} from ${JSON.stringify(definition)}`)
    const strange = strangeWords(compiled)
    if (strange.length > 0) t.fail(`strange words: ${strange.join(' ')}`)
  }
  t.comment(JSON.stringify(outcomes))
  t.ok(
    Object.values(outcomes).every((count) => count > 200),
    'all three outcomes are tried often',
  )
  t.not(shapeOf(known.replace('AND', 'OR')), known, 'the comparison sees a changed word')
  t.same(strangeWords(`${known} UNION SELECT "password" FROM y`), ['UNION', '"password"', 'y'], 'and the vocabulary a planted one')
})

function compileOrNull(definition: unknown): string | null {
  try {
    return compile(definition as object).statement.text
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

/** A definition in which every kind of place can be spoilt. */
const sound = (): Record<string, unknown> => ({
  name: { en: 'Cars', ar: 'مركبات' },
  description: { en: 'a', ar: 'ا' },
  purpose: 'a test',
  registries: ['cspd_personal_info', 'dvld_car_info'],
  columns: ['dvld_car_info.model_year', 'cspd_personal_info.first_name'],
  where: {
    all: [
      { fact: 'dvld_car_info.model_year', operator: 'greaterThan', value: 2_000, because: { en: 'x', ar: 'س' }, name: 'n', citation: 'c' },
      { fact: 'dvld_car_info.vehicle_class', operator: 'equal', value: 'private' },
      { fact: 'cspd_personal_info.birth_date', operator: 'lessThan', value: { fact: 'born' } },
    ],
  },
  order: [{ by: 'dvld_car_info.licence_expiry', direction: 'ascending' }],
  limit: 10,
  parameters: [
    { id: 'born', of: 'cspd_personal_info.birth_date', label: { en: 'x', ar: 'س' } },
    { id: 'who', type: 'nationalId' },
  ],
})

const HOSTILE: readonly unknown[] = [
  `"; DROP TABLE warehouse.person; --`,
  `dvld_car_info.model_year" FROM warehouse.person; --`,
  `dvld_car_info.model_year, r0.person_ref`,
  `dvld_car_info"."model_year`,
  `DVLD_CAR_INFO.MODEL_YEAR`,
  `dvld_car_info.model_year::text`,
  `identity.identifier.number`,
  `pg_catalog.pg_authid`,
  `person_ref`,
  `private') OR TRUE --`,
  `private\\' OR 1=1`,
  `' UNION SELECT number FROM identity.identifier --`,
  `2000 OR 1=1`,
  `$1`,
  `E'\\x27'`,
  `ＤＶＬＤ_car_info.model_year`,
  `dvld_car_info.model_year\u0000`,
  `dvld_car_info.model_year\u202e`,
  '__proto__.constructor',
  'constructor',
  'toString.length',
  'hasOwnProperty',
  { fact: 'constructor' },
  { fact: { fact: 'born' } },
  { fact: 'who' },
  { sql: 'TRUE' },
  ['private', `') OR TRUE --`],
  [],
  null,
  true,
  -1,
  1e308,
  2_001,
  '0x7D0',
  'born',
  'freight',
  ...operatorNames,
  'LIKE',
  '= ANY',
  'descending; SELECT pg_sleep(9)',
  'a'.repeat(10_000),
]

/** Puts something hostile at one or two random places: a value, a key, or an item more. */
function spoil(draw: Draw, json: Record<string, unknown>): void {
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = []
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      places.push({ holder: value as Record<string, unknown>, key })
      walk(child)
    }
  }
  walk(json)
  for (let times = draw.between(1, 2); times > 0; times--) {
    const place = draw.pick(places)
    const { holder, key } = place
    const hostile = draw.pick(HOSTILE)
    const way = draw.between(0, 9)
    if (way === 0 && typeof hostile === 'string') holder[hostile] = holder[key]
    else if (way === 1 && Array.isArray(holder[key])) (holder[key] as unknown[]).push(hostile)
    else if (way === 2) delete holder[key]
    else if (way === 3 && typeof holder[key] === 'string') holder[key] = `${holder[key] as string}${String(hostile)}`
    else holder[key] = hostile
  }
}

/** The text with every column, value and operator alike: which were chosen is the client's, all else is not. */
function shapeOf(sql: string): string {
  return sql
    .replaceAll(/CAST\('[A-Za-z]+' AS text\)|DATE '\d{4}-\d\d-\d\d'|CAST\(-?\d+ AS bigint\)|CAST\(\$\d+ AS (?:bigint|date|text)\)/g, 'v')
    .replaceAll(/\br\d\."\w+"|\b(?:TRUE|FALSE)\b/g, 'v')
    .replaceAll('(v IS NOT NULL)', 'v')
    .replaceAll(/\(v (?:=|<>|<|<=|>|>=|IN|NOT IN) (?:v|\(v(?:, v)*\))\)/g, '(v op v)')
    .replaceAll(/LIMIT \d+/g, 'LIMIT n')
    .replaceAll(/ASC|DESC/g, 'DIRECTION')
}

const NAMES = new Set(definitions.flatMap(({ id, columns: own }) => [id, ...own.map(({ name }) => name)]))
const CODES = new Set(definitions.flatMap(({ columns: own }) => own.flatMap(({ codes }) => Object.keys(codes ?? {}))))
const WORDS = new Set(
  'SELECT FROM AS LEFT JOIN ON WHERE AND OR NOT IN IS NULL CAST bigint date text DATE ORDER BY ASC DESC NULLS LAST LIMIT TRUE FALSE person person_ref warehouse DIRECTION v op n'.split(
    ' ',
  ),
)

/** Words, quoted names and texts of a statement that neither the service nor a definition is the author of. */
function strangeWords(sql: string): string[] {
  const tokens = sql.match(/"[^"]*"|'[^']*'|\$\d+|[A-Za-z_]\w*|\d+|[^\s\w]/g) ?? []
  return tokens.filter((token) => {
    if (token.startsWith('"')) return !NAMES.has(token.slice(1, -1))
    if (token.startsWith("'")) return !CODES.has(token.slice(1, -1)) && !/^'\d{4}-\d\d-\d\d'$/.test(token)
    if (/^[A-Za-z_]/.test(token)) return !WORDS.has(token) && !/^[rc]\d$/.test(token)
    return !/^(?:\$?\d+|[(),.=<>*?-])$/.test(token)
  })
}
