/**
 * Which cells are not told because of the group that they are of: where a group is few, any row of it, and any nought, tells what became of
 * them. What they are can also be what the whole leaves of the other groups.
 */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import type { AmountChanges } from './amount-changes.ts'
import { isFew } from './disclose.ts'
import { type Cell, sumOf, type Transitions } from './tabulate.ts'

/** Of everybody or of a group. */
export interface ChangesOf {
  readonly transitions: Transitions
  /** Absent in results from before they were counted. */
  readonly changes: AmountChanges | undefined
}

/** A cell, in everybody's table or a group's; null where it was not counted. */
export type CellOf = (of: ChangesOf) => Cell | null
/** Whether the cell is not told, nought included. */
export type Withholding = (cellOf: CellOf) => boolean

const sizeOf = ({ transitions }: ChangesOf): number => sumOf(transitions.flat()).units

/** Of a whole of one to nine units every cell. */
export const withheldOfWhole = (whole: ChangesOf): Withholding => {
  const few = isFew(sizeOf(whole))
  return () => few
}

/**
 * By group of one breakdown. Of a group of few every cell. Of all others a cell of which there are few in the whole, since nought in every group but
 * one would name the group; and, where some group is few, a cell of which the other groups that are not few hold fewer than ten between them: it and
 * the whole's would be of the same units or not, and have the same noise or not, by what the few are.
 * INVARIANT: of the states of the few only the whole's cells depend.
 */
export function withheldOfGroups(whole: ChangesOf, groups: readonly ChangesOf[]): readonly Withholding[] {
  const few = groups.map((group) => isFew(sizeOf(group)))
  const large = groups.filter((_, at) => !few[at])
  return groups.map((group, at): Withholding => {
    if (few[at]) return () => true
    const isAlone: Withholding = (cellOf) => {
      const held = large.reduce((sum, other) => sum + (other === group ? 0 : (cellOf(other)?.units ?? 0)), 0)
      return held < LEAST_UNITS
    }
    return (cellOf) => {
      const units = cellOf(whole)?.units ?? 0
      return isFew(units) || (units > 0 && large.length < groups.length && isAlone(cellOf))
    }
  })
}
