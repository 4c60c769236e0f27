/** A sample's rows as columns of facts: those that it holds, and those that follow from them and from parameters. */
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import { compileRederivation, followsFromFacts } from '../../language/catalogue/assembly/rederive.ts'
import type { Nation } from '../../determinations/bulk/nation.ts'
import type { FactColumn } from '../../language/fact-columns.ts'
import { packColumn } from '../../language/pack-columns.ts'
import { isDerived } from '../../language/catalogue/assembly/fact-source.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { factsNamed } from '../../programmes/facts-read.ts'
import type { ReferenceSample } from '../fit/reference-sample.ts'

export interface SampleFacts {
  /** One household to a row. Of its members nothing is known: one of whom all is unknown stands for them. */
  readonly nation: Nation
  /** Facts that formulas, rules or targeting name and that are unknown in every row, by id in alphabetical order. */
  readonly unknown: readonly string[]
}

/** What the sample says of a fact stands; a fact that it does not hold is computed from its inputs, as an assembly does, or is unknown. `asOf`: day number. */
export function sampleFacts(bundle: Bundle, { facts, rows }: ReferenceSample, asOf: number): SampleFacts {
  const { household, person } = bundle.catalogue
  const columns: (FactColumn | undefined)[] = household.types.map(({ id }) => {
    const values = facts.get(id)
    return values && packColumn({ lo: values, hi: values }, rows)
  })
  const single = Uint32Array.from({ length: rows + 1 }, (_, row) => row)
  const persons = person.types.map(() => undefined)
  const following = [...closureOf(bundle.catalogue, factsNamed(bundle))].flatMap((id) => {
    const fact = bundle.catalogue.facts.get(id)
    return fact?.entity === 'household' && isDerived(fact) && followsFromFacts(fact) && !facts.has(id) ? [fact] : []
  })
  const computed = compileRederivation(bundle.catalogue, following, asOf).compute({
    households: rows,
    persons: rows,
    firstMember: single,
    householdOf: single.subarray(0, rows),
    household: columns,
    person: persons,
  })
  for (const [slot, column] of computed.household) columns[slot] = column
  const nation = { households: columns, persons, householdOf: single.subarray(0, rows), firstMember: single }
  return { nation, unknown: unknownIn(bundle, columns, rows) }
}

/** Facts of persons are all unknown, and told by the programmes that judge persons. */
function unknownIn(bundle: Bundle, columns: readonly (FactColumn | undefined)[], rows: number): string[] {
  const { facts, household } = bundle.catalogue
  return [...factsNamed(bundle)]
    .filter((id) => {
      const fact = facts.get(id)
      if (fact?.entity !== 'household' || fact.definition.kind === 'computed' || fact.definition.kind === 'programmeStatus') return false
      const column = columns[household.slot(id) ?? -1]
      return !column || !hasKnown(column, rows)
    })
    .toSorted()
}

function hasKnown({ loKnown, hiKnown }: FactColumn, rows: number): boolean {
  const any = (bits: Uint8Array | null): boolean => (bits ? bits.some((byte) => byte > 0) : rows > 0)
  return any(loKnown) || any(hiKnown)
}
