/** One finding about a text that somebody wrote: where, what is wrong, what was expected and how to mend it. */
export interface Diagnostic {
  /** Stable code, listed in docs/reference/diagnostics.md. */
  readonly code: string
  /** JSON Pointer into the text, `""` for the whole. */
  readonly pointer: string
  readonly message: string
  /** The message in Arabic, of findings that are told in both languages. */
  readonly messageAr?: string
  readonly expected?: string
  readonly hint?: string
  readonly severity: 'error' | 'warning'
}

/** Appends one step to a JSON Pointer (RFC 6901). */
export const at = (pointer: string, key: string | number): string => `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
