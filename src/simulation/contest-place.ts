/** Where a contest takes place, in words: the area of the quotas and the priority tier of a programme that orders by score within them. */
import { NO_AREA } from '../determinations/bulk/nation.ts'
import type { Words } from '../language/fact-space.ts'
import type { OrderKey } from '../language/programme/schema.ts'
import type { Bundle, CompiledProgramme } from '../programmes/bundle.ts'

export interface ContestArea {
  readonly fact: string
  readonly code: string
  readonly label: Words
}

export interface ContestTier {
  readonly name: string | null
  readonly label: Words | null
}

/** Keys of the order up to the score; none where another decides before it, so that no cut-off is one of the score. */
export function untilScore({ programme: { source } }: CompiledProgramme): OrderKey[] {
  const { order } = source.targeting
  const keys = order.slice(0, order.findIndex(({ by }) => by === 'score') + 1)
  return keys.every(({ by }) => by === 'tiers' || by === 'score') ? keys : []
}

export const quotaFact = ({ programme }: CompiledProgramme): string | null => programme.source.targeting.quotas?.by ?? null

/** `code`: as a list's column says it. */
export function areaOf({ catalogue }: Bundle, { fact, code }: { readonly fact: string; readonly code: number }): ContestArea {
  if (code === NO_AREA) return { fact, code: 'unknown', label: { en: 'unknown', ar: 'غير معروف' } }
  const type = catalogue.facts.get(fact)
  const name = type?.codes?.[code] ?? `${code}`
  return { fact, code: name, label: type?.codeLabels?.[name] ?? { en: name, ar: name } }
}

/** Null where no tiers come before the score; without a name for those in none. */
export function tierOf(compiled: CompiledProgramme, tier: number): ContestTier | null {
  const tiers = untilScore(compiled).flatMap((key) => (key.by === 'tiers' ? key.tiers : []))
  const { name, label } = tiers[tier] ?? {}
  return tiers.length === 0 ? null : { name: name ?? null, label: label ?? null }
}
