/** How the report says words, numbers, amounts and names in one language. */
import { dayNumber } from '../../kernel/date.ts'
import type { Words } from '../../language/fact-space.ts'
import { type Language, voice } from '../../language/messages.ts'
import { renderDate } from '../../language/render-value.ts'
import { measureDefinitions } from '../measures/measure-definitions.ts'
import type { MeasureDefinition } from '../measures/measure-definition.ts'
import type { ReportNames } from './report-subject.ts'
import { reportWords, type ReportWord } from './report-words.ts'

export interface Speaker {
  readonly language: Language
  readonly isRightToLeft: boolean
  readonly say: (word: ReportWord, values?: Readonly<Record<string, string>>) => string
  readonly of: (words: Words | null) => string
  /** Of a programme, formula, parameter, definition or rule; its id where it has no name. */
  readonly name: (kind: string, id: string) => string
  readonly count: (value: number) => string
  readonly number: (value: number, places: number) => string
  readonly signed: (value: number, places: number) => string
  /** Of a share, in per cent; more places where it is asked for. */
  readonly percent: (share: number, places?: number) => string
  /** Thousandths of the currency, to the thousandth. */
  readonly money: (thousandths: number) => string
  readonly moneyChange: (thousandths: number) => string
  readonly date: (iso: string) => string
  /** A count or an amount that may be withheld, as text. */
  readonly told: (value: number | null, shown: (value: number) => string, withheld: ReportWord) => string
  readonly measure: (id: string) => { readonly name: string; readonly definition: string; readonly source: string }
}

export function speaker(language: Language, names: ReportNames): Speaker {
  const how = voice(language)
  const kept = new Map<string, Intl.NumberFormat>()
  const written = (value: number, options: Intl.NumberFormatOptions): string => {
    const key = JSON.stringify(options)
    const known = kept.get(key) ?? new Intl.NumberFormat(how.locale, options)
    kept.set(key, known)
    return known.format(value)
  }
  const say: Speaker['say'] = (word, values = {}) =>
    reportWords[word][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  const money = (thousandths: number, signDisplay: 'auto' | 'exceptZero'): string => {
    const places = thousandths % 1000 === 0 ? 0 : 3
    return written(thousandths / 1000, { minimumFractionDigits: places, maximumFractionDigits: places, signDisplay })
  }
  return {
    language,
    isRightToLeft: language === 'ar',
    say,
    of: (words) => words?.[language] ?? say('unknownGroup'),
    name: (kind, id) => names[`${kind}/${id}`]?.[language] ?? id,
    count: (value) => written(value, { maximumFractionDigits: 0 }),
    number: (value, places) => written(value, { minimumFractionDigits: places, maximumFractionDigits: places }),
    signed: (value, places) => written(value, { minimumFractionDigits: places, maximumFractionDigits: places, signDisplay: 'exceptZero' }),
    percent: (share, places = 0) => written(share, { style: 'percent', minimumFractionDigits: places, maximumFractionDigits: places }),
    money: (thousandths) => money(thousandths, 'auto'),
    moneyChange: (thousandths) => money(thousandths, 'exceptZero'),
    date: (iso) => {
      const day = dayNumber(iso.slice(0, 10))
      return day === null ? iso : renderDate(day, how)
    },
    told: (value, shown, withheld) => (value === null ? say(withheld) : shown(value)),
    measure: (id) => {
      const { name, definition, source } = measureDefinitions.get(id) as MeasureDefinition
      return { name: name[language], definition: definition[language], source }
    },
  }
}
