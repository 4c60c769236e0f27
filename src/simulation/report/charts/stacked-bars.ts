/** Shares that add up, one bar for each policy under the name of its programme. */
import { axisX, barX, gridX, text } from '@observablehq/plot'
import type { Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { type ChartWords, drawChart, inChart } from './draw-chart.ts'

export interface StackedBar {
  readonly label: string
  /** In the order of the parts; null is nothing to measure. */
  readonly shares: readonly (number | null)[]
}

export interface StackedGroup {
  readonly title: string
  readonly bars: readonly StackedBar[]
}

/** Told apart in grey by their order and the white between them. */
export const PART_COLOURS = ['#bbbbbb', '#0072b2', '#56b4e9', '#009e73', '#e69f00', '#d55e00', '#882255'] as const

const ROW = 18
/** Parts that have room for their number. */
const SHOWN = 0.07
const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1]

export function stackedBars(id: string, groups: readonly StackedGroup[], speaker: Speaker, words: ChartWords, width = 680): Markup {
  const { isRightToLeft } = speaker
  const rows = groups.flatMap(({ title, bars }) => [
    { title, label: '', shares: [] as readonly (number | null)[] },
    ...bars.map((bar) => ({ title: '', ...bar })),
  ])
  const parts = rows.flatMap(({ shares }, place) => {
    let reached = 0
    return shares.map((share, part) => ({ place, part, from: reached, share: share ?? 0, to: (reached += share ?? 0) }))
  })
  const longest = Math.max(...rows.map(({ label }) => label.length))
  const room = Math.min(190, 14 + longest * 6.2)
  const end = isRightToLeft ? ('end' as const) : ('start' as const)
  return drawChart(id, speaker, words, {
    width,
    height: rows.length * ROW + 34,
    marginTop: 4,
    marginBottom: 26,
    marginLeft: isRightToLeft ? 16 : room,
    marginRight: isRightToLeft ? room : 16,
    x: { domain: [0, 1], reverse: isRightToLeft, label: null },
    y: { domain: rows.map((_, place) => place), axis: null, label: null },
    marks: [
      gridX(SHARES),
      axisX(SHARES, { tickSize: 3, tickFormat: (share: number) => inChart(speaker, speaker.percent(share)) }),
      ...PART_COLOURS.map((fill, part) =>
        barX(
          parts.filter((one) => one.part === part && one.share > 0),
          { x1: 'from', x2: 'to', y: 'place', fill, stroke: 'white', strokeWidth: 0.7, insetTop: 1.5, insetBottom: 1.5 },
        ),
      ),
      text(
        parts.filter(({ share }) => share >= SHOWN),
        {
          x: ({ from, to }: (typeof parts)[number]) => (from + to) / 2,
          y: 'place',
          text: ({ share }: (typeof parts)[number]) => inChart(speaker, speaker.percent(share)),
          fontSize: 9.5,
          fill: ({ part }: (typeof parts)[number]) => ([1, 5, 6].includes(part) ? 'white' : 'black'),
        },
      ),
      ...rows.flatMap(({ title, label }, place) => [
        text([place], {
          y: (one: number) => one,
          x: 0,
          text: () => inChart(speaker, title === '' ? label : title),
          textAnchor: title === '' ? (isRightToLeft ? 'start' : 'end') : end,
          dx: (title === '' ? -5 : 0) * (isRightToLeft ? -1 : 1),
          fontWeight: title === '' ? 'normal' : 'bold',
        }),
      ]),
    ],
  })
}
