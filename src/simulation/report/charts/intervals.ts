/** A rate with its interval for each group and policy, groups under the name of what they are groups of. */
import { axisX, dot, gridX, ruleY, text } from '@observablehq/plot'
import type { Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { type ChartWords, drawChart, inChart } from './draw-chart.ts'
import { policyMark } from './policy-marks.ts'

export interface IntervalRow {
  readonly label: string
  readonly isTitle: boolean
  readonly rates: readonly {
    readonly place: number
    /** Null where the group is too small to speak of. */
    readonly rate: number | null
    readonly interval: { readonly low: number; readonly high: number } | null
  }[]
}

const PER_POLICY = 7
const PADDING = 8
const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1]

export function intervals(
  id: string,
  rows: readonly IntervalRow[],
  policies: readonly number[],
  speaker: Speaker,
  words: ChartWords & { readonly tooSmall: string },
  width = 680,
): Markup {
  const { isRightToLeft } = speaker
  const height = Math.max(16, policies.length * PER_POLICY + PADDING)
  const points = rows.flatMap(({ rates }, row) => rates.flatMap(({ rate, ...one }) => (rate === null ? [] : [{ ...one, row, rate }])))
  const small = rows.flatMap(({ isTitle, rates }, row) => (!isTitle && rates.every(({ rate }) => rate === null) ? [row] : []))
  const away = (of: number): number => (policies.indexOf(of) - (policies.length - 1) / 2) * PER_POLICY
  const longest = Math.max(...rows.map(({ label, isTitle }) => (isTitle ? 0 : label.length)))
  const room = Math.min(170, 18 + longest * 6.2)
  return drawChart(id, speaker, words, {
    width,
    height: rows.length * height + 34,
    marginTop: 4,
    marginBottom: 26,
    marginLeft: isRightToLeft ? 16 : room,
    marginRight: isRightToLeft ? room : 16,
    x: { domain: [0, 1], reverse: isRightToLeft, label: null },
    y: { domain: rows.map((_, row) => row), axis: null, type: 'band', padding: 0 },
    marks: [
      gridX(SHARES),
      axisX(SHARES, { tickSize: 3, tickFormat: (share: number) => inChart(speaker, speaker.percent(share)) }),
      ...policies.flatMap((of) => {
        const { colour, symbol } = policyMark(of)
        const own = points.filter(({ place }) => place === of)
        const dy = away(of)
        return [
          ruleY(
            own.filter(({ interval }) => interval !== null),
            {
              y: 'row',
              x1: ({ interval }: (typeof own)[number]) => interval?.low,
              x2: ({ interval }: (typeof own)[number]) => interval?.high,
              stroke: colour,
              strokeWidth: 1.5,
              dy,
            },
          ),
          dot(own, { x: 'rate', y: 'row', symbol, fill: colour, r: 3, dy }),
        ]
      }),
      text(small, {
        y: (row: number) => row,
        x: 0,
        text: () => inChart(speaker, words.tooSmall),
        fontStyle: 'italic',
        fontSize: 9.5,
        textAnchor: isRightToLeft ? 'end' : 'start',
        dx: isRightToLeft ? -4 : 4,
      }),
      ...rows.map(({ label, isTitle }, row) =>
        text([row], {
          y: (one: number) => one,
          x: 0,
          text: () => inChart(speaker, label),
          textAnchor: isTitle === isRightToLeft ? 'end' : 'start',
          dx: (isTitle ? 0 : -6) * (isRightToLeft ? -1 : 1),
          fontWeight: isTitle ? 'bold' : 'normal',
        }),
      ),
    ],
  })
}
