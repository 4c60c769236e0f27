/** Values of facts as people read them: exact digits, units and periods, dates, codes, in either language. */
import { formatDecimal } from '../kernel/decimal.ts'
import type { FactType } from './fact-space.ts'
import { isMessageId, say } from './messages.ts'
import type { MessageId, Voice } from './messages.ts'

/** Arabic duals change with their place in the sentence. */
export type Case = 'nominative' | 'genitive'

/** A known value with its unit. */
export function renderValue(type: FactType, value: number, how: Voice, grammar: Case = 'nominative'): string {
  switch (type.type) {
    case 'boolean':
      return say(how, value === 1 ? 'value.yes' : 'value.no')
    case 'date':
      return renderDate(value, how)
    case 'category': {
      const code = type.codes?.[value] ?? ''
      return type.codeLabels?.[code]?.[how.language] ?? code
    }
    case 'integer':
    case 'decimal':
      return renderAmount(value, type.scale, type.unit, how, grammar)
  }
}

/** A value that may be unknown or known within bounds. */
export function renderInterval(type: FactType, lo: number, hi: number, how: Voice): string {
  if (lo === hi) return renderValue(type, lo, how)
  if (type.type === 'boolean' || type.type === 'category') return say(how, 'value.unknown')
  const render = (value: number): string => renderValue(type, value, how, 'genitive')
  if (Number.isFinite(lo) && Number.isFinite(hi)) return say(how, 'value.between', { low: render(lo), high: render(hi) })
  if (Number.isFinite(lo)) return say(how, 'value.atLeast', { value: render(lo) })
  return Number.isFinite(hi) ? say(how, 'value.atMost', { value: render(hi) }) : say(how, 'value.unknown')
}

const amounts = new Map<string, string>()
const MAX_AMOUNTS = 20_000

/** Scaled integer → number in words' units: `300000` at scale 3 in `JOD/month` → "JOD 300 a month". */
export function renderAmount(value: number, scale: number, unit: string | null, how: Voice, grammar: Case = 'nominative'): string {
  if (amounts.size > MAX_AMOUNTS) amounts.clear()
  return cached(amounts, `${value} ${scale} ${unit} ${how.locale} ${grammar}`, () => amount(value, scale, unit, how, grammar))
}

function amount(value: number, scale: number, unit: string | null, how: Voice, grammar: Case): string {
  const v = renderNumber(value, scale, unit?.startsWith('JOD') ?? false, how)
  if (unit === null) return v
  const [base = '', ...pers] = unit.split('/')
  // The plural is chosen by a float near the value, which decides a word and nothing else.
  const parts = { v, n: Math.abs(value) / 10 ** scale, case: grammar, unit: base }
  const id = `unit.${base}`
  const counted = isMessageId(id) ? say(how, id, parts) : say(how, /^[A-Z]{3}$/.test(base) ? 'unit.money' : 'unit.other', parts)
  return [counted, ...pers.map((per) => say(how, perMessage(per), { unit: per }))].join(' ')
}

export const renderDate = (day: number, how: Voice): string =>
  cached(dateFormats, how.locale, () => new Intl.DateTimeFormat(how.locale, { dateStyle: 'long', timeZone: 'UTC' })).format(
    new Date(day * 86_400_000),
  )

/** `a, b or c`; with a conjunction `a, b and c`. */
export const renderList = (items: readonly string[], how: Voice, type: 'disjunction' | 'conjunction' = 'disjunction'): string =>
  cached(listFormats, `${how.locale} ${type}`, () => new Intl.ListFormat(how.locale, { type })).format(items)

const dateFormats = new Map<string, Intl.DateTimeFormat>()
const listFormats = new Map<string, Intl.ListFormat>()
const numberFormats = new Map<string, Intl.NumberFormat>()

/** Exact digits: the number is formatted from its text. Money shows all its places or none; other numbers drop trailing zeros. */
function renderNumber(value: number, scale: number, isMoney: boolean, how: Voice): string {
  const text = formatDecimal(value, scale)
  const isWhole = !/\.\d*[1-9]/.test(text)
  const least = isMoney && !isWhole ? scale : 0
  const format = cached(
    numberFormats,
    `${how.locale} ${least} ${scale}`,
    () => new Intl.NumberFormat(how.locale, { minimumFractionDigits: least, maximumFractionDigits: scale }),
  )
  return format.format(text as Intl.StringNumericLiteral)
}

const perMessage = (per: string): MessageId => (isMessageId(`per.${per}`) ? (`per.${per}` as MessageId) : 'per.other')

function cached<T>(store: Map<string, T>, key: string, make: () => T): T {
  const found = store.get(key) ?? make()
  store.set(key, found)
  return found
}
