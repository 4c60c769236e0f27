/**
 * The allocation of one programme: who is selected, waitlisted or left out, within its places, quotas and budget, and why.
 *
 * INVARIANTS, each held by a property test: selected units never exceed the places or the budget; new units never exceed the quota of
 * their area but in left-over places; within an area units are taken in their order; and, without exclusions, more budget or more
 * places never remove anyone, whatever else binds.
 *
 * A budget that binds acts as fewer places would: units are offered places in the one sequence of place-units.ts, which depends on
 * neither, and selection stops at the first that does not fit. Spending the budget in national order instead is not monotone: with more
 * places, an area's new unit could come before another's and take the money it had. Absolute quotas are the same rule, with the quotas as
 * weights; raising the quota of one area can then cost another under a binding budget, as it must under any rule that spends it.
 */
import { admit, type Admission, type AllocationUnits } from './admit.ts'
import { apportion } from './apportion.ts'
import { orderUnits, type SettledTies } from './order-rows.ts'
import { reasonCode, statusCode } from './outcome.ts'
import { type Candidates, type LeftOver, placeUnits } from './place-units.ts'
import type { SortKey } from './sort-rows.ts'
import type { TieBreak } from './tie-break.ts'

export interface Quotas {
  readonly method: 'absolute' | 'proportional'
  /** By area code: places, or whole weights such as the population. An area beyond the end has none. */
  readonly areas: readonly number[]
  readonly leftOver: LeftOver
}

export interface AllocationTerms extends Admission {
  readonly keys: readonly SortKey[]
  readonly tieBreak: TieBreak | SettledTies
  /** Whole units of the benefit's scale, for the period; absent: no limit. */
  readonly budget?: number
  /** Absent: the sum of absolute quotas, else as many as there are units that compete. */
  readonly places?: number
  readonly quotas?: Quotas
  readonly waitlistLength: number
}

/** Columns by row; positions and ranks count from 1 over all units, in the programme's order. What measures read is in memory that threads share. */
export interface Allocation {
  readonly status: Uint8Array
  readonly reason: Uint8Array
  readonly position: Uint32Array
  readonly rankInArea: Uint32Array
  /** Rows in the programme's order. */
  readonly order: Uint32Array
  readonly totals: AllocationTotals
}

export interface AllocationTotals {
  readonly selected: number
  readonly waitlisted: number
  readonly leftOut: number
  readonly enrolledKept: number
  readonly spent: number
  /** Places that were to be had; null where nothing limits them. */
  readonly places: number | null
  /** By area code; empty without quotas. */
  readonly quotaByArea: readonly number[]
  readonly selectedByArea: readonly number[]
  /** Units selected in places that other areas could not fill. */
  readonly leftOverPassedOn: number
  /** Whether selection stopped for want of budget. */
  readonly stoppedByBudget: boolean
}

/** The enrolled alone are too many: a person has to decide who leaves, or raise the limit. */
export interface EnrolledExceed {
  readonly limit: 'budget' | 'places'
  readonly allowed: number
  readonly enrolledUnits: number
  readonly enrolledSpend: number
}

export type AllocationAnswer =
  | { readonly ok: true; readonly allocation: Allocation }
  | { readonly ok: false; readonly exceeded: EnrolledExceed }

/** Allocates the eligible units of one programme. Independent of the order of the rows. */
export function allocate(units: AllocationUnits, terms: AllocationTerms): AllocationAnswer {
  const order = orderUnits(units.score.length, terms.keys, terms.tieBreak)
  const admitted = admitAll(units, order, terms)
  const places = terms.places ?? (terms.quotas?.method === 'absolute' ? total(terms.quotas.areas) : Infinity)
  const budget = terms.budget ?? Infinity
  const { enrolledUnits, enrolledSpend } = admitted
  if (enrolledUnits > places) return { ok: false, exceeded: { limit: 'places', allowed: places, enrolledUnits, enrolledSpend } }
  if (enrolledSpend > budget) return { ok: false, exceeded: { limit: 'budget', allowed: budget, enrolledUnits, enrolledSpend } }
  const placed = place(units, terms, admitted, places, budget)
  waitlist(admitted.candidates, admitted.status, terms.waitlistLength)
  return { ok: true, allocation: { ...standing(order, units.area, admitted), totals: totals(units, terms, admitted, placed, places) } }
}

interface Admitted {
  readonly status: Uint8Array
  readonly reason: Uint8Array
  readonly kept: Uint8Array
  /** Rows that compete or are kept, in their order. */
  readonly candidates: Uint32Array
  readonly enrolledUnits: number
  readonly enrolledSpend: number
}

const SELECTED = statusCode('selected')
const WAITLISTED = statusCode('waitlisted')
const ENROLLED_KEPT = reasonCode('enrolled-kept')
const ENROLLED_KEPT_UNDETERMINED = reasonCode('enrolled-kept-undetermined')
const WITHIN_QUOTA = reasonCode('within-quota')
const LEFT_OVER_PLACE = reasonCode('left-over-place')
const NO_PLACES = reasonCode('no-places')
const BUDGET_EXHAUSTED = reasonCode('budget-exhausted')

function admitAll(units: AllocationUnits, order: Uint32Array, terms: AllocationTerms): Admitted {
  const status = new Uint8Array(new SharedArrayBuffer(order.length))
  const reason = new Uint8Array(new SharedArrayBuffer(order.length))
  const kept = new Uint8Array(order.length)
  const competes = new Uint8Array(order.length)
  const outOfPlaces = reasonCode(terms.quotas ? 'quota-full' : 'no-places')
  let enrolledUnits = 0
  let enrolledSpend = 0
  // Columns are read as they stand: in the order of the programme nearly every value would lie somewhere else.
  for (let row = 0; row < order.length; row++) {
    const verdict = admit(units, row, terms)
    if (verdict === 'competes') {
      reason[row] = outOfPlaces
      competes[row] = 1
    } else if (verdict === 'kept' || verdict === 'kept-undetermined') {
      status[row] = SELECTED
      reason[row] = verdict === 'kept' ? ENROLLED_KEPT : ENROLLED_KEPT_UNDETERMINED
      kept[row] = 1
      enrolledUnits++
      enrolledSpend += units.benefit[row] as number
      competes[row] = 1
    } else reason[row] = reasonCode(verdict)
  }
  const candidates = new Uint32Array(order.length)
  let count = 0
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    if (competes[row] === 1) candidates[count++] = row
  }
  return { status, reason, kept, candidates: candidates.subarray(0, count), enrolledUnits, enrolledSpend }
}

interface Placed {
  readonly spent: number
  readonly stoppedByBudget: boolean
}

/** Goes through the offers; behind the stop of the budget it only marks who would have had a place. */
function place(units: AllocationUnits, terms: AllocationTerms, admitted: Admitted, places: number, budget: number): Placed {
  const { status, reason } = admitted
  let held = admitted.enrolledUnits
  let spent = admitted.enrolledSpend
  let stoppedByBudget = false
  placeUnits(candidatesOf(units, terms, admitted), places === Infinity ? admitted.candidates.length : places, {
    offer: (row, by) => {
      // The enrolled can sit outside their quotas; the places they take so are gone for the last in the sequence.
      if (held >= places) {
        reason[row] = NO_PLACES
        return
      }
      held++
      const cost = units.benefit[row] as number
      if (stoppedByBudget || spent + cost > budget) {
        stoppedByBudget = true
        reason[row] = BUDGET_EXHAUSTED
        return
      }
      spent += cost
      status[row] = SELECTED
      reason[row] = by === 'quota' ? WITHIN_QUOTA : LEFT_OVER_PLACE
    },
    relabel: (row) => {
      if (!stoppedByBudget && status[row] === SELECTED) reason[row] = WITHIN_QUOTA
    },
  })
  return { spent, stoppedByBudget }
}

function candidatesOf(units: AllocationUnits, { quotas }: AllocationTerms, { candidates, kept }: Admitted): Candidates {
  if (!quotas) {
    const area = new Uint8Array(units.area.length)
    return { order: candidates, kept, area, weights: [1], quotaPlaces: Infinity, leftOver: 'none' }
  }
  const quotaPlaces = quotas.method === 'absolute' ? total(quotas.areas) : Infinity
  return { order: candidates, kept, area: units.area, weights: quotas.areas, quotaPlaces, leftOver: quotas.leftOver }
}

/** The next units in the national order that compete and hold no place; their reason stays why they hold none. */
function waitlist(candidates: Uint32Array, status: Uint8Array, length: number): void {
  let listed = 0
  for (let i = 0; i < candidates.length && listed < length; i++) {
    const row = candidates[i] as number
    if (status[row] === SELECTED) continue
    status[row] = WAITLISTED
    listed++
  }
}

function standing(order: Uint32Array, area: Uint8Array, { status, reason }: Admitted): Omit<Allocation, 'totals'> {
  const position = new Uint32Array(new SharedArrayBuffer(order.byteLength))
  const rankInArea = new Uint32Array(order.length)
  const seen = new Uint32Array(256)
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const code = area[row] as number
    const place = (seen[code] as number) + 1
    seen[code] = place
    position[row] = i + 1
    rankInArea[row] = place
  }
  return { status, reason, position, rankInArea, order }
}

function totals(units: AllocationUnits, { quotas }: AllocationTerms, admitted: Admitted, placed: Placed, places: number): AllocationTotals {
  const { status, reason, enrolledUnits } = admitted
  const byStatus = [0, 0, 0]
  const byArea = new Float64Array(256)
  let leftOverPassedOn = 0
  for (let row = 0; row < status.length; row++) {
    const code = status[row] as number
    byStatus[code] = (byStatus[code] as number) + 1
    if (code !== SELECTED) continue
    const area = units.area[row] as number
    byArea[area] = (byArea[area] as number) + 1
    if (reason[row] === LEFT_OVER_PLACE) leftOverPassedOn++
  }
  const [leftOut = 0, selected = 0, waitlisted = 0] = byStatus
  const granted = Math.min(
    places === Infinity ? admitted.candidates.length : places,
    quotas?.method === 'absolute' ? total(quotas.areas) : Infinity,
  )
  return {
    selected,
    waitlisted,
    leftOut,
    enrolledKept: enrolledUnits,
    ...placed,
    places: places === Infinity ? null : places,
    quotaByArea: quotas ? apportion(granted, quotas.areas) : [],
    selectedByArea: [...byArea.subarray(0, byArea.findLastIndex((n) => n > 0) + 1)],
    leftOverPassedOn,
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)
