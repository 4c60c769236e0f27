/** The poverty lines that a simulation measures by. */
import { scaledOfNumber } from '../kernel/decimal.ts'
import { problem } from '../kernel/problem.ts'
import { epochAt } from '../language/catalogue/parameter.ts'
import type { Baseline } from './baseline.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import type { Lines } from './welfare-measures.ts'

const LINE_SCALE = 3

/** Throws at a line of more than three decimal places: it would be measured at another. A schema cannot say it, whose `multipleOf` divides doubles. */
export function refuseFinerLines({ line, lines = [] }: Pick<SimulationRequest, 'line' | 'lines'>): void {
  const asked = [...(line === undefined ? [] : [['/line', line] as const]), ...lines.map((one, index) => [`/lines/${index}`, one] as const)]
  const [finer] = asked.filter(([, one]) => !scaledOfNumber(one, LINE_SCALE).ok)
  if (finer) throw problem('request-invalid', { pointer: finer[0], expected: 'JOD with at most three decimal places' })
}

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
