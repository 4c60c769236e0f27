/** The parts of a population put together: columns by household row and by person row, of those that the run is about. */
import type { NationScores, ProgrammeColumns } from '../../determinations/bulk/nation.ts'
import { byPlaceFact, type UnitPlaces } from './unit-places.ts'
import { type Column, gather, rowsWhere } from './gather.ts'
import type { JudgedPart, ScoredPart } from './tasks.ts'

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

function join<T extends Column>(columns: readonly T[], empty: T): T {
  const [first = empty] = columns
  const Type = first.constructor as new (length: number) => T
  const joined = new Type(columns.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const column of columns) {
    joined.set(column, at)
    at += column.length
  }
  return joined
}

const NO_DOUBLES = new Float64Array(0)
const NO_BYTES = new Uint8Array(0)

/** Parts in the order of their homes. */
export function joinScored(parts: readonly ScoredPart[]): ScoredNation {
  return {
    householdRefs: join(
      parts.map((part) => part.householdRefs),
      NO_DOUBLES,
    ),
    persons: join(
      parts.map((part) => part.persons),
      new Uint32Array(0),
    ),
    governorate: join(
      parts.map((part) => part.governorate),
      NO_BYTES,
    ),
    places: byPlaceFact((fact) =>
      join(
        parts.map((part) => part.places[fact]),
        new Uint16Array(0),
      ),
    ),
    scores: (parts[0]?.scores ?? []).map((_, index) => {
      const side = (name: 'point' | 'lo' | 'hi'): Float64Array =>
        join(
          parts.map((part) => part.scores[index]?.[name] ?? NO_DOUBLES),
          NO_DOUBLES,
        )
      return { point: side('point'), lo: side('lo'), hi: side('hi') }
    }),
  }
}

/** Parts in the order of their homes, beside what was scored of the same parts. */
export function joinJudged(scored: ScoredNation, parts: readonly JudgedPart[]): JudgedNation {
  const personRefs = join(
    parts.map((part) => part.personRefs),
    NO_DOUBLES,
  )
  const householdOf = new Uint32Array(personRefs.length)
  let first = 0
  scored.persons.forEach((count, household) => {
    householdOf.fill(household, first, first + count)
    first += count
  })
  const programmes = (parts[0]?.programmes ?? []).map(({ programme, unit, area, orderFacts }, index): ProgrammeColumns => {
    const of = <T extends Column>(pick: (columns: ProgrammeColumns) => T, empty: T): T =>
      join(
        parts.map((part) => pick(part.programmes[index] as ProgrammeColumns)),
        empty,
      )
    return {
      programme,
      unit,
      truth: of(({ truth }) => truth, NO_BYTES),
      benefit: of(({ benefit }) => benefit, NO_DOUBLES),
      tier: of(({ tier }) => tier, NO_BYTES),
      area: area && of((columns) => columns.area as Uint8Array, NO_BYTES),
      orderFacts: orderFacts.map((_, key) => of((columns) => columns.orderFacts[key] as Float64Array, NO_DOUBLES)),
    }
  })
  return { ...scored, personRefs, householdOf, programmes }
}

/** The rows of some households only, ascending. */
export function scoredRows(nation: ScoredNation, rows: Uint32Array): ScoredNation {
  const { householdRefs, persons, governorate, places, scores } = nation
  if (rows.length === householdRefs.length) return nation
  return {
    householdRefs: gather(householdRefs, rows),
    persons: gather(persons, rows),
    governorate: gather(governorate, rows),
    places: byPlaceFact((fact) => gather(places[fact], rows)),
    scores: scores.map(({ point, lo, hi }) => ({ point: gather(point, rows), lo: gather(lo, rows), hi: gather(hi, rows) })),
  }
}

/** The rows of some households and of their members, ascending. */
export function judgedRows(nation: JudgedNation, rows: Uint32Array): JudgedNation {
  if (rows.length === nation.householdRefs.length) return nation
  const place = new Int32Array(nation.householdRefs.length).fill(-1)
  rows.forEach((row, index) => (place[row] = index))
  const { householdOf } = nation
  const persons = rowsWhere(householdOf.length, (person) => (place[householdOf[person] as number] as number) >= 0)
  return {
    ...scoredRows(nation, rows),
    personRefs: gather(nation.personRefs, persons),
    householdOf: persons.map((person) => place[nation.householdOf[person] as number] as number),
    programmes: nation.programmes.map((columns) => {
      const own = columns.unit === 'person' ? persons : rows
      return {
        ...columns,
        truth: gather(columns.truth, own),
        benefit: gather(columns.benefit, own),
        tier: gather(columns.tier, own),
        area: columns.area && gather(columns.area, own),
        orderFacts: columns.orderFacts.map((values) => gather(values, own)),
      }
    }),
  }
}
