/** Lorenz and concentration curves of several policies over one square, and how far they lie from the baseline's. */
import { axisX, axisY, gridX, gridY, line, ruleY } from '@observablehq/plot'
import type { Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { type ChartWords, drawChart, inChart } from './draw-chart.ts'
import { policyMark } from './policy-marks.ts'

export interface PolicyCurve {
  readonly place: number
  /** Null where there is nothing to share. */
  readonly points: readonly { readonly population: number; readonly amount: number | null }[]
}

export interface CurveWords extends ChartWords {
  readonly x: string
  readonly y: string
}

const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** Curves keep the direction of mathematics in either language: the poorest at the left. */
export function shareCurves(id: string, curves: readonly PolicyCurve[], speaker: Speaker, words: CurveWords, size: number): Markup {
  const percent = (share: number): string => inChart(speaker, speaker.percent(share))
  const diagonal = [
    { population: 0, amount: 0 },
    { population: 1, amount: 1 },
  ]
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
      line(diagonal, { x: 'population', y: 'amount', stroke: '#999', strokeWidth: 1 }),
      ...policyLines(curves),
    ],
  })
}

/** In hundredths of the whole; the baseline is the line at nothing. */
export function curveDifferences(id: string, curves: readonly PolicyCurve[], speaker: Speaker, words: CurveWords, size: number): Markup {
  const [baseline, ...others] = curves
  const differences = others.map(({ place, points }) => ({
    place,
    points: points.map(({ population, amount }, index) => {
      const before = baseline?.points[index]?.amount ?? null
      return { population, amount: amount === null || before === null ? null : 100 * (amount - before) }
    }),
  }))
  const most = Math.max(0.1, ...differences.flatMap(({ points }) => points.map(({ amount }) => Math.abs(amount ?? 0))))
  return drawChart(id, speaker, words, {
    width: size,
    height: size,
    marginTop: 24,
    marginRight: 14,
    marginBottom: 36,
    marginLeft: 40,
    x: { domain: [0, 1], label: null },
    y: { domain: [-most * 1.1, most * 1.1], label: null },
    marks: [
      gridX(SHARES),
      gridY({ ticks: 6 }),
      axisX(SHARES, {
        tickFormat: (share: number) => inChart(speaker, speaker.percent(share)),
        label: inChart(speaker, words.x),
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      axisY({
        ticks: 6,
        tickFormat: (value: number) => inChart(speaker, speaker.signed(value, most < 1 ? 2 : 1)),
        label: inChart(speaker, words.y),
        labelAnchor: 'top',
        labelArrow: 'none',
      }),
      ruleY([0]),
      ...policyLines(differences),
    ],
  })
}

/** A point that is not known interrupts its line. */
const policyLines = (curves: readonly PolicyCurve[]) =>
  curves.map(({ place, points }) => {
    const { colour, dash } = policyMark(place)
    return line(
      points.map(({ population, amount }) => ({ population, amount: amount ?? NaN })),
      { x: 'population', y: 'amount', stroke: colour, strokeWidth: 1.8, strokeDasharray: dash },
    )
  })
