/** What the list decided about one of its units, with what the words of it need: area, cut-off, waitlist, exclusions, tier. */
import type { Database } from '../../db/database.ts'
import type { JudgedUnit } from '../../determinations/judged-unit.ts'
import { personValues } from '../../determinations/computed-facts.ts'
import type { Words } from '../../language/fact-space.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import type { ListedUnit } from '../lists/list-store.ts'
import type { Reason } from '../outcome.ts'
import type { ExplainedRun } from './explained-run.ts'
import { placesOf, selectedElsewhere, waitlistPlace } from './list-places.ts'
import { selectionSentences } from './selection-words.ts'

/** `tellsArea`: false where the household's address is kept: then the nation's places are told. */
export async function selectionOf({ pool }: Database, explained: ExplainedRun, unit: ListedUnit, judged: JudgedUnit, tellsArea: boolean) {
  const { bundle, compiled, list } = explained
  const { targeting } = compiled.programme.source
  const { number } = list
  const area = tellsArea ? areaOf(judged) : null
  // The list says of a unit's areas the governorate only.
  const isGovernorate = targeting.quotas?.by === 'governorate' && unit.governorate !== null
  const nation = await placesOf(pool, number, null)
  const excludedBy = unit.reason === 'excluded-by-programme' ? await excluders(pool, explained, unit) : []
  const tier = tierOf(judged, unit.tier)
  const sentences = selectionSentences({
    unit,
    eligible: list.eligible,
    nation,
    area: area && (isGovernorate ? { ...(await placesOf(pool, number, unit.governorate)), name: area } : { ...nation, name: area }),
    waitlistPlace: unit.status === 'waitlisted' ? await waitlistPlace(pool, number, unit.position) : null,
    excludedBy: excludedBy.map((id) => programmeOf(bundle, id)?.programme.source.names ?? { en: id, ar: id }),
    places: targeting.places ?? null,
    budget: targeting.budget ?? null,
    spent: list.spent,
    thresholds: targeting.thresholds ?? null,
    keepUndeterminedMonths: targeting.keepUndeterminedMonths ?? 0,
    tier,
  })
  return { status: unit.status, reason: unit.reason as Reason, tier, sentences }
}

/** Those that selected it in this run; else those that are named for whom they serve. */
async function excluders(pool: Database['pool'], { compiled, list }: ExplainedRun, unit: ListedUnit): Promise<readonly string[]> {
  const exclusions = compiled.programme.source.targeting.exclusions ?? []
  const of = (when: 'selected' | 'enrolled'): string[] => exclusions.filter((one) => one.when === when).map(({ programme }) => programme)
  const selected = await selectedElsewhere(pool, list, unit, of('selected'))
  return selected.length > 0 ? selected : of('enrolled')
}

/** Name of the area of the programme's quotas; null where there are none, or the area is unknown. */
function areaOf({ compiled, household, member }: JudgedUnit): Words | null {
  const { source, space } = compiled.programme
  const by = source.targeting.quotas?.by
  const slot = by === undefined ? undefined : space.slot(by)
  if (slot === undefined) return null
  const { lo, hi } = member ? personValues(member.facts, household) : household
  const code = lo[slot] === hi[slot] ? space.types[slot]?.codes?.[lo[slot] as number] : undefined
  return code === undefined ? null : (space.types[slot]?.codeLabels?.[code] ?? { en: code, ar: code })
}

function tierOf({ compiled }: JudgedUnit, tier: number | null): Words | null {
  if (tier === null) return null
  const tiers = compiled.programme.source.targeting.order.flatMap((key) => (key.by === 'tiers' ? key.tiers : []))
  return tiers[tier]?.label ?? null
}
