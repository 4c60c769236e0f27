/** Which facts are a place among others: the slots of ranks and percentiles. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'

export interface RankSlot {
  readonly kind: 'rank' | 'percentile'
  readonly slot: number
}

/** Slots of ranks and percentiles; like a status that nobody judged, they keep the assembled value where there is no ranking. */
export function rankSlots({ household, facts }: Catalogue): RankSlot[] {
  return household.types.flatMap(({ id, scale }, slot): RankSlot[] => {
    const definition = facts.get(id)?.definition
    if (definition?.kind !== 'computed' || scale !== 0) return []
    if (definition.what === 'welfareRank') return [{ kind: 'rank', slot }]
    return definition.what === 'welfarePercentile' ? [{ kind: 'percentile', slot }] : []
  })
}
