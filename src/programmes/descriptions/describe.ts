/** What is in force in plain language: of one programme or formula of a bundle, in one language. */
import type { Words } from '../../language/fact-space.ts'
import type { Formula } from '../../language/formula/formula.ts'
import { voice } from '../../language/messages.ts'
import type { Digits, Language } from '../../language/messages.ts'
import { tellFormula } from '../../language/plain/plain-formula.ts'
import { parameterAmount } from '../../language/plain/plain-parameter.ts'
import { tellProgramme } from '../../language/plain/plain-programme.ts'
import type { PlainSection } from '../../language/plain/plain-text.ts'
import { entities } from '../../warehouse/shared-lists.ts'
import type { Bundle, CompiledProgramme } from '../bundle.ts'
import { programmeOf } from '../bundle.ts'

export const languages = ['ar', 'en'] as const satisfies readonly Language[]

/** Of the shipped entities; one that was added later is told by its id. */
const agencyOf = (agency: string): Words | undefined => entities.find(({ id }) => id === agency)?.names

/** `day` is the day number whose amounts are told. */
export function describeProgramme(
  { catalogue, definitions, ...bundle }: Bundle,
  { programme, rule, formula }: CompiledProgramme,
  day: number,
  language: Language,
  digits?: Digits,
): readonly PlainSection[] {
  const nameOf = (id: string) => programmeOf({ catalogue, definitions, ...bundle }, id)?.programme.source.names
  const text = { programme, rule, formula: formula?.formula ?? null, catalogue, definitions, nameOf, agencyOf, day }
  return tellProgramme(text, voice(language, digits))
}

export function describeFormula(
  { catalogue, definitions }: Bundle,
  formula: Formula,
  day: number,
  language: Language,
  digits?: Digits,
): readonly PlainSection[] {
  const how = voice(language, digits)
  return tellFormula(formula, { definitions, amountOf: (fact) => parameterAmount(catalogue, fact, day, how) }, how)
}
