/** The poverty line that a simulation measures by. */
import { epochAt } from '../language/catalogue/parameter.ts'
import type { Baseline } from './baseline.ts'

/** The line that is asked for, or the parameter's on the day; thousandths per person and month. */
export function lineOf({ bundle, asOf }: Baseline, asked: number | undefined): number | null {
  if (asked !== undefined) return Math.round(asked * 1000)
  const parameter = bundle.catalogue.parameters.get('povertyLine')
  const value = parameter && epochAt(parameter, asOf)?.value
  return parameter && value !== null && value !== undefined ? Math.round(value * 10 ** (3 - parameter.scale)) : null
}
