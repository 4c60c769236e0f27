/** Columns that are fetched for one fact's sake: nothing else that rules and formulas read comes from them. */
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import type { Bundle } from '../bundle.ts'
import { factsNamed } from '../facts-read.ts'
import { columnsOfFacts, columnsRead, type RegistryColumnsRead } from './fact-columns-read.ts'

/** As `registry.column`. What is itself computed from the fact is left out of account with it. */
export function columnsAlone(bundle: Bundle, fact: string): string[] {
  const { catalogue } = bundle
  const others = [...factsNamed(bundle)].filter((id) => !closureOf(catalogue, [id]).has(fact))
  const read = namesOf(columnsOfFacts(catalogue, closureOf(catalogue, others)))
  return [...namesOf(columnsRead(catalogue, fact))].filter((name) => !read.has(name))
}

export const namesOf = (read: readonly RegistryColumnsRead[]): Set<string> =>
  new Set(read.flatMap(({ registry, columns }) => columns.map(({ name }) => `${registry.id}.${name}`)))
