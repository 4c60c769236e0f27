/** What the verification of a run looks at. */
import type { Check } from '../../kernel/check.ts'

export type RunCheckName =
  | 'manifest'
  | 'audit'
  | 'record'
  | 'lists'
  | 'header'
  | 'rows'
  | 'ranking'
  | 'versions'
  | 'sources'
  | 'inputs'
  | 'snapshot'
  | 'parts'
  | 'counts'
  | 'list'
  | 'traits'
  | 'ranking-again'
  | 'manifest-again'

export type RunCheck = Check<RunCheckName>
