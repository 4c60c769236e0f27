/** A refusal as a terminal shows it: code, every fault with its place, and how to mend it, in both languages. */
import type { Problem } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'

export function problemText({ code, parts: { detail, pointer, expected, errors = [] } }: Problem): string {
  const { title, hint } = problemKinds[code]
  const about = [detail, errors.length === 0 ? pointer : undefined, errors.length === 0 ? expected : undefined].filter(Boolean).join(', ')
  const faults = errors.map((fault) => `${fault.pointer}: ${fault.message}${fault.expected === undefined ? '' : ` (${fault.expected})`}`)
  return [`${code}: ${title.en}${about === '' ? '' : `: ${about}`}`, ...faults, hint.en, title.ar, hint.ar].join('\n')
}
