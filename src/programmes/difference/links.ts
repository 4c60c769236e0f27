/** Facts that definitions bind to each other, and what these say, so that no witness contradicts them. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { FactType } from '../../language/fact-space.ts'
import type { DomainOf } from './domain.ts'
import { encodeDefinition } from './encode-definitions.ts'
import { endsOf, int } from './encode.ts'
import type { Ends } from './encode.ts'

export interface Links {
  /** Facts whose definitions can be said, with all that they are computed from; none where the conditions read no such fact. */
  readonly slots: readonly number[]
  /** What their definitions say. */
  readonly text: string
  /** Of a fact that the conditions read: itself, or what it is computed from by definitions that can be said, as far as they lead. */
  readonly opaqueOf: (slot: number) => readonly string[]
}

/** A fact of one of the catalogues that are compared, with its place in their common space. */
export interface PlacedFact {
  readonly slot: number
  readonly id: string
  readonly side: LinkedSide
}

export interface LinkedSide {
  readonly catalogue: Catalogue
  /** Day number of the parameters. */
  readonly asOf: number
  /** The slot of a fact, which gets one if it has none. */
  readonly slotOf: (id: string) => number
}

interface Said {
  readonly inputs: readonly PlacedFact[]
  readonly text: string
}

/** Of all definitions together, in characters: the text is made in the serving process. What does not fit is left open, as what cannot be said. */
const MOST_TEXT = 1_000_000

/** `types` grows while facts get their slots. */
export function linksOf(read: readonly PlacedFact[], types: readonly FactType[], domainOf: DomainOf): Links {
  const fixedAt = (slot: number): number | undefined => domainOf(types[slot] as FactType).fixed
  const said = new Map<number, Said | null>()
  const waiting = [...read]
  const ids = new Map<number, string>()
  let room = MOST_TEXT
  for (let fact = waiting.pop(); fact; fact = waiting.pop()) {
    ids.set(fact.slot, fact.id)
    if (said.has(fact.slot)) continue
    const made = fixedAt(fact.slot) === undefined ? say(fact, types, fixedAt) : null
    const found = made && made.text.length <= room ? made : null
    room -= found?.text.length ?? 0
    said.set(fact.slot, found)
    waiting.push(...(found?.inputs ?? []))
  }
  const closures = new Map(read.filter(({ slot }) => fixedAt(slot) === undefined).map(({ slot }) => [slot, closureOf(slot, said)]))
  // One fact alone can be ruled out as well: three times a whole number is never 1.
  const slots = [...new Set([...closures].flatMap(([slot, own]) => (said.get(slot) ? [...own] : [])))]
  return {
    slots,
    text: slots.flatMap((slot) => said.get(slot)?.text ?? []).join('\n'),
    opaqueOf: (slot) => [...(closures.get(slot) ?? [])].flatMap((one) => (said.get(one) ? [] : [ids.get(one) as string])),
  }
}

function closureOf(slot: number, said: ReadonlyMap<number, Said | null>): ReadonlySet<number> {
  const met = new Set([slot])
  for (const one of met) for (const input of said.get(one)?.inputs ?? []) met.add(input.slot)
  return met
}

function say({ slot, id, side }: PlacedFact, types: readonly FactType[], fixedAt: (slot: number) => number | undefined): Said | null {
  const { catalogue, asOf, slotOf } = side
  const fact = catalogue.facts.get(id)
  if (!fact) return null
  const inputs = new Map<number, PlacedFact>()
  const names: string[] = []
  const ends = (input: string, multiplier = 1): Ends => {
    const at = input === id ? slot : slotOf(input)
    const fixed = fixedAt(at)
    if (fixed !== undefined) {
      const end = { finite: 'true', value: int(BigInt(fixed) * BigInt(multiplier)) }
      return { lo: end, hi: end }
    }
    if (at !== slot) inputs.set(at, { slot: at, id: input, side })
    return endsOf(at, types, multiplier)
  }
  const keep = (sort: 'Int' | 'Bool', text: string): string => {
    const name = `d${slot}x${names.length}`
    names.push(`(define-fun ${name} () ${sort} ${text})`)
    return name
  }
  const text = encodeDefinition(fact, { asOf, ends, keep, codesOf: (input) => catalogue.facts.get(input)?.codes ?? null })
  return text === null ? null : { inputs: [...inputs.values()], text: `${names.join('')}(assert ${text})` }
}
