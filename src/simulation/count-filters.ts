/** How many units, and how many of the poor, each single filter of each rule keeps out: what a hard exclusion costs those it was not meant for. */
import { filtersOf, NOT_COUNTED, POOR } from '../determinations/bulk/filters.ts'
import type { ProgrammeColumns } from '../determinations/bulk/nation.ts'
import { keptWith } from '../kernel/kept-with.ts'
import type { Words } from '../language/fact-space.ts'
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

/** By what a rule comes to for everybody: a scenario shares it with its baseline wherever it leaves the rule, and what that reads, as they are. */
const countedOf = keptWith((_measured: Measured) => new WeakMap<ProgrammeColumns, ProgrammeFilters>())

export async function countFilters(
  threads: ThreadPool,
  { parts }: ResidentNation,
  { bundle, scores, ranks, columns }: Decision,
  measured: Measured,
): Promise<ProgrammeFilters[]> {
  const counted = countedOf(measured)
  const only = columns.flatMap((one, place) => (counted.has(one) ? [] : [place]))
  if (only.length > 0) {
    const standing = standingsOf(measured)
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
      counted.set(columns[place] as ProgrammeColumns, { programme: bundle.programmes[place]?.id ?? '', filters: own })
    }
  }
  return columns.map((one) => counted.get(one) as ProgrammeFilters)
}

/** Households of the population by whether they are poor; unknown welfare is not poor here. */
const standingsOf = keptWith(({ poor, rows }: Measured): Uint8Array => {
  const standing = new Uint8Array(new SharedArrayBuffer(poor.length)).fill(NOT_COUNTED)
  for (const row of rows) standing[row] = poor[row] === 1 ? POOR : 1
  return standing
})
