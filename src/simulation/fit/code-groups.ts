/** The codes of a category in groups that share a column; a code that is in no group stands for itself. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import { didYouMean } from '../../language/nearest.ts'
import { fitFinding } from './fit-diagnostics.ts'

export interface CodeGroup {
  /** Its codes, joined by `+`. */
  readonly name: string
  readonly codes: readonly string[]
}

/** In the order of the groups' first codes. */
export function codeGroups(
  codes: readonly string[],
  groups: readonly (readonly string[])[],
  pointer: string,
  out: Diagnostic[],
): CodeGroup[] {
  const groupOf = new Map<string, number>()
  groups.forEach((group, g) => {
    group.forEach((code, i) => {
      const place = at(at(pointer, g), i)
      if (!codes.includes(code)) {
        const hint = didYouMean(code, codes)
        const more = { expected: codes.join(', '), ...(hint === undefined ? {} : { hint }) }
        out.push(fitFinding('fit-groups', place, `${quote(code)} is not a code of the category`, more))
      } else if (groupOf.has(code)) out.push(fitFinding('fit-groups', place, `${quote(code)} stands in a group already`))
      else groupOf.set(code, g)
    })
  })
  const byKey = new Map<string | number, string[]>()
  for (const code of codes) {
    const key = groupOf.get(code) ?? code
    byKey.set(key, [...(byKey.get(key) ?? []), code])
  }
  return [...byKey.values()].map((members) => ({ name: members.join('+'), codes: members }))
}
