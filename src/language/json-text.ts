/** Reads the text of a policy file: strict JSON, bounded in size and depth, no key twice, no number that would be rounded. */
import { parseTree, printParseErrorCode, visit, findNodeAtLocation } from 'jsonc-parser'
import type { JSONPath } from 'jsonc-parser'
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { finding, quote } from './diagnostic-codes.ts'

export const MAX_TEXT_BYTES = 64 * 1024
export const MAX_JSON_DEPTH = 64
const MAX_SIGNIFICANT_DIGITS = 15
const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false }

export interface JsonText {
  /** The parsed value; absent when there is any diagnostic. */
  readonly value?: unknown
  readonly diagnostics: readonly Diagnostic[]
}

/** Text → JSON value, or every reason why it is refused. Numbers keep at most 15 significant digits, so none is rounded silently. */
export function parseJsonText(text: string): JsonText {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_TEXT_BYTES) {
    return { diagnostics: [finding('json-too-long', '', `the text has ${bytes} bytes`, { expected: `at most ${MAX_TEXT_BYTES} bytes` })] }
  }
  if (deeperThan(text, MAX_JSON_DEPTH)) {
    return { diagnostics: [finding('json-too-deep', '', `the text nests deeper than ${MAX_JSON_DEPTH} levels`)] }
  }
  const diagnostics = inspect(text)
  if (diagnostics.length > 0) return { diagnostics }
  return { value: JSON.parse(text), diagnostics }
}

/** Line and column (from 1) of what a JSON Pointer points at, for editors; null when the text has no such place. */
export function positionOf(text: string, pointer: string): { readonly line: number; readonly column: number } | null {
  const root = deeperThan(text, MAX_JSON_DEPTH) ? undefined : parseTree(text)
  if (!root) return null
  const steps = pointer.split('/').slice(1)
  const keys = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let node: typeof root | undefined = root
  for (const key of keys) node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(key) : key])
  if (!node) return null
  const before = text.slice(0, node.offset).split('\n')
  return { line: before.length, column: (before.at(-1) as string).length + 1 }
}

/** Why a text cannot be stored, or null: NUL and halves of surrogate pairs. */
export function textProblem(text: string): string | null {
  if (text.includes('\0')) return 'it holds a NUL character'
  return /\p{Surrogate}/u.test(text) ? 'it holds half of a surrogate pair' : null
}

function inspect(text: string): Diagnostic[] {
  const found: Diagnostic[] = []
  const keysOfOpenObjects: Set<string>[] = []
  // Where a text is wrong is worked out only then: a pointer for each value costs more than reading them.
  const refuseText = (value: string, pointer: () => string): void => {
    const problem = textProblem(value)
    if (problem) found.push(finding('text-invalid', pointer(), `the text ${quote(value)} is refused: ${problem}`))
  }
  visit(
    text,
    {
      onObjectBegin: () => void keysOfOpenObjects.push(new Set()),
      onObjectEnd: () => void keysOfOpenObjects.pop(),
      onObjectProperty: (key, _offset, _length, line, column, path) => {
        const pointer = (): string => at(pointerOf(path()), key)
        const keys = keysOfOpenObjects.at(-1)
        if (keys?.has(key)) {
          const place = `line ${line + 1}, column ${column + 1}`
          found.push(
            finding('json-duplicate-key', pointer(), `the key ${quote(key)} is there twice (${place})`, { expected: 'each key once' }),
          )
        }
        keys?.add(key)
        refuseText(key, pointer)
      },
      onLiteralValue: (value, offset, length, _line, _column, path) => {
        if (typeof value === 'string') refuseText(value, () => pointerOf(path()))
        if (typeof value === 'number' && !isExact(text.slice(offset, offset + length))) {
          found.push(
            finding(
              'json-number-precision',
              pointerOf(path()),
              `the number ${text.slice(offset, offset + Math.min(length, 60))} cannot be kept exactly`,
              {
                expected: `at most ${MAX_SIGNIFICANT_DIGITS} significant digits, or a whole number within ±2^53`,
              },
            ),
          )
        }
      },
      onError: (error, _offset, _length, line, column) => {
        if (found.some((d) => d.code === 'json-syntax')) return
        found.push(
          finding('json-syntax', '', `${printParseErrorCode(error)} at line ${line + 1}, column ${column + 1}`, {
            expected: 'strict JSON',
          }),
        )
      },
    },
    STRICT,
  )
  return found
}

function isExact(number: string): boolean {
  if (/^-?\d+$/.test(number)) return Number.isSafeInteger(Number(number))
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e')
  const digits = mantissa.replace(/^-/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '')
  return digits.length <= MAX_SIGNIFICANT_DIGITS && Math.abs(Number(exponent)) <= 30
}

const pointerOf = (path: JSONPath): string => path.reduce((pointer: string, key) => at(pointer, key), '')

/** A linear scan, so that a hostile text never reaches a recursive parser. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 92) i++
      else if (c === 34) inString = false
    } else if (c === 34) inString = true
    else if (c === 91 || c === 123) {
      if (++depth > limit) return true
    } else if (c === 93 || c === 125) depth--
  }
  return false
}
