/** What stopped a run, as a problem with a stable code: storage, memory and the database's connection are told apart from our own faults. */
import { problemOfDatabase } from '../../db/sqlstate.ts'
import { problem, Problem } from '../../kernel/problem.ts'

/** A thread's failure comes as text only, and DuckDB's has no code: both say it in these words. */
const FULL = /\b(ENOSPC|EFBIG|EDQUOT)\b|no space left on device|file too large|disk quota exceeded|disk full/i
const MEMORY =
  /^Out of Memory Error|out of memory error:|ERR_WORKER_OUT_OF_MEMORY|reaching memory limit|failed to allocate|Array buffer allocation failed/i

export function runFailure(error: unknown): Problem {
  if (error instanceof Problem) return error
  const message = error instanceof Error ? error.message : ''
  if (FULL.test(`${message} ${codeOf(error)}`)) return problem('storage-full')
  if (MEMORY.test(`${message} ${codeOf(error)}`)) return problem('run-memory-exceeded')
  return problemOfDatabase(error) ?? problem('internal-error', { detail: message })
}

/** Whether the same run may come through a moment later, with nobody having done anything. */
export const mayPass = ({ code }: Problem): boolean => code === 'database-unavailable' || code === 'database-busy'

const codeOf = (error: unknown): string => (error as { readonly code?: string } | null)?.code ?? ''
