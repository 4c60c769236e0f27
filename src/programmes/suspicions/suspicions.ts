/** What a set of versions says and probably does not mean, of the programmes and texts that are asked about. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { Bundle, CompiledProgramme } from '../bundle.ts'
import { SMALL_EFFORT } from '../difference/condition-diagram.ts'
import { catalogueDomains } from '../difference/domain.ts'
import type { DomainOf } from '../difference/domain.ts'
import { suspicion } from './suspicion-codes.ts'
import { suspiciousDeprecated } from './suspicious-deprecated.ts'
import { suspiciousParts, unreachedTiers } from './suspicious-parts.ts'
import { suspiciousWords } from './suspicious-words.ts'

export interface SuspectText {
  readonly kind: string
  readonly id: string
  readonly version: number
  readonly json: unknown
}

export interface Suspects {
  readonly bundle: Bundle
  /** Ids of programmes whose rules and tiers are looked at. */
  readonly programmes: readonly string[]
  /** Texts whose words are looked at. */
  readonly texts: readonly SuspectText[]
  /** Day number: parameters have their value of that day. */
  readonly asOf: number
}

/** Warnings; pointers begin with the text's name. */
export function suspicionsOf({ bundle, programmes, texts, asOf }: Suspects): Diagnostic[] {
  const domainOf = catalogueDomains(bundle.catalogue, asOf)
  const asked = bundle.programmes.filter(({ id }) => programmes.includes(id))
  return [
    ...texts.flatMap(({ kind, id, version, json }) =>
      named(`${kind}/${id}/${version}`, [...suspiciousWords(json), ...suspiciousDeprecated(bundle.catalogue, kind, json)]),
    ),
    ...asked.flatMap(({ ruleRef, rule }) => named(`rule/${ruleRef.id}/${ruleRef.version}`, suspiciousParts(rule.condition, domainOf))),
    ...asked.flatMap((compiled) => named(`programme/${compiled.id}/${compiled.ref.version}`, suspiciousTiers(compiled, domainOf))),
  ]
}

export const named = (text: string, found: readonly Diagnostic[]): Diagnostic[] =>
  found.map((one) => ({ ...one, pointer: `${text}#${one.pointer}` }))

function suspiciousTiers({ programme }: CompiledProgramme, domainOf: DomainOf): Diagnostic[] {
  const { order } = programme.source.targeting
  const place = order.findIndex((key) => key.by === 'tiers')
  const parts = programme.tiers.flatMap(({ condition }) => suspiciousParts(condition, domainOf))
  const unreached = unreachedTiers(programme.tiers, domainOf, SMALL_EFFORT).map((index) =>
    suspicion('tier-never-reached', at(`/targeting/order/${place}/tiers`, index), {
      en: `nobody reaches the tier ${quote(programme.tiers[index]?.name)}: an earlier one takes them all`,
      ar: `لا يصل أحد إلى الأولوية ${quote(programme.tiers[index]?.name)}: تشملهم أولوية سابقة`,
    }),
  )
  return [...parts, ...unreached]
}
