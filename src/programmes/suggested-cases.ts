/** Cases that a programme's `cases.json` lacks, for its author to confirm and take over. */
import { dayNumber } from '../kernel/date.ts'
import type { Case } from '../language/programme/cases.ts'
import { parseCases } from '../language/programme/cases.ts'
import { suggestCases } from '../language/programme/suggest-cases.ts'
import type { CompiledProgramme } from './bundle.ts'
import type { Bundle } from './bundle.ts'
import { parametersOn } from './shipped-cases.ts'
import type { VersionText } from './version.ts'

/** Empty where the programme's cases cannot be read; `mizan check` says why. */
export function suggestedCases(
  bundle: Bundle,
  { id, rule }: CompiledProgramme,
  texts: readonly VersionText[],
  asOf: number,
): readonly Case[] {
  const text = texts.find((one) => one.kind === 'cases' && one.id === `programme/${id}`)
  const { cases } = text ? parseCases(text.source) : {}
  if (!cases) return []
  const { condition } = rule
  const known = new Map<number, Record<string, unknown>>()
  return suggestCases(condition, cases.cases, (on) => {
    const day = (on === undefined ? null : dayNumber(on)) ?? asOf
    const facts = known.get(day) ?? parametersOn(bundle.catalogue, condition.space, day)
    known.set(day, facts)
    return facts
  })
}
