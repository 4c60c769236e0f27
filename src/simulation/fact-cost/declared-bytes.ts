/** Room that facts take in a snapshot, by what they declare: how narrow their values pack would tell of the values. */
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'

/** Of a household with so many persons, to the half byte; each end of a value has a bit that says whether it is known. */
export function declaredBytes(facts: readonly CatalogueFact[], personsPerHousehold: number): number {
  const bytes = facts.reduce((sum, fact) => {
    const ends = fact.bounded ? 2 : 1
    return sum + ends * (widthOf(fact) + 1 / 8) * (fact.entity === 'person' ? personsPerHousehold : 1)
  }, 0)
  return Math.round(2 * bytes) / 2
}

/** Of integers that hold whatever the type is likely to have: thousandths of two million, days of two centuries. */
function widthOf({ type, scale, codes }: CatalogueFact): number {
  switch (type) {
    case 'boolean':
      return 1
    case 'category':
      return (codes?.length ?? 0) <= 256 ? 1 : 2
    case 'date':
      return 2
    case 'integer':
    case 'decimal':
      return scale <= 3 ? 4 : 8
  }
}
