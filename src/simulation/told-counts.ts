/** What is told of counts that stand by themselves in a result, such as those whom a condition keeps out or who are near a cut-off. */
import type { KeysOf } from './behind.ts'
import type { FilterEffect } from './count-filters.ts'
import { disclosedCount, disclosedUnits } from './disclose.ts'

type Told<Name extends string> = Readonly<Record<Name, number | null>>

/** Each as a cell of the same contents; to the nearest ten of results that were stored without keys. */
export function toldCounts<Name extends string>(counts: KeysOf<Name>, keys: KeysOf<Name> | undefined): Told<Name> {
  const told = ([name, units]: [string, number]) =>
    [name, keys ? disclosedUnits({ units, key: keys[name as Name] }) : disclosedCount(units)] as const
  return Object.fromEntries(Object.entries<number>(counts).map(told)) as Told<Name>
}

/** What a condition keeps out. */
export const toldFilter = ({ pointer, definition, because, behind, ...counts }: FilterEffect) => ({
  pointer,
  definition,
  because,
  ...toldCounts(counts, behind),
})
