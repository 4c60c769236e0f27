/** A programme's targeting in the whole numbers that an allocation computes with. */
import { divideRounded, scaledOfNumber } from '../../kernel/decimal.ts'
import { epochAt } from '../../language/catalogue/parameter.ts'
import { POINT_SCALE } from '../../language/formula/formula.ts'
import type { Bundle, CompiledProgramme } from '../../programmes/bundle.ts'
import type { AllocationTerms, Quotas } from '../allocate.ts'
import type { ScoreDirection } from '../order-rows.ts'

const MONTHS = { month: 1, quarter: 3, year: 12 } as const

/** The benefit's amounts for the targeting period: an amount per month times the months of the period; one without a period stands as it is. */
export function periodBenefit(
  { catalogue }: Bundle,
  { programme }: CompiledProgramme,
  amounts: Float64Array,
): { readonly benefit: Float64Array; readonly scale: number } {
  const { benefit, targeting } = programme.source
  const slot = programme.space.slot(benefit.fact) ?? -1
  const type = programme.space.types[slot]
  const [, per] = /\/(month|quarter|year)$/.exec(type?.unit ?? catalogue.facts.get(benefit.fact)?.unit ?? '') ?? []
  const [times, over] = per === undefined ? [1, 1] : [MONTHS[targeting.period], MONTHS[per as keyof typeof MONTHS]]
  return {
    benefit: inPeriod(amounts, times, over),
    scale: type?.scale ?? 0,
  }
}

/** Each amount × times / over, rounded; NaN where it is unknown, or beyond what a number holds. Few amounts differ, so each is divided once. */
function inPeriod(amounts: Float64Array, times: number, over: number): Float64Array {
  const known = new Map<number, number>()
  const divided = (amount: number): number => {
    const found = known.get(amount) ?? divideRounded(amount * times, over) ?? NaN
    known.set(amount, found)
    return found
  }
  const found = new Float64Array(new SharedArrayBuffer(amounts.byteLength))
  for (let unit = 0; unit < amounts.length; unit++) {
    const amount = amounts[unit] as number
    const whole = amount * times
    // Nothing is to be rounded; adding zero makes -0 a 0.
    if (over === 1 && Number.isSafeInteger(whole)) found[unit] = whole + 0
    else found[unit] = Number.isNaN(amount) ? NaN : divided(amount)
  }
  return found
}

export interface TermsRequest {
  readonly asOf: number
  /** Decimal places of the benefit. */
  readonly scale: number
  readonly direction: ScoreDirection
  /** Persons by area code, asked for where quotas follow the population. */
  readonly populationByArea: () => readonly number[]
}

/** Everything but the order. */
export function allocationTerms(
  bundle: Bundle,
  { programme }: CompiledProgramme,
  request: TermsRequest,
): Omit<AllocationTerms, 'keys' | 'tieBreak'> {
  const { targeting } = programme.source
  const { budget, places, thresholds, waitlist, keepUndeterminedMonths } = targeting
  const quotas = quotasOf(bundle, programme, request)
  return {
    direction: request.direction,
    needsScore: thresholds !== undefined || targeting.order.some(({ by }) => by === 'score'),
    waitlistLength: waitlist?.length ?? 0,
    ...(thresholds ? { thresholds: { entry: scaled(thresholds.entry, POINT_SCALE), exit: scaled(thresholds.exit, POINT_SCALE) } } : {}),
    ...(keepUndeterminedMonths === undefined ? {} : { keepUndeterminedMonths }),
    ...(budget === undefined ? {} : { budget: scaled(budget, request.scale) }),
    ...(places === undefined ? {} : { places }),
    ...(quotas ? { quotas } : {}),
  }
}

function quotasOf(
  bundle: Bundle,
  { source, space }: CompiledProgramme['programme'],
  { asOf, populationByArea }: TermsRequest,
): Quotas | null {
  const { quotas } = source.targeting
  if (!quotas) return null
  const codes = space.types[space.slot(quotas.by) ?? -1]?.codes ?? []
  const { method, leftOver } = quotas
  if (quotas.method === 'absolute') return { method, leftOver, areas: codes.map((code) => quotas.places[code] ?? 0) }
  if (quotas.to === 'population') {
    const persons = populationByArea()
    return { method, leftOver, areas: codes.map((_, code) => persons[code] ?? 0) }
  }
  const parameter = bundle.catalogue.parameters.get(quotas.to.parameter)
  const rows = parameter ? (epochAt(parameter, asOf)?.rows ?? []) : []
  return { method, leftOver, areas: codes.map((code) => rows.find(({ keys }) => keys[0] === code)?.value ?? 0) }
}

function scaled(value: number, scale: number): number {
  const answer = scaledOfNumber(value, scale)
  // INVARIANT: the check of the programme read the number as a decimal.
  if (!answer.ok) throw new Error(`${value} does not fit ${scale} places`)
  return answer.value
}
