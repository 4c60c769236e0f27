/** A synthetic household for people: what is stated of it, in both languages, and which facts it may not be able to have together. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { factJson } from '../../language/fact-json.ts'
import type { FactType, FactValues } from '../../language/fact-space.ts'
import { voice } from '../../language/messages.ts'
import type { Language } from '../../language/messages.ts'
import { renderInterval } from '../../language/render-value.ts'
import type { Links } from './links.ts'
import { isStated } from './outcome-change.ts'
import { boundPairs } from './possible.ts'
import type { CommonSpace } from './same-space.ts'

export interface StatedFact {
  readonly type: FactType
  readonly slot: number
  /** Of a definition that the later version no longer has. */
  readonly isFormer: boolean
  readonly lo: number
  readonly hi: number
}

/** Parameters are given and not stated. */
export function statedFacts({ lo, hi }: FactValues, types: readonly FactType[], { domainOf, isFormer }: Placed): readonly StatedFact[] {
  // Facts that only definitions read can have got their places after the household was found.
  return types.slice(0, lo.length).flatMap((type, slot) => {
    if (domainOf(type).fixed !== undefined || !isStated({ lo, hi }, slot, type)) return []
    return [{ type, slot, lo: lo[slot] as number, hi: hi[slot] as number, isFormer: isFormer(slot) }]
  })
}

type Placed = Pick<CommonSpace, 'domainOf' | 'isFormer'>

/** Said of a fact as its earlier definition computes it, where the later version computes it otherwise. */
const FORMER: Readonly<Record<Language, string>> = { en: ' (as defined before)', ar: ' (بالتعريف السابق)' }

export const statedJson = (stated: readonly StatedFact[]): Record<string, unknown> =>
  Object.fromEntries(stated.map(({ type, lo, hi, isFormer }) => [`${type.id}${isFormer ? FORMER.en : ''}`, factJson(type, lo, hi)]))

export const statedLines = (stated: readonly StatedFact[], language: Language): string[] =>
  stated.map(
    ({ type, lo, hi, isFormer }) =>
      `${type.label[language]}${isFormer ? FORMER[language] : ''}: ${renderInterval(type, lo, hi, voice(language))}`,
  )

/** Pairs of facts that bind each other by how they are computed, in a way that was not taken into account. `links`: what was. */
export const openPairs = (catalogue: Catalogue, stated: readonly StatedFact[], links: Links | null): string[][] =>
  boundPairs(
    catalogue,
    stated.map(({ type, slot }) => ({ id: type.id, opaque: links ? links.opaqueOf(slot) : [type.id] })),
  ).map(([one, other]) => [one, other])

/** Where no definition was taken into account. */
export function toldHousehold(values: FactValues, common: Pick<CommonSpace, 'space'> & Placed, catalogue: Catalogue) {
  const stated = statedFacts(values, common.space.types, common)
  return {
    facts: statedJson(stated),
    words: { en: statedLines(stated, 'en'), ar: statedLines(stated, 'ar') },
    mayBeImpossible: openPairs(catalogue, stated, null),
  }
}
