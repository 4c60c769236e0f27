/** A second implementation of formulas for the tests: exact rationals in BigInt, read from the JSON; shares no code with src. */

export interface RefFact {
  readonly id: string
  readonly type: string
  readonly scale: number
  readonly codes: readonly string[] | null
}

/** Ends at the fact's scale; null is open. */
export interface RefValue {
  readonly lo: bigint | null
  readonly hi: bigint | null
}

export interface RefContribution {
  /** null: undetermined. Millionths. */
  readonly point: bigint | null
  readonly lo: bigint
  readonly hi: bigint
}

// oxlint-disable-next-line typescript/no-explicit-any -- reads formula files freely, on purpose without the product's types
type Json = Record<string, any>

export function referenceScore(formula: Json, facts: ReadonlyMap<string, RefFact>, values: ReadonlyMap<string, RefValue>) {
  const contributions: RefContribution[] = formula.terms.map((term: Json) => settle(term, possible(term, facts, values)))
  const total = (pick: (c: RefContribution) => bigint | null): bigint | null =>
    contributions.reduce<bigint | null>(
      (sum, c) => (sum === null || pick(c) === null ? null : sum + pick(c)!),
      decimal(formula.intercept, 6),
    )
  return { contributions, point: total((c) => c.point), lo: total((c) => c.lo)!, hi: total((c) => c.hi)! }
}

function settle(term: Json, points: readonly bigint[]): RefContribution {
  const lo = points.reduce((a, b) => (b < a ? b : a))
  const hi = points.reduce((a, b) => (b > a ? b : a))
  if (lo === hi) return { point: lo, lo, hi }
  if (term.unknown === 'undetermined') return { point: null, lo, hi }
  const imputed = decimal(term.unknown.imputed.points, 6)
  return { point: imputed < lo ? lo : imputed > hi ? hi : imputed, lo, hi }
}

/** Points that are possible, at least the two extreme ones. */
function possible(term: Json, facts: ReadonlyMap<string, RefFact>, values: ReadonlyMap<string, RefValue>): bigint[] {
  if ('when' in term) {
    const truth = kleene(term.when, facts, values)
    const [yes, no] = [decimal(term.points, 6), decimal(term.else, 6)]
    return truth === true ? [yes] : truth === false ? [no] : [yes, no]
  }
  const fact = facts.get(term.fact)!
  const { lo, hi } = values.get(term.fact)!
  if ('weight' in term) {
    const [low, high] = term.clamp.map((end: number) => decimal(end, fact.scale)) as [bigint, bigint]
    const clamp = (v: bigint | null, open: bigint): bigint => (v === null ? open : v < low ? low : v > high ? high : v)
    return [clamp(lo, low), clamp(hi, high)].map((v) => linear(term, v, fact.scale))
  }
  if ('bands' in term) {
    const inside = term.bands.map((band: Json, i: number) => {
      const below = decimal(band.below, fact.scale)
      const from = i === 0 ? null : decimal(term.bands[i - 1].below, fact.scale)
      return (lo === null || lo < below) && (from === null || hi === null || hi >= from) ? [decimal(band.points, 6)] : []
    })
    const last = decimal(term.bands.at(-1).below, fact.scale)
    return [...inside.flat(), ...(hi === null || hi >= last ? [decimal(term.otherwise, 6)] : [])]
  }
  const of = (code: string): bigint => decimal(code in term.points ? term.points[code] : term.otherwise, 6)
  return lo !== null && lo === hi ? [of(fact.codes![Number(lo)]!)] : fact.codes!.map(of)
}

function linear(term: Json, value: bigint, scale: number): bigint {
  const unit = 10n ** BigInt(scale)
  const weight = decimal(term.weight, 6)
  switch (term.transform ?? 'identity') {
    case 'identity':
      return round(weight * value, unit)
    case 'sqrt':
      return round(weight * roundedRoot(value, unit), 1_000_000n)
    case 'ln':
      return round(weight * roundedLn(value, unit), 1_000_000n)
    default:
      return round(weight * roundedLn(value + unit, unit), 1_000_000n)
  }
}

/** Three-valued conditions over literals, of the operators that the generators use. */
function kleene(c: Json, facts: ReadonlyMap<string, RefFact>, values: ReadonlyMap<string, RefValue>): boolean | null {
  if (c.not) {
    const inner = kleene(c.not, facts, values)
    return inner === null ? null : !inner
  }
  const group = c.all ?? c.any
  if (group) {
    const truths = group.map((child: Json) => kleene(child, facts, values))
    const decisive = Boolean(c.any)
    return truths.includes(decisive) ? decisive : truths.includes(null) ? null : !decisive
  }
  const fact = facts.get(c.fact)!
  const { lo, hi } = values.get(c.fact)!
  if (fact.type === 'boolean' || fact.type === 'category') {
    if (lo === null || lo !== hi) return null
    const same = fact.type === 'boolean' ? (lo === 1n) === c.value : fact.codes![Number(lo)] === c.value
    return c.operator === 'equal' ? same : !same
  }
  const v = decimal(c.value, fact.scale)
  if (c.operator === 'lessThan') return hi !== null && hi < v ? true : lo !== null && lo >= v ? false : null
  return lo !== null && lo >= v ? true : hi !== null && hi < v ? false : null
}

/** A JSON number, as the decimal it prints as, at a scale. */
export function decimal(value: number, scale: number): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))!
  const digits = BigInt(whole + fraction)
  const power = Number(exponent) - fraction.length + scale
  const scaled = power >= 0 ? digits * 10n ** BigInt(power) : digits / 10n ** BigInt(-power)
  return sign === '-' ? -scaled : scaled
}

/** Half away from zero. */
export function round(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n
  const magnitude = negative ? -numerator : numerator
  const quotient = (magnitude + denominator / 2n) / denominator
  const exact = denominator % 2n === 0n || (magnitude * 2n + denominator) / (2n * denominator) === quotient
  if (!exact) throw new Error('odd denominators are not used')
  return negative ? -quotient : quotient
}

export function roundedRoot(value: bigint, unit: bigint): bigint {
  return (floorRoot((4n * value * 10n ** 12n) / unit) + 1n) / 2n
}

function floorRoot(n: bigint): bigint {
  if (n < 2n) return n
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2) + 1)
  for (;;) {
    const next = (x + n / x) / 2n
    if (next >= x) return x
    x = next
  }
}

const PLACES = 60n
const ONE = 10n ** PLACES

/** ln(value / unit) in millionths: square roots until near 1, the plain series of ln(1 + y), doubled back. */
export function roundedLn(value: bigint, unit: bigint): bigint {
  let x = (value * ONE) / unit
  let doublings = 0n
  while (x - ONE > ONE / 1000n || ONE - x > ONE / 1000n) {
    x = floorRoot(x * ONE)
    doublings += 1n
  }
  const y = x - ONE
  let sum = 0n
  let power = y
  for (let k = 1n; power !== 0n && k < 60n; k += 1n) {
    sum += k % 2n === 1n ? power / k : -(power / k)
    power = (power * y) / ONE
  }
  return round(sum * 2n ** doublings * 1_000_000n, ONE)
}
