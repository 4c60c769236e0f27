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

// The engine keeps a number as a bare double only where it sees that nothing else can come; a call that it does not put in place may
// return anything, and each number from it is an object. So the usual step is spelled out and the call is left for what leaves ±2^53.
const MOST = String(Number.MAX_SAFE_INTEGER)
const fits = (name: string): string => `${name}<=${MOST}&&${name}>=-${MOST}||${name}!==${name}`

const isLiteral = (code: string): boolean => /^\d/.test(code)
const isPlain = (names: readonly string[]): string =>
  names
    .filter((name) => !isLiteral(name))
    .map((name) => `typeof ${name}==='number'`)
    .join('&&')

function spelledOut(call: 'add' | 'times', sign: '+' | '*', a: string, b: string, out: Source): string {
  const [x, y] = [out.keep(a), out.keep(b)]
  // A literal beyond ±2^53 is a bigint.
  if (x.endsWith('n') || y.endsWith('n')) return out.keep(`${call}(${x},${y})`)
  return out.block(`const s=${isPlain([x, y]) || 'true'}?${x}${sign}${y}:Infinity;`, `${fits('s')}?s:${call}(${x},${y})`)
}

export const sum = (a: string, b: string, out: Source): string => spelledOut('add', '+', a, b, out)
export const times = (a: string, b: string, out: Source): string => spelledOut('times', '*', a, b, out)

/** Statement that adds a plain number to an exact total. */
export const addTo = (total: string, number: string): string =>
  `{const s=typeof ${total}==='number'?${total}+${number}:Infinity;${total}=${fits('s')}?s:add(${total},${number});}`

/** a / b rounded half away from zero; spelled out where b is a literal. */
export function quotient(a: string, b: string, out: Source): string {
  const x = out.keep(a)
  if (!/^[1-9]\d{0,14}$/.test(b)) return out.keep(`quotient(${x},${b})`)
  const twice = 2 * Number(b)
  // The division of doubles may round up to the next integer.
  return out.block(
    `let q=NaN;if(${x}===${x}){const u=typeof ${x}==='number'?2*Math.abs(${x})+${b}:Infinity;if(u<=${MOST}){q=Math.floor(u/${twice});if(q*${twice}>u)q--;if(${x}<0)q=-q;}else q=quotient(${x},${b});}`,
    'q',
  )
}

/** A plain number again; unknown beyond ±2^53, and no negative zero. */
export const narrow = (code: string, out: Source): string => {
  const x = out.keep(code)
  return isLiteral(x) ? x : out.keep(`typeof ${x}==='number'?${x}+0:NaN`)
}

const COMPARED = { least: '<', greatest: '>' } as const

/** The least or greatest of all: unknown if any is, or of those known. */
export function extremeOf(which: 'least' | 'greatest', skipsUnknown: boolean, codes: readonly string[], out: Source): string {
  const names = codes.map((code) => out.keep(code))
  const sign = COMPARED[which]
  return names.slice(1).reduce((a, b) => {
    if (skipsUnknown) return out.keep(`${a}!==${a}?${b}:${b}!==${b}||${a}${sign}${b}?${a}:${b}`)
    return out.keep(`${a}!==${a}||${b}!==${b}?NaN:${a}${sign}${b}?${a}:${b}`)
  }, names[0] ?? 'NaN')
}
