import t from 'tap'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { readFactValues } from '../../../src/language/fact-json.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import { PLACES_PER_TERM, compileFormula } from '../../../src/language/formula/compile.ts'
import { explainScore } from '../../../src/language/formula/explain.ts'
import type { ExplainScoreInput, ScoreExplanation } from '../../../src/language/formula/explain.ts'
import { householdSpace, readJson } from './catalogue-space.ts'

const space = householdSpace()
const ids = ['welfare-ranking', 'jordan-poverty-scorecard-2010']

function scored(id: string, facts: Record<string, unknown>): ExplainScoreInput {
  const { formula } = checkFormula(readJson('formulas', id, '1.json'), { space, definitions: noDefinitions })
  if (!formula) throw new Error(`${id} does not check`)
  const { values } = readFactValues(space, facts, '')
  const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  compileFormula(formula)(values.lo, values.hi, contributions)
  return { formula, values, contributions }
}
const casesOf = (id: string): { id: string; facts: Record<string, unknown> }[] => readJson('formulas', id, 'cases.json').cases
const caseOf = (id: string, name: string): Record<string, unknown> => casesOf(id).find((one) => one.id === name)?.facts ?? {}

/** Decimals of 6 places as integers, without going through a float. */
const micro = (text: string): bigint => BigInt(text.replace('.', ''))

function addsUp(told: ScoreExplanation): boolean {
  const sum = (pick: (term: { contribution: string | null; lowest: string; highest: string }) => string | null): bigint | null =>
    [...told.terms, ...(told.hidden ? [told.hidden] : [])].reduce<bigint | null>((total, term) => {
      const text = pick(term)
      return total === null || text === null ? null : total + micro(text)
    }, micro(told.intercept))
  const wanted = told.score === null ? null : micro(told.score)
  return (
    sum((c) => c.contribution) === wanted && sum((c) => c.lowest) === micro(told.lowest) && sum((c) => c.highest) === micro(told.highest)
  )
}

t.test('contributions add up exactly, in every worked example, in both languages', async (t) => {
  for (const id of ids) {
    for (const one of casesOf(id)) {
      for (const language of ['en', 'ar'] as const) {
        const told = explainScore(scored(id, one.facts), language)
        t.ok(addsUp(told), `${id} ${one.id} ${language}`)
        for (const sentence of told.sentences) t.notMatch(sentence, /undefined|NaN|Infinity|\[object/)
        if (language === 'ar') for (const sentence of told.sentences) t.match(sentence, /\p{Script=Arabic}/u)
      }
    }
  }
})

t.test('each term tells label, value, contribution', async (t) => {
  const told = explainScore(scored('welfare-ranking', caseOf('welfare-ranking', 'poor-widow')), 'en')
  const size = told.terms.find((term) => term.id === 'householdSize')
  t.equal(size?.contribution, '-1.011873')
  t.match(size?.sentence, /Household members: 7 .*Contribution: -1\.011873\./)
  t.equal(told.missing.length, 0)
  t.match(told.sentences[0], /^Welfare ranking \(illustrative\): 3\.\d{6}\.$/)
  t.match(told.sentences.join(' '), /Welfare band: Extremely poor\./)
  t.match(told.sentences.join(' '), /illustrative; they are not official/)
})

t.test('an imputed term tells its reason and its interval, and the missing facts are named', async (t) => {
  const told = explainScore(scored('welfare-ranking', caseOf('welfare-ranking', 'four-unknown')), 'en')
  const water = told.terms.find((term) => term.id === 'water')
  t.equal(water?.imputed, 'Illustrative: as for a typical household')
  t.strictSame(water?.missing, ['waterMean12m'])
  t.match(water?.sentence, /not known\. Contribution counted for now: 0\.073 .*from 0 to 0\.124\d+/)
  t.strictSame(told.missing.map(({ fact }) => fact).toSorted(), ['expensesMonthly', 'hasAirConditioner', 'wallMaterial', 'waterMean12m'])
  t.match(told.sentences[1], /^4 facts are missing: .* between 4\.\d+ and 5\.\d+\.$/)
})

t.test('derived facts are told by the unknown facts they are made of', async (t) => {
  const input = scored('welfare-ranking', {})
  const told = explainScore({ ...input, unknownInputs: (fact) => (fact === 'personsPerRoom' ? ['householdSize', 'rooms'] : []) }, 'en')
  t.strictSame(told.terms.find((term) => term.id === 'personsPerRoom')?.missing, ['householdSize', 'rooms'])
})

t.test('without a point score the first sentence says why', async (t) => {
  const english = explainScore(scored('jordan-poverty-scorecard-2010', caseOf('jordan-poverty-scorecard-2010', 'car-unknown')), 'en')
  t.equal(english.score, null)
  t.match(english.sentences[0], /no score, because one fact that may not be estimated is missing: .*car.*between 36 and 42\./)
  const arabic = explainScore(scored('jordan-poverty-scorecard-2010', caseOf('jordan-poverty-scorecard-2010', 'car-unknown')), 'ar')
  t.match(arabic.sentences[0], /لا توجد درجة، إذ تنقص معلومة واحدة لا يجوز تقديرها/)
})

t.test('Arabic agrees in number', async (t) => {
  const count = (names: readonly string[]): string => {
    const facts = Object.fromEntries(Object.entries(caseOf('welfare-ranking', 'typical')).filter(([name]) => !names.includes(name)))
    return explainScore(scored('welfare-ranking', facts), 'ar').sentences[1] ?? ''
  }
  t.match(count(['waterMean12m']), /^تنقص معلومة واحدة/)
  t.match(count(['waterMean12m', 'wallMaterial']), /^تنقص معلومتان/)
  t.match(count(['waterMean12m', 'wallMaterial', 'sewage']), /^تنقص 3 معلومات/)
})

t.test('values that the reader may not see are told as one sum', async (t) => {
  const input = scored('welfare-ranking', caseOf('welfare-ranking', 'poor-widow'))
  const told = explainScore({ ...input, isVisible: (fact) => fact !== 'chronicallyIllMembers' && fact !== 'headSex' }, 'en')
  t.equal(told.hidden?.count, 3)
  t.ok(addsUp(told))
  t.notMatch(told.sentences.join(' '), /chronic/i)
})

t.test('a hidden value that is unknown leaves no sum to tell, and is not hinted at', async (t) => {
  const undetermined = scored('jordan-poverty-scorecard-2010', caseOf('jordan-poverty-scorecard-2010', 'car-unknown'))
  const isCar = (fact: string): boolean => /car/i.test(fact)
  const told = explainScore({ ...undetermined, isVisible: (fact) => !isCar(fact) }, 'en')
  t.equal(told.score, null)
  t.match(told.hidden, { count: 1, contribution: null })
  t.match(told.sentences.at(-1), /not shown/)
  t.notMatch(told.sentences.join(' '), /\bcars?\b|NaN|undefined/i)
})

t.test('conditions show the facts they rest on', async (t) => {
  const told = explainScore(scored('welfare-ranking', caseOf('welfare-ranking', 'typical')), 'en')
  const sentence = (id: string): string | undefined => told.terms.find((term) => term.id === id)?.sentence
  t.equal(sentence('airConditioner'), 'Owns an air conditioner: no. Contribution: 0.')
  t.equal(
    sentence('newCar'),
    'Owns a private car less than 7 years old: Private cars: 0 vehicles; Age of the newest private car: not known. Contribution: 0.',
  )
  t.equal(
    sentence('noElectricityMeter'),
    "No electricity meter in the family's name: Electricity meter in the family's name: yes. Contribution: 0.",
  )
})

t.test('sources stand beside values', async (t) => {
  const input = scored('welfare-ranking', caseOf('welfare-ranking', 'typical'))
  const provenance = (fact: string) =>
    fact === 'wageMean12m' ? [{ registry: 'ssc_salaries', custodian: { en: 'SSC', ar: 'الضمان الاجتماعي' }, asOf: '2026-09-30' }] : []
  const told = explainScore({ ...input, provenance }, 'en')
  t.match(told.terms.find((term) => term.id === 'wages')?.sentence, /JOD 425\.500 a month \(SSC, as of 30 September 2026\)/)
})
