/** Bars on both sides of nothing, one row for each group: who enters and leaves, or what becomes more and less. */
import { axisY, barX, ruleX, text } from '@observablehq/plot'
import type { Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { type ChartWords, drawChart, inChart } from './draw-chart.ts'

export interface DivergingRow {
  readonly label: string
  /** At least 0; null is withheld. */
  readonly more: number | null
  readonly less: number | null
}

export interface DivergingWords extends ChartWords {
  readonly number: (value: number) => string
  readonly withheld: string
}

export const MORE = '#0072b2'
export const LESS = '#d55e00'

const ROW = 18
/** Room beside the longest bar for its number, in lengths of the axis; and for what is withheld where no bar is. */
const ROOM = 0.3

/** Mirrored where people read from the right: labels at the right, what is more to the left. */
export function divergingBars(id: string, rows: readonly DivergingRow[], speaker: Speaker, words: DivergingWords, width = 330): Markup {
  const { isRightToLeft } = speaker
  const room = Math.min(width * 0.45, 14 + Math.max(...rows.map(({ label }) => label.length)) * 6.2)
  const domain = domainOf(rows)
  const placed = rows.map((row, place) => ({ ...row, place }))
  const bars = placed.flatMap(({ more, less, place }) => [
    ...(more ? [{ to: more, place, colour: MORE }] : []),
    ...(less ? [{ to: -less, place, colour: LESS }] : []),
  ])
  const labels = (side: 'more' | 'less') => {
    const isRight = (side === 'more') !== isRightToLeft
    const sign = side === 'more' ? 1 : -1
    return text(
      placed.filter((row) => row[side] !== 0),
      {
        x: (row: (typeof placed)[number]) => sign * (row[side] ?? 0),
        y: 'place',
        text: (row: (typeof placed)[number]) => {
          const value = row[side]
          return inChart(speaker, value === null ? words.withheld : words.number(value))
        },
        textAnchor: isRight ? 'start' : 'end',
        dx: isRight ? 3 : -3,
        fontSize: 9.5,
      },
    )
  }
  return drawChart(id, speaker, words, {
    width,
    height: rows.length * ROW + 8,
    marginTop: 4,
    marginBottom: 4,
    marginLeft: isRightToLeft ? 12 : room,
    marginRight: isRightToLeft ? room : 12,
    x: { domain, reverse: isRightToLeft, axis: null },
    y: { domain: placed.map(({ place }) => place), label: null },
    marks: [
      axisY({
        anchor: isRightToLeft ? 'right' : 'left',
        tickSize: 0,
        tickFormat: (place: number) => inChart(speaker, placed[place]?.label ?? ''),
      }),
      barX(bars, { x: 'to', y: 'place', fill: 'colour', insetTop: 1, insetBottom: 1 }),
      ruleX([0]),
      ...(['more', 'less'] as const).filter((side) => rows.some((row) => row[side] !== 0)).map(labels),
    ],
  })
}

/** Each side as long as its longest bar, and room for a number on a side that has any. The bars bear their numbers, so there is no axis. */
function domainOf(rows: readonly DivergingRow[]): [number, number] {
  const [more, less] = (['more', 'less'] as const).map((side) => ({
    most: Math.max(0, ...rows.map((row) => row[side] ?? 0)),
    isUsed: rows.some((row) => row[side] !== 0),
  })) as [{ most: number; isUsed: boolean }, { most: number; isUsed: boolean }]
  const span = Math.max(1, more.most + less.most)
  const end = ({ most, isUsed }: typeof more): number => most + (isUsed ? ROOM : 0.02) * span
  return [-end(less), end(more)]
}
