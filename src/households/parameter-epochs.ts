import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { epochAt } from '../language/catalogue/parameter.ts'

/** As-of days with the same parameter values share what is compiled for one of them. */
export const epochKey = (catalogue: Catalogue, asOf: number): string =>
  [...catalogue.parameters.values()].map((parameter) => epochAt(parameter, asOf)?.from ?? '-').join(' ')
