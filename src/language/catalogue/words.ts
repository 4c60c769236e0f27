/** Words in both languages, checked. */
import { at } from '../../kernel/diagnostic.ts'
import type { Words } from '../fact-space.ts'
import { type Findings, isObject } from './diagnostics.ts'

const ARABIC = /\p{Script=Arabic}/u

/** Text that people see, in both languages; a missing or non-Arabic `ar` is an error, not a fallback to English. */
export function checkWords(json: unknown, out: Findings, pointer: string): Words {
  const words = isObject(json) ? json : {}
  const { en, ar } = words
  if (typeof en !== 'string' || en.trim() === '')
    out.error('words-missing', at(pointer, 'en'), 'the English text is missing', { expected: '{"en": "...", "ar": "..."}' })
  if (typeof ar !== 'string' || !ARABIC.test(ar))
    out.error('words-missing', at(pointer, 'ar'), 'the Arabic text is missing', { expected: '{"en": "...", "ar": "..."}' })
  return { en: typeof en === 'string' ? en : '', ar: typeof ar === 'string' ? ar : '' }
}
