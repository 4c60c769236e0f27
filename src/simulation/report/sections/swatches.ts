/** Keys of colours that are not policies. */
import { LESS, MORE } from '../charts/diverging-bars.ts'
import { PART_COLOURS } from '../charts/stacked-bars.ts'
import { html, type Markup } from '../../../kernel/markup.ts'
import type { ReportWord } from '../report-words.ts'
import type { Speaker } from '../speak.ts'

const swatches = (texts: readonly (readonly [colour: string, text: string])[]): Markup =>
  html`<ul class="keys">
    ${texts.map(([colour, text]) => html`<li><span class="swatch" style="background:${colour}"></span> ${text}</li>`)}
  </ul>`

/** Of bars on two sides. */
export const swatchKeys = ({ say }: Speaker, more: ReportWord, less: ReportWord): Markup =>
  swatches([
    [MORE, say(more)],
    [LESS, say(less)],
  ])

export const partKeys = (texts: readonly string[]): Markup =>
  swatches(texts.map((text, part) => [PART_COLOURS[part % PART_COLOURS.length] as string, text]))
