/** Source text of a generated function under way: statements, kept values, and objects that the text reads but does not spell out. */
import type { Ends } from '../../operators.ts'

export interface Source {
  readonly line: (text: string) => void
  /** Name under which the value is computed once; a name or a number is its own. */
  readonly keep: (expression: string) => string
  /** Runs statements in a block of their own; the name of their result. */
  readonly block: (code: string, result: string) => string
  /** Name of an object that generated code reads. */
  readonly constant: (value: unknown) => string
  readonly text: () => string
}

/** Objects of all functions that are generated together, by position. */
export type Constants = unknown[]

const SIMPLE = /^(?:[A-Za-z_$][\w$]*|\d+|NaN)$/

export function newSource(constants: Constants): Source {
  const lines: string[] = []
  let kept = 0
  return {
    line: (text) => void lines.push(text),
    keep(expression) {
      if (SIMPLE.test(expression)) return expression
      const name = `x${kept++}`
      lines.push(`const ${name}=${expression};`)
      return name
    },
    block(code, result) {
      const name = `x${kept++}`
      lines.push(`let ${name};{${code}${name}=${result};}`)
      return name
    },
    constant(value) {
      constants.push(value)
      return `K[${constants.length - 1}]`
    },
    text: () => lines.join('\n'),
  }
}

export const one = (code: string): Ends => ({ lo: code, hi: code })
export const isOne = (ends: Ends): boolean => ends.lo === ends.hi

/** The known value, NaN when only bounds or nothing is known. */
export const knownOf = (ends: Ends, out: Source): string => (isOne(ends) ? ends.lo : out.keep(`${ends.lo}===${ends.hi}?${ends.lo}:NaN`))
