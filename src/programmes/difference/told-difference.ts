/** A difference for people: each witness as a household in both languages, why either rule decides so, and as a case to keep. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { Condition } from '../../language/condition/condition.ts'
import type { Definitions } from '../../language/condition/definition.ts'
import { factJson } from '../../language/fact-json.ts'
import type { FactJson } from '../../language/fact-json.ts'
import type { FactType } from '../../language/fact-space.ts'
import { voice } from '../../language/messages.ts'
import type { Language } from '../../language/messages.ts'
import { renderInterval } from '../../language/render-value.ts'
import { explain } from '../../language/rule/explain.ts'
import { isoOfDay } from '../../kernel/date.ts'
import type { BothApply } from './difference.ts'
import { isStated } from './outcome-change.ts'
import type { Difference, OutcomeChange, Witness } from './outcome-change.ts'
import { boundPairs } from './possible.ts'
import type { SameSpace } from './same-space.ts'

export interface Told extends SameSpace {
  /** Of the later versions. */
  readonly catalogue: Catalogue
  readonly definitions: Definitions
  /** Day number. */
  readonly asOf: number
}

const LANGUAGES = ['en', 'ar'] as const

export const toldDifference = ({ equivalent, changes }: Difference, told: Told) => ({
  asOf: isoOfDay(told.asOf),
  equivalent,
  changes: changes.map(({ from, to, verdict, witness }) => ({
    from,
    to,
    verdict,
    witness: witness && toldWitness(witness, { from, to }, told),
  })),
})

export const toldBothApply = ({ possible, witness }: BothApply, told: Told) => ({
  asOf: isoOfDay(told.asOf),
  possible,
  witness: witness && toldWitness(witness, { from: 'eligible', to: 'eligible' }, told),
})

function toldWitness(witness: Witness, kind: Pick<OutcomeChange, 'from' | 'to'>, told: Told) {
  const stated = statedOf(witness, told)
  const sentences = (condition: Condition, side: 0 | 1, language: Language): string[] => [
    ...explain({ condition, trace: witness.traces[side], values: witness.values, definitions: told.definitions }, language).sentences,
  ]
  const bound = boundPairs(
    told.catalogue,
    stated.map(({ type, slot }) => ({ id: type.id, opaque: witness.isHeld ? told.links.opaqueOf(slot) : [type.id] })),
  )
  const inLanguage = (language: Language) => ({
    household: stated.map(
      ({ type, lo, hi, isFormer }) =>
        `${type.label[language]}${isFormer ? FORMER[language] : ''}: ${renderInterval(type, lo, hi, voice(language))}`,
    ),
    before: sentences(told.before, 0, language),
    after: sentences(told.after, 1, language),
  })
  return {
    facts: Object.fromEntries(stated.map(({ type, lo, hi, isFormer }) => [`${type.id}${isFormer ? FORMER.en : ''}`, factJson(type, lo, hi)])),
    stated: witness.stated,
    isSmallest: witness.isSmallest,
    /** Facts that bind each other by how they are computed: that they have these values together is not proven. */
    mayBeImpossible: bound.map(([one, other]) => [one, other]),
    words: Object.fromEntries(LANGUAGES.map((language) => [language, inLanguage(language)])) as Record<
      Language,
      ReturnType<typeof inLanguage>
    >,
    suggestedCase: suggestedCase(
      stated.filter(({ isFormer }) => !isFormer),
      kind,
      told,
    ),
  }
}

/** Said of a fact as its earlier definition computes it, where the later version computes it otherwise. */
const FORMER: Readonly<Record<Language, string>> = { en: ' (as defined before)', ar: ' (بالتعريف السابق)' }

function statedOf({ values }: Witness, { after, domainOf }: Told): readonly Stated[] {
  const { types } = after.space
  return types.flatMap((type, slot) => {
    if (domainOf(type).fixed !== undefined || !isStated(values, slot, type)) return []
    // The earlier side got its places first.
    const isFormer = types.findLastIndex(({ id }) => id === type.id) !== slot
    return [{ type, slot, lo: at(values.lo, slot), hi: at(values.hi, slot), isFormer }]
  })
}

const at = (values: Float64Array, slot: number): number => values[slot] as number

interface Stated {
  readonly type: FactType
  readonly slot: number
  /** Of a definition that the later version no longer has. */
  readonly isFormer: boolean
  readonly lo: number
  readonly hi: number
}

/** As cases.json writes one; made from the two rules, never from a family. */
function suggestedCase(stated: readonly Stated[], { from, to }: Pick<OutcomeChange, 'from' | 'to'>, { catalogue, asOf }: Told) {
  const of = (entity: 'household' | 'person') =>
    Object.fromEntries(
      stated.flatMap(({ type, lo, hi }) =>
        (catalogue.facts.get(type.id)?.entity ?? 'household') === entity
          ? [[type.id, type.type === 'decimal' ? plainNumbers(factJson(type, lo, hi)) : factJson(type, lo, hi)]]
          : [],
      ),
    )
  const person = of('person')
  return {
    id: from === to ? `both-${to}` : `${from}-to-${to}`,
    note: from === to ? `Both rules: ${to}` : `Was ${from}, is ${to}`,
    source: 'Synthetic: witness of the difference of two rules',
    asOf: isoOfDay(asOf),
    facts: of('household'),
    ...(Object.keys(person).length > 0 ? { person } : {}),
    outcome: to,
  }
}

/** Cases are written with numbers where these are exact; answers with texts. */
function plainNumbers(json: FactJson): FactJson {
  if (typeof json === 'string') return json.replace(/[-.]/g, '').length <= 15 ? Number(json) : json
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, plainNumbers(value as FactJson)])) as FactJson
}
