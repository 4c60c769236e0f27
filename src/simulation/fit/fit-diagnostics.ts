/** Codes that only a fit and the reading of its sample report; docs/explanation/fitting-a-formula.md lists them. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'

export const fitDiagnosticCodes = {
  'fit-quantile': 'The quantile is not strictly between 0 and 1.',
  'fit-confidence': 'The confidence is not strictly between 0 and 1.',
  'fit-share': 'A share of the population is not above 0 and below 1.',
  'fit-term-id': 'A term is called `intercept`, the name of the constant.',
  'fit-standard-errors': 'These standard errors do not go with a quantile, or the sample has no clusters or strata for them.',
  'fit-fact-absent': 'The sample has no column for a fact that a term reads.',
  'fit-fact-constant': 'The fact has the same value in all rows, so that it cannot be told from the intercept.',
  'fit-base': 'The base is not one of the codes or bands.',
  'fit-groups': 'A code stands in two groups.',
  'fit-level-empty': 'No row of the sample has this code or band; it has to be put together with another one.',
  'fit-collinear': 'The column is a combination of others, so that their weights cannot be told apart.',
  'fit-rows-few': 'There are not more rows than columns.',
  'fit-clusters-few': 'There are fewer clusters than folds, or too few for standard errors.',
  'fit-single-cluster': 'A stratum has a single cluster, and the request refuses such strata.',
  'fit-not-converged': 'The quantile regression did not converge.',
  'fit-weight-rounds': 'A weight loses more than a hundredth of itself when it is rounded to 6 places.',
  'fit-imputed-outside': 'What rows with an unknown value contribute lies outside what the term can give; the nearest end is imputed.',
  'fit-level-few': 'A code or band has fewer than 30 rows.',
  'sample-csv': 'The text is not CSV.',
  'sample-column': 'A declared column is not in the header, is there twice, or is declared for two things.',
  'sample-size': 'The sample has no rows, or more than a fit takes.',
  'sample-encoding': 'The file is not text in UTF-8.',
  'sample-parquet': 'The file is not Parquet, or holds more than is read.',
  'sample-identifier': 'A column holds numbers of ten digits, as National IDs are.',
  'sample-synthetic': 'The file says that it is synthetic, and its declaration does not.',
  'sample-unusable': 'No row is without a fault.',
  'sample-outdated': 'The catalogue changed since the sample was stored, and rows that were read cannot be read under it.',
} as const satisfies Readonly<Record<string, string>>

export type FitDiagnosticCode = keyof typeof fitDiagnosticCodes

interface More {
  readonly expected?: string
  readonly hint?: string
  readonly severity?: Diagnostic['severity']
}

/** One finding about a request, its sample or their fit; an error where nothing else is said. */
export const fitFinding = (
  code: FitDiagnosticCode,
  pointer: string,
  message: string,
  { severity = 'error', ...more }: More = {},
): Diagnostic => ({ code, pointer, message, ...more, severity })
