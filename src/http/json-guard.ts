/** Finds what JSON.parse would let through, before it is called: deep nesting, keys written twice, names that alter objects. */

export type JsonFault = { readonly code: 'json-too-deep' | 'json-duplicate-key' | 'json-key-forbidden'; readonly pointer: string }

interface Frame {
  readonly keys: Set<string> | null
  step: string | number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The first fault of a JSON text or null. Malformed text is left to the parser; the cost is one pass. */
export function jsonFault(text: string, maxDepth: number): JsonFault | null {
  const frames: Frame[] = []
  for (let i = 0; i < text.length; i++) {
    const top = frames.at(-1)
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(text, i)
        if (top?.keys && isKey(text, end)) {
          const key = decoded(text.slice(i, end + 1))
          top.step = key
          if (key === '__proto__') return { code: 'json-key-forbidden', pointer: pointerOf(frames) }
          if (top.keys.has(key)) return { code: 'json-duplicate-key', pointer: pointerOf(frames) }
          top.keys.add(key)
        }
        i = end
        break
      }
      case 0x7b: // {
        if (frames.length >= maxDepth) return { code: 'json-too-deep', pointer: shortened(frames) }
        frames.push({ keys: new Set(), step: '' })
        break
      case 0x5b: // [
        if (frames.length >= maxDepth) return { code: 'json-too-deep', pointer: shortened(frames) }
        frames.push({ keys: null, step: 0 })
        break
      case 0x7d: // }
      case 0x5d: // ]
        frames.pop()
        break
      case 0x2c: // ,
        if (top && typeof top.step === 'number' && !top.keys) top.step++
        break
    }
  }
  return null
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === BACKSLASH) i++
    else if (c === QUOTE) break
  }
  return i
}

function isKey(text: string, end: number): boolean {
  for (let i = end + 1; i < text.length; i++) {
    const c = text[i]
    if (c === ':') return true
    if (c !== ' ' && c !== '\t' && c !== '\n' && c !== '\r') return false
  }
  return false
}

/** Two spellings of one key (`"a"`, `"\\u0061"`) are the same key. */
function decoded(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted
  }
}

const pointerOf = (frames: readonly Frame[]): string =>
  frames.map(({ step }) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const shortened = (frames: readonly Frame[]): string => pointerOf(frames.slice(0, 4)) + (frames.length > 4 ? '/…' : '')
