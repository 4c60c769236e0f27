/** How policies are told apart: colour, dash and symbol together, so that neither colour-blindness nor a grey print confuses them. */
import type { SymbolType } from '@observablehq/plot'
import { dot, line } from '@observablehq/plot'
import { html, type Markup } from '../../../kernel/markup.ts'
import type { Policy } from '../report-subject.ts'
import type { Speaker } from '../speak.ts'
import { drawSign } from './draw-chart.ts'

interface PolicyMark {
  readonly colour: string
  readonly dash: string
  readonly symbol: SymbolType
}

/** The baseline in black, then Okabe and Ito's colours without the yellow, then three of Tol's muted ones. */
const MARKS: readonly PolicyMark[] = [
  { colour: '#000000', dash: 'none', symbol: 'circle' },
  { colour: '#0072b2', dash: '6 3', symbol: 'square' },
  { colour: '#d55e00', dash: '2 2', symbol: 'triangle' },
  { colour: '#009e73', dash: '8 3 2 3', symbol: 'diamond' },
  { colour: '#cc79a7', dash: '10 4', symbol: 'star' },
  { colour: '#e69f00', dash: '4 2', symbol: 'wye' },
  { colour: '#56b4e9', dash: '1 3', symbol: 'cross' },
  { colour: '#882255', dash: '12 3 3 3', symbol: 'square' },
  { colour: '#117733', dash: '3 5', symbol: 'triangle' },
  { colour: '#332288', dash: '5 1', symbol: 'diamond' },
  { colour: '#999933', dash: '1 1', symbol: 'star' },
]

export const policyMark = (place: number): PolicyMark => MARKS[place % MARKS.length] as PolicyMark

export const policyName = ({ name }: Policy, { say }: Speaker): string => name ?? say('baseline')

/** Keys of policies, drawn once for each language. */
export function policyKeys(policies: readonly Policy[], speaker: Speaker): ReadonlyMap<number, Markup> {
  return new Map(
    policies.map((policy) => {
      const { colour, dash, symbol } = policyMark(policy.place)
      const name = policyName(policy, speaker)
      const ends = [
        { x: 0, y: 0 },
        { x: 2, y: 0 },
      ]
      const key = drawSign({
        width: 34,
        height: 12,
        margin: 2,
        x: { axis: null, domain: [0, 2] },
        y: { axis: null, domain: [-1, 1] },
        marks: [
          line(ends, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
          dot([{ x: 1, y: 0 }], { x: 'x', y: 'y', symbol, fill: colour, r: 4 }),
        ],
      })
      return [policy.place, html`<li>${key} <bdi>${name}</bdi></li>`]
    }),
  )
}
