/** A refusal with a stable code: thrown by any room, written on the wire as RFC 9457 by src/http/errors.ts. */
import type { Diagnostic } from './diagnostic.ts'
import { problemKinds } from './problem-table.ts'
import type { ProblemCode } from './problem-table.ts'

export type { ProblemCode } from './problem-table.ts'

/** Never a value that the client sent: pointers and expectations only, since a value may be a National ID. */
export interface ProblemParts {
  readonly detail?: string
  /** JSON Pointer into the body, or the name of a header or parameter. */
  readonly pointer?: string
  readonly expected?: string
  readonly errors?: readonly Diagnostic[]
  readonly retryAfterSeconds?: number
  /** The stored application that a refusal leaves behind, when there is one. */
  readonly applicationId?: string
}

export class Problem extends Error {
  readonly code: ProblemCode
  readonly parts: ProblemParts

  constructor(code: ProblemCode, parts: ProblemParts = {}) {
    super(problemKinds[code].title.en)
    this.name = 'Problem'
    this.code = code
    this.parts = parts
  }
}

/** `throw problem('person-not-found')` */
export const problem = (code: ProblemCode, parts?: ProblemParts): Problem => new Problem(code, parts)
