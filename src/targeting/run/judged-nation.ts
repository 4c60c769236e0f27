/** A judged population: columns by household row and by person row, of those that the run is about. */
import type { NationScores, ProgrammeColumns } from '../../determinations/bulk/nation.ts'
import { keptWith } from '../../kernel/kept-with.ts'
import { byPlaceFact, type UnitPlaces } from './unit-places.ts'
import { gather, gatherShared, rowsWhere } from './gather.ts'

/** By household row. */
export interface ScoredNation {
  readonly householdRefs: Float64Array
  /** Members of each household. */
  readonly persons: Uint32Array
  /** Index of the governorate's code; NO_AREA where unknown. */
  readonly governorate: Uint8Array
  readonly places: UnitPlaces
  readonly scores: NationScores
}

export interface JudgedNation extends ScoredNation {
  readonly personRefs: Float64Array
  /** Household row by person row. */
  readonly householdOf: Uint32Array
  readonly programmes: readonly ProgrammeColumns[]
}

/** The rows of some households only, ascending. */
function scoredRows(nation: ScoredNation, rows: Uint32Array): ScoredNation {
  const { householdRefs, persons, governorate, places, scores } = nation
  if (rows.length === householdRefs.length) return nation
  return {
    householdRefs: gatherShared(householdRefs, rows),
    persons: gatherShared(persons, rows),
    governorate: gather(governorate, rows),
    places: byPlaceFact((fact) => gather(places[fact], rows)),
    scores: scores.map(({ point, lo, hi }) => ({
      point: gatherShared(point, rows),
      lo: gatherShared(lo, rows),
      hi: gatherShared(hi, rows),
    })),
  }
}

/** What is known of a population before it is judged, and how to take its columns from those of everybody. */
export interface UnjudgedNation extends Omit<JudgedNation, 'programmes'> {
  /** Of columns that are judged. */
  readonly columnsOf: (everybody: ProgrammeColumns) => ProgrammeColumns
}

/** The rows of some households and of their members, ascending. */
export function populationOf(nation: Omit<JudgedNation, 'programmes'>, rows: Uint32Array): UnjudgedNation {
  if (rows.length === nation.householdRefs.length) return { ...nation, columnsOf: (everybody) => everybody }
  const place = new Int32Array(nation.householdRefs.length).fill(-1)
  rows.forEach((row, index) => (place[row] = index))
  const { householdOf } = nation
  const persons = rowsWhere(householdOf.length, (person) => (place[householdOf[person] as number] as number) >= 0)
  const householdsOf = gatherShared(householdOf, persons)
  for (let person = 0; person < householdsOf.length; person++) householdsOf[person] = place[householdsOf[person] as number] as number
  return {
    ...scoredRows(nation, rows),
    personRefs: gatherShared(nation.personRefs, persons),
    householdOf: householdsOf,
    columnsOf: keptWith((columns: ProgrammeColumns): ProgrammeColumns => {
      const own = columns.unit === 'person' ? persons : rows
      return {
        ...columns,
        truth: gatherShared(columns.truth, own),
        benefit: gatherShared(columns.benefit, own),
        tier: gatherShared(columns.tier, own),
        area: columns.area && gatherShared(columns.area, own),
        orderFacts: columns.orderFacts.map((values) => gatherShared(values, own)),
      }
    }),
  }
}
