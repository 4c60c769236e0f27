/**
 * What may be a password: long, not one that everybody tries, not made of the name. No rule about kinds of characters and no expiry,
 * which make people choose worse ones (NIST SP 800-63B, 5.1.1.2).
 */
import { problem } from '../../kernel/problem.ts'
import type { Problem } from '../../kernel/problem.ts'

export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 128

/** What is left of the passwords of stolen lists once digits and signs are taken away. */
const COMMON = new Set(
  (
    'password passw pass qwerty qwertyuiop azerty letmein welcome administrator admin iloveyou monkey dragon football sunshine princess ' +
    'changeme secret mizan jordan amman registry abc abcdef abcdefghijkl'
  ).split(' '),
)
const KINDS_MIN = 5
const LEET: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }

/** Null for a password that may be used; `words` are what belongs to the user: login and name. */
export function passwordFault(password: string, words: readonly string[]): Problem | null {
  const refused = (expected: string): Problem => problem('password-refused', { pointer: '/password', expected })
  const characters = Array.from(password)
  if (characters.length < PASSWORD_MIN || characters.length > PASSWORD_MAX) return refused(`${PASSWORD_MIN} to ${PASSWORD_MAX} characters`)
  if (new Set(characters).size < KINDS_MIN || isSequence(characters)) return refused('characters that do not repeat or count')
  if (/^\p{N}+$/u.test(password)) return refused('more than a number')
  const plain = password.normalize('NFKC').toLowerCase()
  if (bases(plain).some((base) => COMMON.has(base))) return refused('not one of the passwords that everybody tries')
  const own = words.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 4)
  if (own.some((word) => plain.includes(word))) return refused('not made of your user name or name')
  return null
}

/** The letters alone, also with digits and signs read as the letters they stand for; a word written several times is that word. */
function bases(plain: string): string[] {
  const letters = (text: string): string => text.replaceAll(/[^\p{L}]/gu, '')
  const ends = plain.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  return [letters(plain), letters(asLetters(plain)), letters(asLetters(ends))].map((text) => /^(.+?)\1+$/u.exec(text)?.[1] ?? text)
}

const asLetters = (text: string): string => text.replaceAll(/[0-9@$!]/g, (character) => LEET[character] ?? character)

/** Each character one step from the one before, all in one direction but for one: 123456789012, abcdefghijkl. */
function isSequence(characters: readonly string[]): boolean {
  const steps = characters.slice(1).map((character, place) => (character.codePointAt(0) ?? 0) - (characters[place]?.codePointAt(0) ?? 0))
  const first = steps[0] ?? 0
  return Math.abs(first) <= 1 && steps.filter((step) => step !== first).length <= 1
}
