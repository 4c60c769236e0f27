/** The poverty lines that a simulation measures by. */
import { epochAt } from '../language/catalogue/parameter.ts'
import type { Baseline } from './baseline.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import type { Lines } from './welfare-measures.ts'

/** The line that is asked for, or the parameter's on the day; thousandths per person and month. */
export function lineOf({ bundle, asOf }: Baseline, asked: number | undefined): number | null {
  if (asked !== undefined) return Math.round(asked * 1000)
  const parameter = bundle.catalogue.parameters.get('povertyLine')
  const value = parameter && epochAt(parameter, asOf)?.value
  return parameter && value !== null && value !== undefined ? Math.round(value * 10 ** (3 - parameter.scale)) : null
}

/** The line, and those at which poverty before and after transfers is told: itself unless others are asked for. Null without a line. */
export const linesOf = ({ lines }: Pick<SimulationRequest, 'lines'>, line: number | null): Lines | null =>
  line === null ? null : { line, lines: lines?.map((one) => Math.round(one * 1000)) ?? [line] }
