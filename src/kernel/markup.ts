/** HTML written by templates that escape whatever is put into them, unless it is markup itself. */

/** Text that is HTML already. Made by `html` only, and by `trusted` of what a serialiser wrote. */
export interface Markup {
  readonly markup: string
}

export type Content = Markup | string | number | null | readonly Content[]

/** INVARIANT: a value becomes text of an element or of a quoted attribute, never more. */
export function html(texts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: texts.reduce((written, text, place) => written + contentText(values[place - 1] ?? null) + text) }
}

/** Of what a serialiser of elements wrote. */
export const trusted = (markup: string): Markup => ({ markup })

function contentText(value: Content): string {
  if (value === null) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(contentText).join('')
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string)
