/** What the database refuses, as problems: the only place where SQLSTATE is read for a problem code. */
import { problem } from '../kernel/problem.ts'
import type { Problem, ProblemCode } from '../kernel/problem.ts'

const codes: Readonly<Record<string, ProblemCode>> = {
  '22021': 'text-has-nul', // character not in repertoire
  '22P05': 'text-has-nul', // untranslatable character
  '22P02': 'value-not-storable', // invalid text representation, lone surrogates in jsonb among them
  '22007': 'value-not-storable',
  '22008': 'value-not-storable', // date out of range
  '22003': 'value-not-storable', // number out of range
  '54000': 'limit-exceeded', // a statement or an array of rows beyond what the server takes
  '54001': 'json-too-deep',
  '54011': 'limit-exceeded', // too many columns
  '54023': 'limit-exceeded',
  '53100': 'storage-full',
  '57014': 'database-busy', // statement timeout
  '55P03': 'database-busy', // lock timeout
  '40001': 'database-busy',
  '40P01': 'database-busy',
  '53300': 'database-unavailable', // too many connections
  '57P01': 'database-unavailable', // shut down by the administrator
  '57P02': 'database-unavailable',
  '57P03': 'database-unavailable', // starting up
}

const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND'])

/** The problem that a database error is for the client, or null when it is not one of the known ones. */
export function problemOfDatabase(error: unknown): Problem | null {
  if (!(error instanceof Error)) return null
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string') {
    const known = codes[code] ?? (network.has(code) || code.startsWith('08') ? 'database-unavailable' : undefined)
    if (known) return problem(known, waits.has(known) ? { retryAfterSeconds: 2 } : {})
  }
  return lost.test(error.message) ? problem('database-unavailable', { retryAfterSeconds: 2 }) : null
}

const waits = new Set<ProblemCode>(['database-unavailable', 'database-busy'])
/** pg reports a lost connection and a checkout that timed out by message only. */
const lost =
  /^(Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after calling end|Client has encountered a connection error)/
