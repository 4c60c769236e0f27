import type { Diagnostic } from '../../kernel/diagnostic.ts'

/** Collects every finding of one check, so that an author sees all errors at once. */
export interface Findings {
  readonly list: Diagnostic[]
  readonly error: (code: string, pointer: string, message: string, rest?: { expected?: string; hint?: string }) => undefined
}

/** Nobody reads more at once, and each may list every fact that was expected. */
const MAX_FINDINGS = 200

export function findings(): Findings {
  const list: Diagnostic[] = []
  return {
    list,
    error(code, pointer, message, rest = {}) {
      if (list.length < MAX_FINDINGS) list.push({ code, pointer, message, severity: 'error', ...rest })
      return undefined
    },
  }
}

type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Quotes what somebody wrote, cut to a length that stays readable in a message. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
