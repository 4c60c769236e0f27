/** Units as products of powers of symbols (`JOD/month`, `JOD/dunum`): enough algebra to refuse what cannot be compared. */

const SYMBOL = /^[A-Za-z][A-Za-z0-9]*$/

/** A number without a unit: it multiplies anything, and takes the other side's unit where units must be equal. */
export const DIMENSIONLESS = 'ratio'

type Powers = Map<string, number>

/** Null when the text is not a unit. `a*b/c` is a·b per c; everything after the first `/` divides. */
export function parseUnit(text: string): Powers | null {
  const powers: Powers = new Map()
  const [above = '', ...below] = text.split('/')
  for (const [side, sign] of [[above.split('*'), 1] as const, [below.flatMap((part) => part.split('*')), -1] as const]) {
    for (const symbol of side) {
      if (symbol === DIMENSIONLESS || symbol === '1') continue
      if (!SYMBOL.test(symbol)) return null
      powers.set(symbol, (powers.get(symbol) ?? 0) + sign)
    }
  }
  return powers
}

export function formatUnit(powers: Powers): string {
  const symbols = [...powers].filter(([, power]) => power !== 0).sort(([a], [b]) => (a < b ? -1 : 1))
  const repeat = (sign: number) => symbols.flatMap(([symbol, power]) => (power * sign > 0 ? Array<string>(power * sign).fill(symbol) : []))
  const above = repeat(1).join('*')
  const below = repeat(-1).join('*')
  if (below === '') return above === '' ? DIMENSIONLESS : above
  return `${above === '' ? DIMENSIONLESS : above}/${below}`
}

export function sameUnit(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b
  return normal(a) === normal(b)
}

export const multiplyUnits = (a: string, b: string): string => combine(a, b, 1)
export const divideUnits = (a: string, b: string): string => combine(a, b, -1)

function combine(a: string, b: string, sign: 1 | -1): string {
  const powers = new Map(parseUnit(a) ?? [])
  for (const [symbol, power] of parseUnit(b) ?? []) powers.set(symbol, (powers.get(symbol) ?? 0) + sign * power)
  return formatUnit(powers)
}

const normal = (unit: string): string => {
  const powers = parseUnit(unit)
  return powers ? formatUnit(powers) : unit
}
