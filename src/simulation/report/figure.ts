/** A figure of the report: chart, title, keys, and beside it what is measured and how far it goes. */
import type { Words } from '../../language/fact-space.ts'
import { type Content, html, type Markup } from '../../kernel/markup.ts'
import type { Policy, ReportSubject } from './report-subject.ts'
import type { Speaker } from './speak.ts'

/** What every section is given. */
export interface Page {
  readonly subject: ReportSubject
  readonly speaker: Speaker
  readonly policies: readonly Policy[]
  /** By place of the policy. */
  readonly keys: ReadonlyMap<number, Markup>
  /** A new id within the file. */
  readonly newId: () => string
}

export interface FigureParts {
  readonly title: string
  readonly charts: Content
  /** Places of the policies whose keys are shown. */
  readonly policies?: readonly number[]
  readonly keys?: Content
  /** Ids of measures whose definitions belong to it. */
  readonly measures?: readonly string[]
  /** Beside definitions, or instead of them. */
  readonly text?: string
  /** Whether it depends on the reference welfare. */
  readonly isMeasured?: boolean
}

export function figure(
  page: Page,
  { title, charts, policies = [], keys = null, measures = [], text, isMeasured = false }: FigureParts,
): Markup {
  const { speaker } = page
  const known = policies.flatMap((place) => page.keys.get(place) ?? [])
  return html`<figure>
    <h4>${title}</h4>
    <div class="charts">${charts}</div>
    ${
      known.length > 0
        ? html`<ul class="keys">
            ${known}
          </ul>`
        : null
    }${keys}
    <figcaption>
      ${text === undefined ? null : html`<p>${text}</p>`}${measures.map((id) => definition(speaker, id))}${isMeasured ? notice(page) : null}
    </figcaption>
  </figure> `
}

/** Name, sentence and source of a measure. */
export function definition(speaker: Speaker, id: string): Markup {
  const measure = speaker.measure(id)
  return html`<p>
    <b>${measure.name}</b>: ${measure.definition}
    <span class="source">${speaker.say('source')}: <bdi lang="en">${measure.source}</bdi></span>
  </p>`
}

/** What is said wherever something is measured against a reference that is not the country. */
export function notice({ subject: { told }, speaker }: Page): Markup | null {
  const words: Words | undefined = told.reference?.kind === 'synthetic' ? told.reference.notice : undefined
  return words ? html`<p class="notice">${speaker.of(words)}</p>` : null
}

export interface TableParts {
  readonly caption: string
  readonly head: readonly Content[]
  /** The first cell of each is its name. */
  readonly rows: readonly (readonly Content[])[]
  /** The last row is a sum. */
  readonly isSummed?: boolean
  /** So many columns, from the first, are words and begin where reading does; the others are numbers. */
  readonly words?: number
}

export function table({ caption, head, rows, isSummed = false, words = 1 }: TableParts): Markup {
  return html`<div class="wide">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell, place) => html`<th scope="col" ${ofWords(place < words)}>${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells], place) =>
            html`<tr${isSummed && place === rows.length - 1 ? html` class="sum"` : null}><th scope="row">${name ?? null}</th>${cells.map((cell, place) => html`<td${ofWords(place + 1 < words)}>${cell}</td>`)}</tr>`,
        )}
      </tbody>
    </table>
  </div> `
}

const ofWords = (is: boolean): Content => (is ? html` class="words"` : null)

/** Text of somebody else, in whatever direction it runs. */
export const named = (text: string): Markup => html`<bdi>${text}</bdi>`

export interface SectionParts {
  readonly id: string
  readonly title: string
  readonly body: Content
}

export const section = ({ speaker }: Page, { id, title, body }: SectionParts): Markup =>
  html`<section id="${speaker.language}-${id}">
    <h2>${title}</h2>
    ${body}
  </section> `
