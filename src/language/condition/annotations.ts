/** Reads what a node may carry besides its meaning: a name, the reason in both languages, a citation. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { finding, quote } from '../diagnostic-codes.ts'
import type { Words } from '../fact-space.ts'
import { textProblem } from '../json-text.ts'
import type { Annotations } from './condition.ts'

/** The annotations of a node; what is wrong with them is added to `diagnostics`. */
export function readAnnotations(json: Readonly<Record<string, unknown>>, pointer: string, diagnostics: Diagnostic[]): Annotations {
  const refuse = (key: string, message: string, expected: string): undefined => {
    diagnostics.push(finding('annotation-invalid', at(pointer, key), message, { expected }))
    return undefined
  }
  const text = (key: 'name' | 'citation'): string | undefined => {
    if (!Object.hasOwn(json, key)) return undefined
    const value = json[key]
    const problem = textProblemOf(value)
    return problem === null ? (value as string) : refuse(key, `${quote(key)} is ${quote(value)}: ${problem}`, 'a text')
  }
  const words = (): Words | undefined => {
    if (!Object.hasOwn(json, 'because')) return undefined
    const value = json.because
    return isWords(value) ? value : refuse('because', `"because" is ${quote(value)}`, '{"en": text, "ar": text}')
  }
  const name = text('name')
  const citation = text('citation')
  const because = words()
  return {
    ...(name === undefined ? {} : { name }),
    ...(because === undefined ? {} : { because }),
    ...(citation === undefined ? {} : { citation }),
  }
}

function isWords(value: unknown): value is Words {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { en, ar } = value as Record<string, unknown>
  return Object.keys(value).length === 2 && textProblemOf(en) === null && textProblemOf(ar) === null
}

function textProblemOf(value: unknown): string | null {
  if (typeof value !== 'string') return 'it is not a text'
  return value.trim() === '' ? 'it is empty' : textProblem(value)
}
