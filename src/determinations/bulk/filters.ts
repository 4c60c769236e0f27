/** The filters of each rule, the conditions that must all hold, and how many units each of them keeps out, alone or beside others. */
import { countKeyed, type KeyedCounts, keyedCounts } from '../../kernel/keyed-counts.ts'
import { FALSE, TRUE } from '../../kernel/truth.ts'
import { compileBulk, type EvaluateBulk } from '../../language/condition/compile.ts'
import type { Words } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { BLOCK_ROWS } from './bulk-bundle.ts'
import { below, conjuncts } from './conjuncts.ts'
import { judgeNation } from './judge-nation.ts'
import type { Nation, NationColumns, NationRanks, NationScores } from './nation.ts'

export interface Filter {
  /** Of the node in the text that holds it. */
  readonly pointer: string
  /** The shared definition that it refers to, or whose text holds it; null for the rule's own. */
  readonly definition: string | null
  readonly because: Words | null
  readonly evaluate: EvaluateBulk
}

const known = new WeakMap<Bundle, readonly (readonly Filter[])[]>()

/** By programme. */
export function filtersOf(bundle: Bundle): readonly (readonly Filter[])[] {
  const found =
    known.get(bundle) ??
    bundle.programmes.map(({ rule: { condition } }) =>
      conjuncts(condition.root).map((node) => ({
        pointer: node.pointer,
        definition: node.kind === 'definition' ? node.refersTo : node.definition,
        because: node.annotations.because ?? null,
        evaluate: compileBulk(below(condition, node)),
      })),
    )
  known.set(bundle, found)
  return found
}

/** What a household is to the count. */
export const NOT_COUNTED = 0
export const POOR = 2

/** By filter: units for which it is false, and those among them for which all other filters are true; of all, and of the poor. */
export interface FilterCounts {
  readonly fails: KeyedCounts
  readonly alone: KeyedCounts
  readonly poorFails: KeyedCounts
  readonly poorAlone: KeyedCounts
}

export interface CountedNation {
  readonly nation: Nation
  readonly scores: NationScores
  readonly ranks: NationRanks | null
  /** Judged already; of all programmes. */
  readonly columns: NationColumns
  /** By household row: NOT_COUNTED, 1, or POOR. */
  readonly standing: Uint8Array
  /** Record keys by household row; null where nothing is told of the counts. */
  readonly keys: Uint32Array | null
}

/** By programme. */
export function countFilters(
  bundle: Bundle,
  { nation, scores, ranks, columns, standing, keys }: CountedNation,
  only: readonly number[],
): FilterCounts[] {
  const filters = filtersOf(bundle)
  const counts = filters.map(({ length }) => ({
    fails: keyedCounts(length),
    alone: keyedCounts(length),
    poorFails: keyedCounts(length),
    poorAlone: keyedCounts(length),
  }))
  const truths = Array.from({ length: Math.max(0, ...filters.map(({ length }) => length)) }, () => new Uint8Array(BLOCK_ROWS))
  const range = { from: 0, to: nation.firstMember.length - 1 }
  judgeNation(bundle, nation, { scores, ranks }, range, columns, only, (place, { lo, hi }, base, rows) => {
    const own = filters[place] as readonly Filter[]
    const into = counts[place] as FilterCounts
    own.forEach(({ evaluate }, filter) => evaluate(lo, hi, 0, rows, truths[filter] as Uint8Array))
    const byPerson = columns[place]?.unit === 'person'
    for (let r = 0; r < rows; r++) {
      const household = byPerson ? (nation.householdOf[base + r] as number) : base + r
      const stands = standing[household] as number
      if (stands === NOT_COUNTED) continue
      let open = 0
      for (let filter = 0; filter < own.length; filter++) if (truths[filter]?.[r] !== TRUE) open++
      if (open === 0) continue
      const key = keys === null ? 0 : (keys[household] as number)
      for (let filter = 0; filter < own.length; filter++) {
        if (truths[filter]?.[r] !== FALSE) continue
        countKeyed(into.fails, filter, key)
        if (open === 1) countKeyed(into.alone, filter, key)
        if (stands !== POOR) continue
        countKeyed(into.poorFails, filter, key)
        if (open === 1) countKeyed(into.poorAlone, filter, key)
      }
    }
  })
  return counts
}
