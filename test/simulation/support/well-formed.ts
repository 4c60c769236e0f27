/** Whether a text is HTML that closes what it opens: enough of a parser for files that we write ourselves. */

const VOID = new Set(['meta', 'br', 'img', 'link', 'hr', 'input'])

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface Document {
  readonly elements: readonly Element[]
  /** Without markup, entities resolved. */
  readonly text: string
  readonly faults: readonly string[]
}

const TOKEN = /<!doctype html>|<\/([a-zA-Z][\w-]*)>|<([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([<>])/g

export function readHtml(html: string): Document {
  const elements: Element[] = []
  const faults: string[] = []
  const open: string[] = []
  // Text of a style is not markup.
  const body = html.replace(/(<style>)[\s\S]*?(<\/style>)/g, '$1$2')
  for (const [token, closed, name, attributes = '', isClosed, stray] of body.matchAll(TOKEN)) {
    if (stray !== undefined) faults.push(`a bare ${stray}`)
    else if (closed !== undefined) {
      const last = open.pop()
      if (last !== closed) faults.push(`</${closed}> closes ${last ?? 'nothing'}`)
    } else if (name !== undefined) {
      elements.push({
        name,
        attributes: Object.fromEntries(
          [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, resolved(value ?? '')]),
        ),
      })
      if (isClosed !== '/' && !VOID.has(name)) open.push(name)
    } else if (token === undefined) faults.push('nothing')
  }
  faults.push(...open.map((name) => `${name} stays open`))
  const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? [])
  faults.push(...ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `${id} twice`))
  return { elements, faults, text: resolved(body.replace(/<[^>]*>/g, ' ')) }
}

const resolved = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#10;', '\n')
    .replaceAll('&amp;', '&')
