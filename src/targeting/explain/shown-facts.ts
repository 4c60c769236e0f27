/** The facts of a snapshot that a reader may see, as answers write them, and the names of those that stay hidden. */
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import type { JudgedUnit } from '../../determinations/judged-unit.ts'
import type { Withheld } from '../../determinations/eyes/withheld.ts'
import { type FactJson, factJson } from '../../language/fact-json.ts'
import type { FactSpace, FactValues } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'

export interface ShownFacts {
  /** The household's, by name; null is unknown. */
  readonly facts: Record<string, FactJson>
  /** The person's, where persons are judged and the reader may see them. */
  readonly person: Record<string, FactJson> | null
  readonly hidden: string[]
  /** Those that the organisation which asks is not granted. */
  readonly withheld: Withheld[]
}

export function shownFacts(bundle: Bundle, { assembled: { household }, member, isVisible, eyes }: JudgedUnit): ShownFacts {
  const { catalogue } = bundle
  const wanted = factsAssembled(bundle)
  const hidden: string[] = []
  const withheld: Withheld[] = []
  const shown = (space: FactSpace, { lo, hi }: FactValues): Record<string, FactJson> => {
    const cells: [string, FactJson][] = []
    space.types.forEach((type, slot) => {
      const kind = catalogue.facts.get(type.id)?.definition.kind
      // Scores, ranks and outcomes are no facts of the snapshot: the answer has them of its own.
      if (!wanted.has(type.id) || kind === 'computed' || kind === 'programmeStatus') return
      const fact = catalogue.facts.get(type.id)
      if (fact && !eyes.sees(type.id)) withheld.push({ fact: type.id, label: fact.label, custodian: fact.custodian })
      else if (!isVisible(type.id)) hidden.push(type.id)
      else cells.push([type.id, factJson(type, lo[slot] as number, hi[slot] as number)])
    })
    return Object.fromEntries(cells)
  }
  const facts = shown(catalogue.household, household)
  const person = member && shown(catalogue.person, member.facts)
  return { facts, person: person && Object.keys(person).length > 0 ? person : null, hidden, withheld }
}
