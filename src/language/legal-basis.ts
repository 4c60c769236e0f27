/** Protected facts (nationality, sex, disability, health ...) may be used only under a stated law; this finds where it is missing. */
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Condition } from './condition/condition.ts'
import { finding, quote } from './diagnostic-codes.ts'
import type { FactType, Words } from './fact-space.ts'
import { didYouMean } from './nearest.ts'

export interface LegalBasis {
  readonly fact: string
  readonly basis: Words
}

/**
 * A protected fact without a basis is an error at each leaf of the conditions that uses it; a basis for an unused fact
 * is a warning. `pointer` is where the bases stand in the text.
 */
export function basisProblems(conditions: readonly Condition[], stated: readonly LegalBasis[], pointer: string): Diagnostic[] {
  const facts = new Set(stated.map((entry) => entry.fact))
  const used = new Set<string>()
  const problems: Diagnostic[] = []
  for (const { space, leaves } of conditions) {
    for (const leaf of leaves) {
      for (const [slot, key] of [
        [leaf.slot, 'fact'],
        [leaf.operand.kind === 'fact' ? leaf.operand.slot : null, 'value'],
      ] as const) {
        if (slot === null) continue
        const type = space.types[slot] as FactType
        used.add(type.id)
        if (!type.protected || facts.has(type.id)) continue
        const where = leaf.definition === null ? at(leaf.pointer, key) : pointer
        const inside = leaf.definition === null ? '' : ` (in the shared definition ${quote(leaf.definition)})`
        problems.push(
          finding('protected-without-basis', where, `${quote(type.id)} is a protected fact${inside} and no legal basis is stated`, {
            hint: `add to "legalBasis": {"fact": ${quote(type.id)}, "basis": {"en": ..., "ar": ...}}`,
          }),
        )
      }
    }
  }
  const space = conditions[0]?.space
  stated.forEach((entry, index) => {
    const place = `${pointer}/${index}/fact`
    if (space && space.slot(entry.fact) === undefined) {
      const hint = didYouMean(
        entry.fact,
        space.types.map((type) => type.id),
      )
      problems.push(finding('fact-unknown', place, `there is no fact ${quote(entry.fact)} among the facts of ${space.name}`, { hint }))
    } else if (!used.has(entry.fact)) {
      problems.push(finding('basis-unused', place, `nothing here uses ${quote(entry.fact)}`, { severity: 'warning' }))
    }
  })
  return problems
}
