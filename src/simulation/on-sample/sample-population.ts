/** How many households the rows of a sample stand for: as many as anybody may be told of the simulation's population. */
import { LEAST_UNITS } from '../../access/disclosure/cell-noise.ts'
import { problem } from '../../kernel/problem.ts'
import { disclosedCell } from '../disclose.ts'
import { NOBODY } from '../tabulate.ts'

/**
 * The population as disclosed, not as it is: places and weights are the asker's own, so a coverage on the sample would tell what it was scaled by.
 * `key`: of the households, as a cell's. A population that is suppressed has no sample scaled to it: `request-invalid`.
 */
export function samplePopulation(households: number, key: number): number {
  const { units } = disclosedCell({ ...NOBODY, units: households, key })
  if (units === null)
    throw problem('request-invalid', { pointer: '/reference', expected: `a population of ${LEAST_UNITS} households or more` })
  return units
}
