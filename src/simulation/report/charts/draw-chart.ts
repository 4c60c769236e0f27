/** Observable Plot on a document without a browser: a plot becomes one SVG with a title and a description, and nothing of a page's. */
import { plot, type PlotOptions } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { type Markup, trusted } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'

export interface ChartWords {
  readonly title: string
  /** What the chart shows in words and numbers, for those who do not see it. */
  readonly description: string
}

const { document } = parseHTML('<!doctype html><html><head></head><body></body></html>')
const SVG = 'http://www.w3.org/2000/svg'

/**
 * Text in the SVG runs from left to right whatever the page does, since anchors turn round with the direction: Arabic in it is isolated by
 * `inChart`. Every id is `id` or begins with it.
 */
export function drawChart(id: string, { language }: Speaker, { title, description }: ChartWords, options: PlotOptions): Markup {
  const svg = plain(options)
  const [titled, described] = [document.createElementNS(SVG, 'title'), document.createElementNS(SVG, 'desc')]
  titled.textContent = title
  described.textContent = description
  titled.setAttribute('id', `${id}-title`)
  described.setAttribute('id', `${id}-text`)
  svg.prepend(titled, described)
  svg.setAttribute('role', 'img')
  svg.setAttribute('lang', language)
  svg.setAttribute('aria-labelledby', `${id}-title`)
  svg.setAttribute('aria-describedby', `${id}-text`)
  return trusted(tidied(svg.outerHTML))
}

/** A sign beside the text that says the same. */
export function drawSign(options: PlotOptions): Markup {
  const svg = plain(options)
  svg.setAttribute('aria-hidden', 'true')
  return trusted(tidied(svg.outerHTML))
}

/** Without Plot's style sheet, which the page has. */
function plain(options: PlotOptions) {
  const svg = plot({ style: { fontFamily: 'inherit', fontSize: '11px', background: 'none' }, ...options, document })
  for (const style of svg.querySelectorAll('style')) style.remove()
  svg.setAttribute('class', 'chart')
  svg.setAttribute('direction', 'ltr')
  return svg
}

/**
 * Within tags, which no text of anybody's is in: without Plot's names of marks, which are English, since a chart is its title and description; and
 * numbers to a tenth of a pixel. Over the text, since that is ten times faster than over the elements.
 */
const tidied = (svg: string): string =>
  svg.replace(/<(?!svg|title|desc)[^>]*>/g, (tag) =>
    tag
      .replace(/ (?:aria-label|aria-hidden|aria-description|class)="[^"]*"/g, '')
      .replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10)),
  )

/** Text with its own direction: isolated, so that brackets, digits and names of others stay in their place. */
export const inChart = ({ isRightToLeft }: Speaker, text: string): string => `${isRightToLeft ? '\u2067' : '\u2066'}${text}\u2069`
