/** A description as a page that can be printed: in one file, with nothing from outside, in one language or both one after the other. */
import { html } from '../../kernel/markup.ts'
import type { Markup } from '../../kernel/markup.ts'
import type { Language } from '../../language/messages.ts'
import type { PlainNode, PlainSection } from '../../language/plain/plain-text.ts'

export interface PageText {
  readonly language: Language
  readonly sections: readonly PlainSection[]
  /** What the page was made from, so that a printed one can be found again. */
  readonly stamp: string
}

const STYLE = `
body { margin: 0; color: #1a1a1a; background: #fff; font: 15px/1.6 "Noto Sans", "Noto Sans Arabic", "Segoe UI", Tahoma, Arial, sans-serif; }
article { max-width: 800px; margin: 0 auto; padding: 16px 20px 40px; }
article + article { break-before: page; border-top: 3px solid #1a1a1a; }
h1 { font-size: 26px; line-height: 1.3; }
h2 { font-size: 19px; margin: 28px 0 6px; padding-bottom: 3px; border-bottom: 1px solid #999; break-after: avoid; }
ul { margin: 4px 0; padding-inline-start: 22px; }
li { margin: 3px 0; }
li:not(:has(ul)) { break-inside: avoid-page; }
cite { display: block; color: #555; font-size: 13px; line-height: 1.4; font-style: normal; }
footer { margin-top: 32px; padding-top: 6px; border-top: 1px solid #999; color: #555; font-size: 12px; overflow-wrap: anywhere; }
@media print { article { max-width: none; padding: 0; } @page { margin: 18mm; } }
`

export function descriptionPage(texts: readonly PageText[]): string {
  const [first] = texts
  const title = texts.map(({ sections }) => sections[0]?.title ?? '').join(' · ')
  const page = html`<!doctype html>
    <html lang="${first?.language ?? 'ar'}" dir="${direction(first?.language ?? 'ar')}">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title}</title>
      <style>
        ${{ markup: STYLE }}
      </style>
      ${texts.map(article)}
    </html> `
  return page.markup.trimStart()
}

function article({ language, sections: [head, ...rest], stamp }: PageText): Markup {
  return html`<article lang="${language}" dir="${direction(language)}">
    <h1>${head?.title ?? ''}</h1>
    ${list(head?.nodes ?? [])}
    ${rest.map(
      ({ title, nodes }) =>
        html`<section>
          <h2>${title}</h2>
          ${list(nodes)}
        </section>`,
    )}
    <footer dir="ltr">${stamp}</footer>
  </article>`
}

function list(nodes: readonly PlainNode[]): Markup {
  return html`<ul>
    ${nodes.map(
      ({ text, citation, children }) =>
        html`<li>
          ${text}${citation === null ? null : html` <cite><bdi>${citation}</bdi></cite>`}${children.length === 0 ? null : list(children)}
        </li>`,
    )}
  </ul>`
}

const direction = (language: Language): 'rtl' | 'ltr' => (language === 'ar' ? 'rtl' : 'ltr')
