/** Units whose selection hangs on missing facts, before and after a change. */
import type { ProgrammeList } from '../../targeting/run/select.ts'
import { type Cell, NOBODY } from '../tabulate.ts'
import type { MissingOutcome } from './impact-outcome.ts'

export interface Hanging {
  /** Undefined where there is no such programme. */
  readonly before: ProgrammeList | undefined
  readonly after: ProgrammeList | undefined
  /** Household row by person row where persons are judged, else null. */
  readonly householdOf: Uint32Array | null
  /** By household row. */
  readonly persons: Uint32Array
  readonly keys: Uint32Array
}

export function countMissing({ before, after, householdOf, persons, keys }: Hanging): MissingOutcome {
  const cellOf = (units: Iterable<number>): Cell => {
    let [count, people, key] = [0, 0, 0]
    for (const unit of units) {
      const household = householdOf ? (householdOf[unit] as number) : unit
      count++
      people += householdOf ? 1 : (persons[household] as number)
      key = (key + (keys[household] as number)) % 2 ** 32
    }
    return { ...NOBODY, units: count, persons: people, key }
  }
  const [was, is] = [hangingUnits(before), hangingUnits(after)]
  return {
    before: cellOf(was),
    after: cellOf(is),
    newly: cellOf([...is].filter((unit) => !was.has(unit))),
    noLonger: cellOf([...was].filter((unit) => !is.has(unit))),
  }
}

/** Household or person rows. */
function hangingUnits(list: ProgrammeList | undefined): Set<number> {
  const units = new Set<number>()
  const rows = list && (list.person ?? list.household)
  if (rows) list.dependsOnMissing.forEach((hangs, unit) => hangs === 1 && units.add(rows[unit] as number))
  return units
}
