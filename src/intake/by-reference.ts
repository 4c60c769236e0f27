/** An application with person references in the place of numbers: the only form in which answers leave the vault. */
import type { Application } from './form.ts'

export interface ReferredAnswers {
  readonly answers: Record<string, unknown>
  /** Person of each entry of `/members`; null for a number that the vault does not know. */
  readonly members: readonly (number | null)[]
}

export function byReference(application: Application, persons: ReadonlyMap<string, number>): ReferredAnswers {
  const referred = <T extends { readonly nationalId: string }>({ nationalId, ...answers }: T) => ({
    personRef: persons.get(nationalId) ?? null,
    ...(withoutNumbers(answers) as Omit<T, 'nationalId'>),
  })
  const { applicant, members = [], ...rest } = application
  const answers = { ...(withoutNumbers(rest) as Record<string, unknown>), applicant: referred(applicant), members: members.map(referred) }
  return { answers, members: answers.members.map(({ personRef }) => personRef) }
}

/** Free text (an e-mail address too) in which somebody wrote a number: ten digits that are no mobile telephone's are taken out. */
const TEN_DIGITS = /(?<!\p{Nd})(?!07[789]|٠٧[٧٨٩]|۰۷[۷۸۹])\p{Nd}(?:[ -]?\p{Nd}){9}(?!\p{Nd})/gu

function withoutNumbers(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(TEN_DIGITS, '[…]')
  if (Array.isArray(value)) return value.map(withoutNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutNumbers(child)]))
}
