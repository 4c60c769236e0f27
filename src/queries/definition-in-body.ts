/** Places of a definition's faults as places of the body that it was sent in. */
import { Problem, problem } from '../kernel/problem.ts'

const OF_DEFINITIONS = ['query-not-granted', 'query-refused']

/** `work` checks a definition that stands at `/definition` of the body. */
export async function definitionInBody<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem) || !OF_DEFINITIONS.includes(error.code)) throw error
    const { pointer, errors, ...parts } = error.parts
    throw problem(error.code, {
      ...parts,
      ...(pointer === undefined ? {} : { pointer: `/definition${pointer}` }),
      ...(errors === undefined ? {} : { errors: errors.map((one) => ({ ...one, pointer: `/definition${one.pointer}` })) }),
    })
  }
}
