/** How many units, and how many of the poor, each single filter of each rule keeps out: what a hard exclusion costs those it was not meant for. */
import { type FilterCounts, filtersOf, NOT_COUNTED, POOR } from '../determinations/bulk/filters.ts'
import type { ProgrammeColumns } from '../determinations/bulk/nation.ts'
import { keptWith } from '../kernel/kept-with.ts'
import { keyedAt, keyedSum } from '../kernel/keyed-counts.ts'
import type { Words } from '../language/fact-space.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { ThreadPool } from '../targeting/run/thread-pool.ts'
import type { KeysOf } from './behind.ts'
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
  readonly behind?: KeysOf<'excluded' | 'alone' | 'poorExcluded' | 'poorAlone'>
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
    const asked = { kind: 'filters' as const, bundle: bundle.hash, scores, ranks, columns, only, standing, keys: measured.keys }
    const answers = await threads.perform(parts.map(({ index }) => ({ ...asked, part: index })))
    const filters = filtersOf(bundle)
    for (const place of only) {
      const own = (filters[place] ?? []).map(({ evaluate: _evaluate, ...about }, filter) => {
        const sum = (name: keyof FilterCounts) =>
          keyedSum(answers.flatMap((part) => (part[place] ? [keyedAt(part[place][name], filter)] : [])))
        const [excluded, alone, poorExcluded, poorAlone] = [sum('fails'), sum('alone'), sum('poorFails'), sum('poorAlone')]
        return {
          ...about,
          excluded: excluded.units,
          alone: alone.units,
          poorExcluded: poorExcluded.units,
          poorAlone: poorAlone.units,
          behind: { excluded: excluded.key, alone: alone.key, poorExcluded: poorExcluded.key, poorAlone: poorAlone.key },
        }
      })
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
