/** A programme whose enrolled alone are too many, told with its place in the request. */
import { Problem, problem } from '../kernel/problem.ts'

/** Says which programme, and not how many are enrolled: whoever may not see exact results reads it too. */
export function enrolledExceed(error: unknown, pointer: string): unknown {
  if (!(error instanceof Problem) || error.code !== 'run-enrolled-exceed') return error
  const [programme = ''] = (error.parts.detail ?? '').split(':', 1)
  const message = `${programme}: the enrolled alone exceed its places or its budget`
  return problem(error.code, { detail: programme, errors: [{ code: error.code, pointer, message, severity: 'error' }] })
}
