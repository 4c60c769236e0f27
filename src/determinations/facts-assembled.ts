/** The facts that a determination assembles: what the versions read, and what questions about declared values and privacy need. */
import { closureOf } from '../language/catalogue/sql/levels.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { factsRead } from '../programmes/facts-read.ts'

/** `age` says whose values parents may see, `expensesExceedIncome` opens a question, places stand in ranked lists. */
const ALWAYS = ['age', 'expensesExceedIncome', 'liwa', 'kada']
const known = new WeakMap<Bundle, ReadonlySet<string>>()

/** One set for each bundle: assembly keeps a statement for each set. */
export function factsAssembled(bundle: Bundle): ReadonlySet<string> {
  const found = known.get(bundle) ?? gather(bundle)
  known.set(bundle, found)
  return found
}

function gather(bundle: Bundle): ReadonlySet<string> {
  const { catalogue } = bundle
  const pairs = [...catalogue.facts.values()].filter(({ definition: { kind } }) => kind === 'firstKnown' || kind === 'greatestKnown')
  const always = ALWAYS.filter((id) => catalogue.facts.has(id))
  return closureOf(catalogue, [...factsRead(bundle), ...pairs.map(({ id }) => id), ...always])
}
