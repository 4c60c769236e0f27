/** Which unknown facts stand behind an undetermined outcome: derived and aggregated ones expanded to what they are made of. */
import type { AssembledMember } from '../households/assembled.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { isKnownAt } from '../language/fact-space.ts'
import type { FactValues } from '../language/fact-space.ts'
import { missingFacts } from '../language/rule/missing.ts'
import type { Bundle, CompiledFormula, CompiledProgramme } from '../programmes/bundle.ts'

interface Unit {
  readonly household: FactValues
  readonly member: AssembledMember | null
  readonly members: readonly AssembledMember[]
  readonly values: FactValues
  readonly trace: Uint8Array
}

export function missingOf({ catalogue }: Bundle, { rule, formula }: CompiledProgramme, unit: Unit): readonly string[] {
  return missingFacts(rule.condition, unit.trace, unit.values, (id) => unknownInputs(catalogue, formula, unit, id))
}

/** The unknown facts without inputs that a fact is computed from; for a score, those of its formula's facts. */
export function unknownInputs(
  catalogue: Catalogue,
  formula: CompiledFormula | null,
  unit: Omit<Unit, 'values' | 'trace'>,
  id: string,
): readonly string[] {
  const fact = catalogue.facts.get(id)
  if (fact?.definition.kind === 'computed' && formula) {
    const read = formula.formula.slots.filter((slot) => !isKnownAt(unit.household, slot))
    return [...new Set(read.flatMap((slot) => unknownInputs(catalogue, null, unit, catalogue.household.types[slot]?.id ?? '')))]
  }
  // The cause that stands nearest to the sources: a known input explains nothing.
  const causes = (fact?.inputs ?? []).filter((input) => isUnknown(catalogue, unit, input))
  const deeper = causes.flatMap((input) => unknownInputs(catalogue, formula, unit, input))
  return deeper.length > 0 ? [...new Set(deeper)] : [id]
}

/** A person's fact is unknown to a household rule when it is for any member. */
function isUnknown(catalogue: Catalogue, { household, member, members }: Omit<Unit, 'values' | 'trace'>, id: string): boolean {
  if (catalogue.facts.get(id)?.entity === 'household') {
    const slot = catalogue.household.slot(id)
    return slot !== undefined && !isKnownAt(household, slot)
  }
  const slot = catalogue.person.slot(id)
  return slot !== undefined && (member ? [member] : members).some(({ facts }) => !isKnownAt(facts, slot))
}
