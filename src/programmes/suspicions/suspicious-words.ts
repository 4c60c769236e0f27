/** Texts that people will read in the wrong language: every place of a text where English and Arabic stand side by side. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { suspicion } from './suspicion-codes.ts'

const ARABIC = /\p{Script=Arabic}/u
const LATIN = /\p{Script=Latin}/u

/** `json` is a text as it was parsed. Names and symbols without letters are in no language. */
export function suspiciousWords(json: unknown, pointer = ''): Diagnostic[] {
  if (typeof json !== 'object' || json === null) return []
  const { en, ar } = json as { readonly en?: unknown; readonly ar?: unknown }
  if (typeof en === 'string' && typeof ar === 'string') return suspiciousPair(en, ar, pointer)
  return Object.entries(json).flatMap(([key, value]) => suspiciousWords(value, at(pointer, key)))
}

function suspiciousPair(en: string, ar: string, pointer: string): Diagnostic[] {
  const found: Diagnostic[] = []
  if (ARABIC.test(en) && !LATIN.test(en))
    found.push(suspicion('words-language', at(pointer, 'en'), { en: 'the English text is in Arabic', ar: 'النص الإنجليزي مكتوب بالعربية' }))
  if (LATIN.test(ar) && !ARABIC.test(ar))
    found.push(
      suspicion('words-language', at(pointer, 'ar'), { en: 'the Arabic text has no Arabic letter', ar: 'لا حرف عربيًّا في النص العربي' }),
    )
  return found
}
