/** The codes that only the check of a query reports; conditions and literals report those of the language's table. */
import { at } from '../kernel/diagnostic.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'

export const queryDiagnosticCodes = {
  'query-shape': 'A query asks for rows (`columns`) or for aggregates (`aggregates`, `groupBy`), one of the two.',
  'query-repeats': 'The same registry, column or id is chosen twice.',
  'query-registry-not-chosen': 'The column is of a registry that `registries` does not name.',
  'query-column-type': 'The column is of a type that cannot be used so.',
  'query-rows-multiply': 'A person has several rows in another chosen registry: each row would be counted once for each of those.',
  'query-aggregate-of': 'The aggregate needs a column in `of`.',
  'query-order-unknown': 'What is ordered by is not among what the query gives.',
  'query-parameter-several': 'A query has one National ID at most.',
  'query-parameter-unused': 'No condition uses the parameter.',
  'query-limit': 'The limit is greater than the service gives.',
  'query-text-digits': 'A text holds ten digits in a row, which may be a National ID.',
} as const satisfies Readonly<Record<string, string>>

export type QueryDiagnosticCode = keyof typeof queryDiagnosticCodes

/** One error of the table above; `steps` lead to its place in the definition. */
export function fault(code: QueryDiagnosticCode, steps: readonly (string | number)[], expected?: string): Diagnostic {
  const pointer = steps.reduce<string>((path, step) => at(path, step), '')
  return { code, pointer, message: queryDiagnosticCodes[code], ...(expected ? { expected } : {}), severity: 'error' }
}

/** What stands in a list at `key` that stood there before. */
export const repeats = (ids: readonly string[], key: string): Diagnostic[] =>
  ids.flatMap((id, index) => (ids.indexOf(id) < index ? [fault('query-repeats', [key, index])] : []))

/** docs/reference/query-findings.md */
export const queryFindingsPage = (): string =>
  [
    '# Findings of queries',
    '',
    'What `errors` of a `query-refused` can say besides the [findings of conditions](diagnostics.md). Written by `npm run mizan -- language` from `src/queries/query-diagnostics.ts`.',
    '',
    '| code | means |',
    '|---|---|',
    ...Object.entries(queryDiagnosticCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ].join('\n')
