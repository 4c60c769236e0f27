/** Strong Kleene logic: our own tables, and the DMN compatibility kit's where it lies beside the project. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../src/kernel/project-root.ts'
import { truthOf } from '../../../src/kernel/truth.ts'
import type { Truth } from '../../../src/kernel/truth.ts'
import { checkCondition } from '../../../src/language/condition/check.ts'
import { compileCondition } from '../../../src/language/condition/compile.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { interpret } from '../../../src/language/condition/interpret.ts'
import { readFactValues } from '../../../src/language/fact-json.ts'
import { factSpace } from '../../../src/language/fact-space.ts'
import { factType } from '../generators.ts'

const space = factSpace('household', [
  ...['a', 'b'].map((id) => factType(id, 'boolean')),
  factType('number', 'decimal', { scale: 3 }),
  factType('day', 'date'),
])

function judge(json: unknown, facts: Readonly<Record<string, unknown>>): Truth {
  const { condition, diagnostics } = checkCondition(json, '', { space, definitions: noDefinitions, allowFactValue: true })
  const { values, diagnostics: ofFacts } = readFactValues(space, facts, '')
  if (!condition || ofFacts.length > 0) throw new Error(JSON.stringify([...diagnostics, ...ofFacts]))
  const truth = compileCondition(condition)(values.lo, values.hi, new Uint8Array(condition.nodes.length))
  if (truth !== interpret(condition, values)) throw new Error('compiled and interpreted differ')
  return truth
}

const holds = (fact: string): unknown => ({ fact, operator: 'equal', value: true })
const OPERANDS = [false, null, true] as const

t.test('all is the minimum, any the maximum, not the mirror of false < unknown < true', async (t) => {
  for (const [i, a] of OPERANDS.entries()) {
    t.equal(judge({ not: holds('a') }, { a }), 2 - i)
    for (const [j, b] of OPERANDS.entries()) {
      t.equal(judge({ all: [holds('a'), holds('b')] }, { a, b }), Math.min(i, j), `${a} and ${b}`)
      t.equal(judge({ any: [holds('a'), holds('b')] }, { a, b }), Math.max(i, j), `${a} or ${b}`)
    }
  }
})

t.test('x or not x of an unknown x is unknown: intended', async (t) => {
  t.equal(judge({ any: [holds('a'), { not: holds('a') }] }, {}), 1)
})

t.test('known incomes of 900 exceed a ceiling of 300 whatever the missing one is', async (t) => {
  const poor = { fact: 'number', operator: 'lessThanInclusive', value: 300 }
  t.equal(judge(poor, { number: { atLeast: 900 } }), 0)
  t.equal(judge(poor, { number: { atLeast: 200 } }), 1)
  t.equal(judge(poor, { number: { atLeast: 200, atMost: 300 } }), 2)
  t.equal(judge({ fact: 'number', operator: 'isKnown', value: true }, { number: { atLeast: 900 } }), 0)
  t.equal(
    judge({ fact: 'number', operator: 'equal', value: 300 }, { number: { atLeast: 300, atMost: 300 } }),
    2,
    'bounds that meet are knowledge',
  )
})

const file = join(projectRoot, '..', 'shared', 'truth', 'fixtures', 'eligibility', 'dmn_tck_three_valued.json')
const skip = existsSync(file) ? false : 'the folder shared/truth is not beside the project'

t.test('the DMN compatibility kit agrees on and, or, not, between, in and equality', { skip }, async (t) => {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
    cases: { group: string; id: string; expression: string; expected: boolean | null }[]
  }
  const ran: Record<string, number> = {}
  for (const { group, id, expression, expected } of cases) {
    const question = translate(expression)
    if (!question) continue
    ran[group] = (ran[group] ?? 0) + 1
    t.equal(judge(question.condition, question.facts), truthOf(expected), `${group} ${id}: ${expression}`)
  }
  t.equal(ran['0064-feel-conjunction'], 19)
  t.equal(ran['0065-feel-disjunction'], 19)
  t.equal(ran['0066-feel-negation'], 3)
  t.ok((ran['0071-feel-between'] ?? 0) >= 8, JSON.stringify(ran))
  t.ok((ran['0072-feel-in'] ?? 0) >= 10, JSON.stringify(ran))
  t.ok((ran['0068-feel-equality'] ?? 0) >= 12, JSON.stringify(ran))
})

interface Question {
  readonly condition: unknown
  readonly facts: Readonly<Record<string, unknown>>
}

const NUMBER = /^-?\d+(\.\d+)?$/
const DATE = /^date\("(\d{4}-\d\d-\d\d)"\)$/

/** FEEL → our language, where both can say it. FEEL takes any operand of and/or that is not boolean as null. */
function translate(expression: string): Question | null {
  const logic = /^(\S+) (and|or) (\S+)$/.exec(expression)
  if (logic) {
    const [, a, word, b] = logic
    return { condition: { [word === 'and' ? 'all' : 'any']: [holds('a'), holds('b')] }, facts: { a: feelBoolean(a), b: feelBoolean(b) } }
  }
  const negation = /^not\((\w+)\)$/.exec(expression)
  if (negation) return { condition: { not: holds('a') }, facts: { a: feelBoolean(negation[1]) } }
  const between = /^(\S+) between (\S+) and (\S+)$/.exec(expression)
  if (between)
    return ordered(between[1], [
      ['greaterThanInclusive', between[2]],
      ['lessThanInclusive', between[3]],
    ])
  const list = /^(\S+) in \[(-?\d+(?:, ?-?\d+)*)\]$/.exec(expression)
  if (list && NUMBER.test(list[1] ?? '')) {
    return {
      condition: { fact: 'number', operator: 'in', value: (list[2] ?? '').split(',').map(Number) },
      facts: { number: Number(list[1]) },
    }
  }
  const unary = /^(\S+) in (<=|>=|<|>) (\S+)$/.exec(expression)
  if (unary)
    return ordered(unary[1], [
      [{ '<': 'lessThan', '<=': 'lessThanInclusive', '>': 'greaterThan', '>=': 'greaterThanInclusive' }[unary[2] ?? ''] ?? '', unary[3]],
    ])
  const booleans = /^(true|false) (=|!=) (true|false)$/.exec(expression)
  if (booleans) {
    const operator = booleans[2] === '=' ? 'equal' : 'notEqual'
    return { condition: { fact: 'a', operator, value: { fact: 'b' } }, facts: { a: booleans[1] === 'true', b: booleans[3] === 'true' } }
  }
  const equality = /^(\S+) (=|!=) (\S+)$/.exec(expression)
  return equality ? ordered(equality[1], [[equality[2] === '=' ? 'equal' : 'notEqual', equality[3]]]) : null
}

function ordered(left = '', tests: readonly (readonly [string, string | undefined])[]): Question | null {
  const [fact, read] = NUMBER.test(left)
    ? (['number', Number] as const)
    : DATE.test(left)
      ? (['day', (text: string) => DATE.exec(text)?.[1]] as const)
      : [null, null]
  if (fact === null || tests.some(([, right = '']) => NUMBER.test(left) !== NUMBER.test(right) || DATE.test(left) !== DATE.test(right)))
    return null
  return {
    condition: { all: tests.map(([operator, right = '']) => ({ fact, operator, value: read(right) })) },
    facts: { [fact]: read(left) },
  }
}

const feelBoolean = (text: string | undefined): boolean | null => (text === 'true' ? true : text === 'false' ? false : null)
