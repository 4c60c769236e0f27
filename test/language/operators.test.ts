/** The operator table: truth over intervals is what it is over every value the intervals allow, and every part is there. */
import fc from 'fast-check'
import t from 'tap'
import { not } from '../../src/kernel/truth.ts'
import type { Truth } from '../../src/kernel/truth.ts'
import { messages } from '../../src/language/messages.ts'
import { isOperatorName, operatorNames, operators } from '../../src/language/operators.ts'
import type { OperatorName } from '../../src/language/operators.ts'
import { propertyRuns } from '../support/property-runs.ts'

const ends = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 3 })).map(([lo, width]) => [lo, lo + width] as const)
const range = ([lo, hi]: readonly [number, number]): number[] => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i)

const plain: Readonly<Record<OperatorName, (a: number, b: number) => boolean>> = {
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  lessThan: (a, b) => a < b,
  lessThanInclusive: (a, b) => a <= b,
  greaterThan: (a, b) => a > b,
  greaterThanInclusive: (a, b) => a >= b,
  in: (a, b) => a === b,
  notIn: (a, b) => a !== b,
  isKnown: (_, b) => b === 1,
}

t.test('property: a test over intervals says what all the values in them say, and unknown where they disagree', async (t) => {
  for (const name of operatorNames.filter((n) => n !== 'isKnown')) {
    fc.assert(
      fc.property(ends, ends, (a, b) => {
        const truth = operators[name].test(a[0], a[1], b[0], b[1])
        const each = new Set(range(a).flatMap((x) => range(b).map((y) => plain[name](x, y))))
        const sure: Truth = each.size > 1 ? 1 : each.has(true) ? 2 : 0
        return truth === sure
      }),
      propertyRuns(3000, 11),
    )
    t.pass(name)
  }
})

t.test('property: the negation of an operator is its negation', async (t) => {
  for (const name of operatorNames.filter((n) => n !== 'isKnown')) {
    const { test, negation } = operators[name]
    fc.assert(
      fc.property(ends, ends, (a, b) => operators[negation].test(a[0], a[1], b[0], b[1]) === not(test(a[0], a[1], b[0], b[1]))),
      propertyRuns(1000, 12),
    )
    t.equal(operators[negation].negation, name)
  }
})

t.test('isKnown sees through unknown and through bounds', async (t) => {
  const { test } = operators.isKnown
  t.equal(test(5, 5, 1, 1), 2)
  t.equal(test(5, 5, 0, 0), 0)
  t.equal(test(-Infinity, Infinity, 1, 1), 0)
  t.equal(test(900, Infinity, 1, 1), 0, 'bounds alone are not knowledge')
  t.equal(test(900, Infinity, 0, 0), 2)
})

t.test('NaN, the unknown of a bulk column without bounds, is unknown to every operator', async (t) => {
  for (const name of operatorNames.filter((n) => n !== 'isKnown')) t.equal(operators[name].test(NaN, NaN, 1, 1), 1, name)
  t.equal(operators.isKnown.test(NaN, NaN, 1, 1), 0)
})

t.test('every operator has words in both languages, and inherited names are no operators', async (t) => {
  for (const name of operatorNames) {
    t.equal(operators[name].name, name)
    t.ok(messages.en[operators[name].phrase] && messages.ar[operators[name].phrase])
  }
  for (const name of ['toString', '__proto__', 'constructor', 'Equal', 'contains', '', null, 5]) t.notOk(isOperatorName(name), String(name))
})
