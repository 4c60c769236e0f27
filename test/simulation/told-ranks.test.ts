/** What is told of two orders of a population: counts and shares by the keys of those who are counted, indices and moves of no few. */
import t from 'tap'
import { toldEffect, toldRanks } from '../../src/simulation/told-ranks.ts'

const ranks = {
  formula: 'made',
  spearman: 0.987654,
  kendall: 0.87654,
  meanDistance: 1.23456,
  quantiles: [1, 50, 99].map((percent) => ({ percent, move: percent / 7 })),
  sameTenth: 700,
}

t.test('moves of few, and digits that one household could move, are not told', async (t) => {
  const of = (ranked: number) => toldRanks({ ...ranks, behind: { ranked, sameTenth: 0 } })
  t.match(of(2_000_000), { spearman: 0.988, meanDistance: 1.235, quantiles: [{ move: 0.143 }, { move: 7.143 }, { move: 14.143 }] })
  t.match(of(900), { spearman: 0.99, kendall: 0.88, meanDistance: 1, quantiles: [{ move: null }, { move: 7 }, { move: null }] })
  t.match(of(9), { spearman: null, kendall: null, meanDistance: null, quantiles: [{ move: null }, { move: null }, { move: null }] })
})

t.test('who stands in the same tenth is counted by the keys; to the nearest ten where there are none', async (t) => {
  const keys = Array.from({ length: 200 }, (_, place) => place * 21_474_836)
  const told = new Set(keys.map((sameTenth) => toldRanks({ ...ranks, behind: { ranked: 900, sameTenth } }).sameTenth))
  t.same(
    [...told].toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    [696, 697, 698, 699, 700, 701, 702, 703, 704],
  )
  t.match(toldRanks({ ...ranks, sameTenth: 704 }), { sameTenth: 700, spearman: 0.988 })
  t.equal(toldRanks({ ...ranks, sameTenth: 4, behind: { ranked: 900, sameTenth: 1 } }).sameTenth, null)
})

t.test('a share of a term follows both counts; few in it, or all but few, are not told', async (t) => {
  const effect = (others: number, ranked = 900) =>
    toldEffect({ meanDistance: 1.5, otherTenth: others / ranked, spearman: 0.98765, ranked, behind: { otherTenth: 0, ranked: 0 } })
  t.same(effect(90), { meanDistance: 2, otherTenth: 0.1, spearman: 0.99 })
  t.same(
    [effect(9), effect(895), effect(0)].map(({ otherTenth }) => otherTenth),
    [null, null, 0],
  )
  t.same(effect(5, 9), { meanDistance: null, otherTenth: null, spearman: null })
  const { otherTenth } = toldEffect({ meanDistance: 1.5, otherTenth: 94 / 900, spearman: 0.98765, ranked: 900 })
  t.equal(otherTenth, 0.1, 'to the nearest ten without keys')
})
