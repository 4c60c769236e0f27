/** The filters of each rule, the conditions that must all hold, and how many units each of them keeps out, alone or beside others. */
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
  readonly fails: Float64Array
  readonly alone: Float64Array
  readonly poorFails: Float64Array
  readonly poorAlone: Float64Array
}

export interface CountedNation {
  readonly nation: Nation
  readonly scores: NationScores
  readonly ranks: NationRanks | null
  /** Judged already; of all programmes. */
  readonly columns: NationColumns
  /** By household row: NOT_COUNTED, 1, or POOR. */
  readonly standing: Uint8Array
}

/** By programme. */
export function countFilters(
  bundle: Bundle,
  { nation, scores, ranks, columns, standing }: CountedNation,
  only: readonly number[],
): FilterCounts[] {
  const filters = filtersOf(bundle)
  const counts = filters.map(({ length }) => ({
    fails: new Float64Array(length),
    alone: new Float64Array(length),
    poorFails: new Float64Array(length),
    poorAlone: new Float64Array(length),
  }))
  const truths = Array.from({ length: Math.max(0, ...filters.map(({ length }) => length)) }, () => new Uint8Array(BLOCK_ROWS))
  const range = { from: 0, to: nation.firstMember.length - 1 }
  judgeNation(bundle, nation, { scores, ranks }, range, columns, only, (place, { lo, hi }, base, rows) => {
    const own = filters[place] as readonly Filter[]
    const into = counts[place] as FilterCounts
    own.forEach(({ evaluate }, filter) => evaluate(lo, hi, 0, rows, truths[filter] as Uint8Array))
    const byPerson = columns[place]?.unit === 'person'
    for (let r = 0; r < rows; r++) {
      const stands = standing[byPerson ? (nation.householdOf[base + r] as number) : base + r] as number
      if (stands === NOT_COUNTED) continue
      let open = 0
      for (let filter = 0; filter < own.length; filter++) if (truths[filter]?.[r] !== TRUE) open++
      if (open === 0) continue
      for (let filter = 0; filter < own.length; filter++) {
        if (truths[filter]?.[r] !== FALSE) continue
        add(into.fails, filter)
        if (open === 1) add(into.alone, filter)
        if (stands !== POOR) continue
        add(into.poorFails, filter)
        if (open === 1) add(into.poorAlone, filter)
      }
    }
  })
  return counts
}

const add = (sums: Float64Array, at: number): void => void (sums[at] = (sums[at] as number) + 1)
