/** Distributions as nested ranges around a median, one row each. */
import { axisX, dot, gridX, ruleX, ruleY, text } from '@observablehq/plot'
import type { Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { type ChartWords, drawChart, inChart } from './draw-chart.ts'

export interface SpreadRow {
  readonly label: string
  /** By percent; null where nobody moves. */
  readonly quantiles: ReadonlyMap<number, number | null>
}

const ROW = 34
const RANGES = [
  { from: 1, to: 99, width: 1.2 },
  { from: 10, to: 90, width: 4 },
  { from: 25, to: 75, width: 10 },
] as const

export function spreads(id: string, rows: readonly SpreadRow[], speaker: Speaker, words: ChartWords, width = 680): Markup {
  const { isRightToLeft } = speaker
  const values = rows.flatMap(({ quantiles }) => [...quantiles.values()].filter((value) => value !== null))
  const most = Math.max(1, ...values.map(Math.abs)) * 1.08
  return drawChart(id, speaker, words, {
    width,
    height: rows.length * ROW + 34,
    marginTop: 4,
    marginBottom: 26,
    marginLeft: 16,
    marginRight: 16,
    x: { domain: [-most, most], reverse: isRightToLeft, label: null },
    y: { domain: rows.map((_, row) => row), axis: null, type: 'band', padding: 0 },
    marks: [
      gridX({ ticks: 8 }),
      axisX({ ticks: 8, tickSize: 3, tickFormat: (value: number) => inChart(speaker, speaker.signed(value, 0)) }),
      ruleX([0]),
      ...RANGES.map(({ from, to, width: strokeWidth }) =>
        ruleY(
          rows.flatMap(({ quantiles }, row) => {
            const [low, high] = [quantiles.get(from) ?? null, quantiles.get(to) ?? null]
            return low === null || high === null ? [] : [{ row, low, high }]
          }),
          { y: 'row', x1: 'low', x2: 'high', stroke: '#0072b2', strokeWidth, dy: 6 },
        ),
      ),
      dot(
        rows.flatMap(({ quantiles }, row) => {
          const median = quantiles.get(50) ?? null
          return median === null ? [] : [{ row, median }]
        }),
        { x: 'median', y: 'row', symbol: 'diamond', fill: 'white', stroke: 'black', r: 4, dy: 6 },
      ),
      ...rows.map(({ label }, row) =>
        text([row], {
          y: (one: number) => one,
          x: -most,
          text: () => inChart(speaker, label),
          textAnchor: isRightToLeft ? 'end' : 'start',
          dy: -8,
          fontWeight: 'bold',
        }),
      ),
    ],
  })
}
