/** Words of a text as a search compares them: the same however Arabic is written, accented, joined or stretched, and however names are put together. */

/** Letters that writers take for one another; hamzas and vowels that sit on a letter are marks and fall off before. */
const SAME_LETTER: Readonly<Record<string, string>> = { ٱ: 'ا', ى: 'ي', ی: 'ي', ې: 'ي', ک: 'ك', ة: 'ه', ۃ: 'ه', ھ: 'ه', ہ: 'ه' }
const LETTERS = new RegExp(`[${Object.keys(SAME_LETTER).join('')}]`, 'g')
/** Tatweel, the hamza on its own, and marks of direction. */
const DROPPED = /[\u0640\u0621\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g
/** The article, alone or joined to a conjunction or preposition, before at least three letters. */
const ARTICLE = /^(?:[وفبك]?ال|لل)(?=.{3})/

/** In the order of the text. `wageMean12m`, `wage_mean_12m` and `Wage mean 12m` are the same words. */
export function searchWords(text: string): string[] {
  const apart = text.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
  return folded(apart)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.replace(ARTICLE, ''))
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(DROPPED, '')
    .replace(LETTERS, (letter) => SAME_LETTER[letter] as string)
    .replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) as number) & 0xf))
    .toLowerCase()
}
