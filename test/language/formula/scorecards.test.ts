/** Published scorecards of Jordan, Egypt and Yemen, kept outside the project: every combination, household and likelihood exact. */
import t from 'tap'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { type FactColumn, type FactColumns } from '../../../src/language/fact-columns.ts'
import { type FactSpace, type FactType, factSpace, unknownValues } from '../../../src/language/fact-space.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import { compileFormulaBulk } from '../../../src/language/formula/compile-bulk.ts'
import { PLACES_PER_TERM, compileFormula } from '../../../src/language/formula/compile.ts'
import type { Formula } from '../../../src/language/formula/formula.ts'
import { MICRO } from '../../../src/language/formula/formula.ts'
import { readTables } from '../../../src/language/formula/score-tables.ts'
import { householdSpace, readJson } from './catalogue-space.ts'

interface Option {
  code: string
  points: number
  from?: number
  to?: number | null
  when?: boolean
  value?: string | boolean
}
interface Item {
  id: number
  kind: string
  indicator: string
  text: string
  options: Option[]
}
interface Household {
  id: string
  indicators: Record<string, number | boolean | string>
  expected_score: number
  expected_points: { item: number; points: number }[]
  expected_likelihoods_percent: Record<string, number>
}
interface Scorecard {
  scorecard: string
  items: Item[]
  lookup: Record<string, number>[]
  test_households: Household[]
  max_score: number
}

const folder = join(projectRoot, '..', 'shared', 'truth', 'fixtures', 'scorecards')
const skip = existsSync(folder) ? false : 'the folder of outside truth is not here'
const words = (text: string) => ({ en: text, ar: 'نص' })
const NONE = { definitions: noDefinitions }

const isBoolean = (item: Item): boolean => item.options.every((option) => typeof (option.when ?? option.value) === 'boolean')

function factOf(item: Item): FactType {
  const codes = item.kind === 'categorical' && !isBoolean(item) ? item.options.map((option) => String(option.value)) : null
  const type = item.kind === 'banded' ? 'integer' : codes ? 'category' : 'boolean'
  return {
    id: item.indicator,
    type,
    scale: 0,
    unit: type === 'integer' ? 'persons' : null,
    codes,
    codeLabels: null,
    label: words(item.text),
    protected: false,
  }
}

function termOf(item: Item): unknown {
  const base = { id: item.indicator, label: words(item.text), unknown: 'undetermined' }
  if (item.kind === 'banded') {
    const options = item.options.toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0))
    return {
      ...base,
      fact: item.indicator,
      bands: options.slice(1).map((next, i) => ({ below: next.from, points: options[i]?.points })),
      otherwise: options.at(-1)?.points,
    }
  }
  if (!isBoolean(item))
    return { ...base, fact: item.indicator, points: Object.fromEntries(item.options.map((option) => [option.value, option.points])) }
  const pointsOf = (truth: boolean): number | undefined => item.options.find((option) => (option.when ?? option.value) === truth)?.points
  return { ...base, when: { fact: item.indicator, operator: 'equal', value: true }, points: pointsOf(true), else: pointsOf(false) }
}

function formulaOf(card: Scorecard, space: FactSpace): Formula {
  const lines = Object.keys(card.lookup[0] ?? {}).filter((key) => key !== 'score')
  const json = {
    id: card.scorecard,
    version: 1,
    effectiveFrom: '2010-01-01',
    label: words(card.scorecard),
    predicts: words('poverty'),
    unit: 'perHousehold',
    direction: 'lowerIsPoorer',
    intercept: 0,
    terms: card.items.map(termOf),
    tables: Object.fromEntries(
      lines.map((line) => [line, { kind: 'lookUp', unit: 'percent', rows: card.lookup.map((row) => [row['score'], row[line]]) }]),
    ),
  }
  const { formula, diagnostics } = checkFormula(json, { ...NONE, space })
  if (!formula) throw new Error(JSON.stringify(diagnostics))
  return formula
}

const valueOf = (type: FactType, given: number | boolean | string): number =>
  type.type === 'category' ? (type.codes ?? []).indexOf(String(given)) : Number(given)

/** One answer per option: the indicator's value, scaled, and the points it must give. */
function answersOf(item: Item, type: FactType): { value: number; points: number }[] {
  return item.options.flatMap((option) => {
    if (item.kind !== 'banded') return [{ value: valueOf(type, option.when ?? option.value ?? 0), points: option.points }]
    const ends = [option.from ?? 0, option.to ?? (option.from ?? 0) + 5]
    return [...new Set(ends)].slice(0, 1).map((value) => ({ value, points: option.points }))
  })
}

for (const name of ['JOR2010', 'EGY2010', 'YEM2009']) {
  t.test(`${name}: test households, item by item, with every likelihood`, { skip }, async (t) => {
    const card: Scorecard = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
    const space = factSpace('household', card.items.map(factOf))
    const formula = formulaOf(card, space)
    const score = compileFormula(formula)
    const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
    t.equal(formula.most, card.max_score * MICRO)
    for (const household of card.test_households) {
      const values = unknownValues(space)
      for (const [id, given] of Object.entries(household.indicators)) {
        const slot = space.slot(id) ?? -1
        values.lo[slot] = values.hi[slot] = valueOf(space.types[slot] as FactType, given)
      }
      const got = score(values.lo, values.hi, contributions)
      t.equal(got.point, household.expected_score * MICRO, `${household.id} scores ${household.expected_score}`)
      const points = household.expected_points.map((_, n) => (contributions[n * PLACES_PER_TERM] ?? 0) / MICRO)
      t.strictSame(
        points,
        household.expected_points.map((item) => item.points),
        `${household.id}, item by item`,
      )
      const likelihoods = Object.fromEntries(readTables(formula, got).map((reading) => [reading.name, Number(reading.point?.value)]))
      t.strictSame(likelihoods, household.expected_likelihoods_percent, `${household.id}, likelihoods`)
    }
  })

  t.test(`${name}: every combination of answers, in bulk`, { skip }, async (t) => {
    const card: Scorecard = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
    const space = factSpace('household', card.items.map(factOf))
    const answers = card.items.map((item, slot) => answersOf(item, space.types[slot] as FactType))
    const count = answers.reduce((product, options) => product * options.length, 1)
    const wanted = new Int32Array(count)
    let stride = 1
    const columns: FactColumns = answers.map((options): FactColumn => {
      const column = new Int16Array(count)
      for (let row = 0; row < count; row++) {
        const answer = options[Math.floor(row / stride) % options.length]
        column[row] = answer?.value ?? 0
        wanted[row] = (wanted[row] ?? 0) + (answer?.points ?? 0)
      }
      stride *= options.length
      return { lo: column, hi: column, loKnown: null, hiKnown: null }
    })
    const out = { point: new Float64Array(count), lo: new Float64Array(count), hi: new Float64Array(count) }
    compileFormulaBulk(formulaOf(card, space))(columns, 0, count, out)
    let different = 0
    for (let row = 0; row < count; row++) {
      if (out.point[row] !== (wanted[row] ?? 0) * MICRO || out.lo[row] !== out.point[row] || out.hi[row] !== out.point[row]) different++
    }
    t.equal(different, 0, `${count} combinations`)
  })
}

t.test('the shipped scorecard is the published one', { skip }, async (t) => {
  const card: Scorecard = JSON.parse(readFileSync(join(folder, 'JOR2010.json'), 'utf8'))
  const space = householdSpace()
  const { formula } = checkFormula(readJson('formulas', 'jordan-poverty-scorecard-2010', '1.json'), { ...NONE, space })
  if (!formula) throw new Error('does not check')
  const score = compileFormula(formula)
  const ids = formula.source.terms.map((term) => term.id)
  for (const household of card.test_households) {
    const values = unknownValues(space)
    card.items.forEach((item, n) => {
      const slot = space.slot(ids[n] ?? '') ?? -1
      const type = space.types[slot] as FactType
      const given = household.indicators[item.indicator] ?? 0
      const position = item.options.findIndex((option) => option.value === given)
      values.lo[slot] = values.hi[slot] = type.type === 'category' ? position : Number(given)
    })
    const got = score(values.lo, values.hi, new Float64Array(formula.terms.length * PLACES_PER_TERM))
    t.equal(got.point, household.expected_score * MICRO, household.id)
    t.equal(
      readTables(formula, got)[0]?.point?.value,
      String(household.expected_likelihoods_percent['nl100']),
      `${household.id}, likelihood`,
    )
  }
})
