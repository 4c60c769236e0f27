/** Texts that people write into records of data protection: said in words, without anybody's number. */
import Type from 'typebox'
import { holdsNationalId } from '../kernel/national-id.ts'
import { problem } from '../kernel/problem.ts'

export const FREE_TEXT_MAX = 2_000

export const FreeText = (description: string) =>
  Type.String({ minLength: 3, maxLength: FREE_TEXT_MAX, pattern: '\\S', description: `${description}; never a National ID` })

/** Throws for the first text that holds ten digits in a row: numbers of persons stay in the vault. */
export function refuseNumbers(texts: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text] of Object.entries(texts))
    if (text !== undefined && holdsNationalId(text))
      throw problem('text-holds-number', { pointer: `/${name}`, expected: 'words without anybody’s number' })
}
