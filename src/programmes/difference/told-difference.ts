/** A difference for people: each witness as a household in both languages, why either rule decides so, and as a case to keep. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { Condition } from '../../language/condition/condition.ts'
import type { Definitions } from '../../language/condition/definition.ts'
import { factJson } from '../../language/fact-json.ts'
import type { FactJson } from '../../language/fact-json.ts'
import type { Language } from '../../language/messages.ts'
import { explain } from '../../language/rule/explain.ts'
import { isoOfDay } from '../../kernel/date.ts'
import type { BothApply } from './difference.ts'
import type { Difference, OutcomeChange, Witness } from './outcome-change.ts'
import type { SameSpace } from './same-space.ts'
import { openPairs, statedFacts, statedJson, statedLines } from './told-household.ts'
import type { StatedFact } from './told-household.ts'

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
  const stated = statedFacts(witness.values, told.after.space.types, told)
  const sentences = (condition: Condition, side: 0 | 1, language: Language): string[] => [
    ...explain({ condition, trace: witness.traces[side], values: witness.values, definitions: told.definitions }, language).sentences,
  ]
  const inLanguage = (language: Language) => ({
    household: statedLines(stated, language),
    before: sentences(told.before, 0, language),
    after: sentences(told.after, 1, language),
  })
  return {
    facts: statedJson(stated),
    stated: witness.stated,
    isSmallest: witness.isSmallest,
    isHeld: witness.isHeld || told.links().slots.length === 0,
    mayBeImpossible: openPairs(told.catalogue, stated, witness.isHeld ? told.links() : null),
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

/** As cases.json writes one; made from the two rules, never from a family. */
function suggestedCase(stated: readonly StatedFact[], { from, to }: Pick<OutcomeChange, 'from' | 'to'>, { catalogue, asOf }: Told) {
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
