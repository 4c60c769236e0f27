/** Exact decimals: a number is an integer count of 10^-scale, within ±2^53; no float decides anything. */

export const MAX_SCALE = 6
export const MAX_INTEGER = Number.MAX_SAFE_INTEGER
const MAX_SIGNIFICANT_DIGITS = 15

/** A number of decimal places that this language holds. */
export const isScale = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_SCALE

export type DecimalError = 'not-a-decimal' | 'too-many-places' | 'out-of-range'
export type Scaled = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: DecimalError }

const ZERO = 48
const ZEROS = '000000'
const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?$/

/** `"12.5"` at scale 3 → 12500. Trailing zeros are free; more significant places than `scale` are an error. */
export function parseDecimal(text: string, scale: number): Scaled {
  if (!PLAIN.test(text) || text.length > 40) return { ok: false, error: 'not-a-decimal' }
  const point = text.indexOf('.')
  const whole = point < 0 ? text.length : point
  let end = point < 0 ? whole : text.length
  while (end > whole && text.charCodeAt(end - 1) === ZERO) end--
  const places = Math.max(0, end - whole - 1)
  if (places > scale) return { ok: false, error: 'too-many-places' }
  const value = Number(text.slice(0, whole) + text.slice(whole + 1, whole + 1 + places) + ZEROS.slice(0, scale - places))
  if (!Number.isSafeInteger(value)) return { ok: false, error: 'out-of-range' }
  return { ok: true, value: value === 0 ? 0 : value }
}

/** A JSON number is the decimal it prints as; one that needs more than 15 significant digits is out of range. */
export function scaledOfNumber(value: number, scale: number): Scaled {
  if (!Number.isFinite(value)) return { ok: false, error: 'not-a-decimal' }
  const text = plainText(value)
  const digits = text
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '')
    .replace(/0+$/, '')
  if (digits.length > MAX_SIGNIFICANT_DIGITS) return { ok: false, error: 'out-of-range' }
  return parseDecimal(text, scale)
}

/** 12500 at scale 3 → `"12.500"`: always all places, as the answers of the API write it. */
export function formatDecimal(value: number, scale: number): string {
  if (scale === 0) return String(value === 0 ? 0 : value)
  const sign = value < 0 ? '-' : ''
  const digits = String(Math.abs(value)).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Integer division rounded half away from zero; null on division by zero or beyond ±2^53. */
export function divideRounded(numerator: bigint | number, denominator: bigint | number): number | null {
  const n = BigInt(numerator)
  const d = BigInt(denominator)
  if (d === 0n) return null
  const negative = n < 0n !== d < 0n
  const a = n < 0n ? -n : n
  const b = d < 0n ? -d : d
  const quotient = (2n * a + b) / (2n * b)
  return safe(negative ? -quotient : quotient)
}

/** An integer within ±2^53, else null: arithmetic that leaves the exact range is unknown, never rounded silently. */
export function safe(value: bigint): number | null {
  return value <= BigInt(MAX_INTEGER) && value >= -BigInt(MAX_INTEGER) ? Number(value) : null
}

function plainText(value: number): string {
  const text = String(value)
  const exponent = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!exponent) return text
  const [, sign = '', lead = '', rest = '', power = '0'] = exponent
  const shift = Number(power)
  const digits = lead + rest
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${digits}`
  return sign + digits.padEnd(shift + 1, '0')
}
