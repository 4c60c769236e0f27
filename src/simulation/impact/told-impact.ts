/** What is told of an impact: the same tables as of a simulation, under the same disclosure control, and households that were made up. */
import type { Static } from 'typebox'
import { disclosedCell, exactCell } from '../disclose.ts'
import { toldProgramme } from '../result.ts'
import { type Cell, NOBODY, sumOf } from '../tabulate.ts'
import { STATES } from '../unit-states.ts'
import type { ImpactOutcome, ProgrammeImpact } from './impact-outcome.ts'
import type { StoredImpact } from './impact-store.ts'
import type { ImpactResult } from './schema.ts'

export const readOutcome = (result: string): ImpactOutcome => JSON.parse(result) as ImpactOutcome

export function toldImpact(outcome: ImpactOutcome, exact: boolean): Static<typeof ImpactResult> {
  const { effectiveFrom, run, asOf, snapshot, base, draft, households, persons, key, breakdowns, programmes, unaltered, unmet } = outcome
  const population = (exact ? exactCell : disclosedCell)({ ...NOBODY, units: households, persons, key })
  return {
    effectiveFrom,
    snapshot: { hash: snapshot, asOf, run },
    base,
    draft,
    exact,
    households: population.units,
    persons: population.persons,
    breakdowns: breakdowns.map(({ id, label }) => ({ id, label })),
    programmes: programmes.map((one) => toldProgrammeImpact(one, breakdowns, exact)),
    unaltered: [...unaltered],
    excludesNobody: unmet.map(({ programme, pointer, definition, because }) => ({ programme, pointer, definition, because })),
  } as Static<typeof ImpactResult>
}

const UNDETERMINED = STATES.indexOf('undetermined')

function toldProgrammeImpact(one: ProgrammeImpact, breakdowns: ImpactOutcome['breakdowns'], exact: boolean) {
  const { presence, missing, difference, transitions } = one
  const tell = exact ? exactCell : disclosedCell
  const counted = (cell: Cell) => {
    const { units, persons } = tell(cell)
    return { units, persons }
  }
  const off = (cells: readonly (Cell | undefined)[]): Cell =>
    sumOf(cells.flatMap((cell, state) => (state === UNDETERMINED || !cell ? [] : [cell])))
  return {
    ...toldProgramme(one, breakdowns, exact),
    presence,
    undetermined: {
      added: counted(off(transitions.all.map((row) => row[UNDETERMINED]))),
      settled: counted(off(transitions.all[UNDETERMINED] ?? [])),
    },
    dependsOnMissing: {
      before: counted(missing.before),
      after: counted(missing.after),
      newly: counted(missing.newly),
      noLonger: counted(missing.noLonger),
    },
    difference,
  }
}

/** How far it is, or what it came to. */
export function impactAnswer({ status, result, problem, errors }: StoredImpact, exact: boolean) {
  if (status === 'completed' && result !== null) return { status, impact: toldImpact(readOutcome(result), exact) }
  return { status, impact: null, ...(problem === null ? {} : { problem, errors }) }
}
