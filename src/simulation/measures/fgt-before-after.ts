/** What transfers do to poverty: the same people's FGT before and after them. */
import type { Weights } from './counted.ts'
import { fgt, type Fgt } from './fgt.ts'
import type { PovertyLine } from './poverty-line.ts'

type PovertyRates = Pick<Fgt, 'headcount' | 'povertyGap' | 'severity'>

export interface FgtBeforeAfter {
  readonly before: Fgt
  readonly after: Fgt
  /** after − before; negative where poverty falls. */
  readonly change: PovertyRates
}

/**
 * FGT of welfare, and of welfare + transfer, both by row in the unit of the line (per person a month, where welfare is). Nobody is assumed to work
 * or share otherwise because of the transfer. Rows whose welfare or transfer is unknown are left out of both, so that both speak of the same people.
 * Source: Coady, Grosh & Hoddinott 2004, ch. 2; Haughton & Khandker 2009, ch. 4.
 */
export function fgtBeforeAfter(welfare: Float64Array, transfer: Float64Array, line: PovertyLine, weights?: Weights): FgtBeforeAfter {
  const known = welfare.map((value, row) => (Number.isNaN(transfer[row] as number) ? NaN : value))
  const raised = welfare.map((value, row) => value + (transfer[row] as number))
  const before = fgt(known, line, weights)
  const after = fgt(raised, line, weights)
  return {
    before,
    after,
    change: povertyChange(before, after),
  }
}

/** Null where either side is. */
export const povertyChange = (before: PovertyRates, after: PovertyRates): PovertyRates => ({
  headcount: difference(after.headcount, before.headcount),
  povertyGap: difference(after.povertyGap, before.povertyGap),
  severity: difference(after.severity, before.severity),
})

const difference = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b)
