/** Error of inclusion against error of exclusion: a point for each policy, a line from the baseline to each scenario. */
import { axisX, axisY, dot, gridX, gridY, link } from '@observablehq/plot'
import type { Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { type CurveWords } from './curves.ts'
import { drawChart, inChart } from './draw-chart.ts'
import { policyMark } from './policy-marks.ts'

export interface TradeOffPoint {
  readonly place: number
  readonly inclusion: number
  readonly exclusion: number
}

const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1]

export function tradeOff(id: string, points: readonly TradeOffPoint[], speaker: Speaker, words: CurveWords, size: number): Markup {
  const percent = (share: number): string => inChart(speaker, speaker.percent(share))
  const baseline = points.find(({ place }) => place === 0)
  const links = baseline ? points.filter(({ place }) => place > 0).map((point) => ({ point, baseline })) : []
  return drawChart(id, speaker, words, {
    width: size,
    height: size,
    marginTop: 24,
    marginRight: 14,
    marginBottom: 36,
    marginLeft: 40,
    x: { domain: [0, 1], label: null },
    y: { domain: [0, 1], label: null },
    marks: [
      gridX(SHARES),
      gridY(SHARES),
      axisX(SHARES, { tickFormat: percent, label: inChart(speaker, words.x), labelAnchor: 'center', labelArrow: 'none' }),
      axisY(SHARES, { tickFormat: percent, label: inChart(speaker, words.y), labelAnchor: 'top', labelArrow: 'none' }),
      link(links, {
        x1: ({ baseline: from }: (typeof links)[number]) => from.inclusion,
        y1: ({ baseline: from }: (typeof links)[number]) => from.exclusion,
        x2: ({ point }: (typeof links)[number]) => point.inclusion,
        y2: ({ point }: (typeof links)[number]) => point.exclusion,
        stroke: '#777',
        strokeWidth: 1,
      }),
      // The baseline is drawn last and smaller, so that a scenario in the same place is seen behind it.
      ...points
        .toSorted((a, b) => b.place - a.place)
        .map((point) => {
          const { colour, symbol } = policyMark(point.place)
          return dot([point], {
            x: 'inclusion',
            y: 'exclusion',
            symbol,
            fill: colour,
            stroke: 'white',
            strokeWidth: 0.6,
            r: point.place === 0 ? 4 : 6,
          })
        }),
    ],
  })
}
