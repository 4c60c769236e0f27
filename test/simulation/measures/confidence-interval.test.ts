/** Intervals against the examples of the papers that proposed or compared them. */
import t from 'tap'
import { katzLog, newcombe, wilson } from '../../../src/simulation/measures/confidence-interval.ts'
import { close } from './populations.ts'

const of = (cases: number, draws: number) => ({ rate: cases / draws, draws })

t.test('Wilson: the four examples of Newcombe 1998, Two-sided confidence intervals for the single proportion, table I', async (t) => {
  for (const [cases, draws, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const interval = wilson(of(cases, draws))
    t.ok(close(interval?.low ?? null, low, 5e-5), `${cases} of ${draws}: ${interval?.low}`)
    t.ok(close(interval?.high ?? null, high, 5e-5), `${cases} of ${draws}: ${interval?.high}`)
  }
  t.equal(wilson(of(20, 20))?.high, 1)
  t.equal(wilson({ rate: 0.5, draws: 0 }), null)
})

t.test(
  'Newcombe: examples of Newcombe 1998, Interval estimation for the difference between independent proportions, table II, method 10',
  async (t) => {
    for (const [a, m, b, n, low, high] of [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
      [5, 56, 0, 29, -0.0381, 0.1926],
      [10, 10, 0, 10, 0.6075, 1],
    ] as const) {
      const interval = newcombe(of(a, m), of(b, n))
      t.ok(close(interval?.low ?? null, low, 5e-5), `${a}/${m} − ${b}/${n}: ${interval?.low}`)
      t.ok(close(interval?.high ?? null, high, 5e-5), `${a}/${m} − ${b}/${n}: ${interval?.high}`)
    }
    t.equal(newcombe({ rate: 0, draws: 0 }, of(1, 2)), null)
  },
)

t.test(
  'Katz: heart attacks under placebo and aspirin, 189 of 11034 and 104 of 11037: 1.82, from 1.43 to 2.31 (Agresti 2007, ch. 2)',
  async (t) => {
    const interval = katzLog(of(189, 11034), of(104, 11037))
    t.ok(close(interval?.low ?? null, 1.43, 5e-3), String(interval?.low))
    t.ok(close(interval?.high ?? null, 2.31, 5e-3), String(interval?.high))
    t.equal(katzLog(of(0, 9), of(1, 9)), null)
    t.equal(katzLog(of(1, 9), of(0, 9)), null)
  },
)
