/** How many units, and how many of the poor, each single filter of each rule keeps out: what a hard exclusion costs those it was not meant for. */
import { filtersOf, NOT_COUNTED, POOR } from '../determinations/bulk/filters.ts'
import type { Words } from '../language/fact-space.ts'
import type { ProgrammeList } from '../targeting/run/select.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import type { Decision } from './decide.ts'
import type { Measured } from './measure-policies.ts'

export interface FilterEffect {
  /** Into the text of the rule, or of the definition. */
  readonly pointer: string
  readonly definition: string | null
  readonly because: Words | null
  /** Units for which it does not hold; `alone`: for which everything else holds. Persons where persons are judged. */
  readonly excluded: number
  readonly alone: number
  /** Of poor households. */
  readonly poorExcluded: number
  readonly poorAlone: number
}

export interface ProgrammeFilters {
  readonly programme: string
  readonly filters: readonly FilterEffect[]
}

const known = new WeakMap<Measured, WeakMap<ProgrammeList, ProgrammeFilters>>()

/** Of lists that another decision shares the counts are known. */
export async function countFilters(
  threads: ThreadPool,
  { parts }: ResidentNation,
  { bundle, scores, ranks, columns, lists }: Decision,
  measured: Measured,
): Promise<ProgrammeFilters[]> {
  const counted = known.get(measured) ?? new WeakMap<ProgrammeList, ProgrammeFilters>()
  known.set(measured, counted)
  const only = lists.flatMap((list, place) => (counted.has(list) ? [] : [place]))
  if (only.length > 0) {
    const standing = standingOf(measured)
    const answers = await threads.perform(
      parts.map(({ index }) => ({ kind: 'filters' as const, bundle: bundle.hash, part: index, scores, ranks, columns, only, standing })),
    )
    const filters = filtersOf(bundle)
    for (const place of only) {
      const sum = (name: 'fails' | 'alone' | 'poorFails' | 'poorAlone', filter: number): number =>
        answers.reduce((total, part) => total + (part[place]?.[name][filter] ?? 0), 0)
      const own = (filters[place] ?? []).map(({ evaluate: _evaluate, ...about }, filter) => ({
        ...about,
        excluded: sum('fails', filter),
        alone: sum('alone', filter),
        poorExcluded: sum('poorFails', filter),
        poorAlone: sum('poorAlone', filter),
      }))
      const list = lists[place] as ProgrammeList
      counted.set(list, { programme: list.programme, filters: own })
    }
  }
  return lists.map((list) => counted.get(list) as ProgrammeFilters)
}

/** Households of the population by whether they are poor; unknown welfare is not poor here. */
function standingOf({ poor, rows }: Measured): Uint8Array {
  const standing = new Uint8Array(new SharedArrayBuffer(poor.length)).fill(NOT_COUNTED)
  for (const row of rows) standing[row] = poor[row] === 1 ? POOR : 1
  return standing
}
