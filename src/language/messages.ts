/** The words of explanations: ICU messages in English and Arabic, the same ids in both or it does not compile. */
import { IntlMessageFormat } from 'intl-messageformat'
import ar from './messages/ar.json' with { type: 'json' }
import en from './messages/en.json' with { type: 'json' }

export type MessageId = keyof typeof en
export type Language = 'en' | 'ar'
/** Digits of numbers and dates: 0123 or ٠١٢٣. */
export type Digits = 'latn' | 'arab'

export const messages: Readonly<Record<Language, Readonly<Record<MessageId, string>>>> = { en, ar }

export interface Voice {
  readonly language: Language
  readonly digits: Digits
  /** BCP 47 tag with an explicit numbering system and the Gregorian calendar. */
  readonly locale: string
}

/** How to speak; Latin digits unless asked otherwise, as Jordanian public bodies mostly write. */
export const voice = (language: Language, digits: Digits = 'latn'): Voice => ({
  language,
  digits,
  locale: `${language === 'ar' ? 'ar-JO' : 'en-GB'}-u-ca-gregory-nu-${digits}`,
})

export const isMessageId = (id: string): id is MessageId => Object.hasOwn(en, id)

type Values = Readonly<Record<string, string | number>>

const compiled = new Map<string, (values: Values) => string>()

/** A message with its values put in. Texts are put in as they are; the number `n` or `count` chooses the plural. */
export function say(how: Voice, id: MessageId, values: Values = {}): string {
  const key = `${how.locale} ${id}`
  let render = compiled.get(key)
  if (render === undefined) {
    render = compileMessage(messages[how.language][id], how.locale)
    compiled.set(key, render)
  }
  return render(values)
}

/** Messages that only put texts in, which most are, need no ICU: ten times faster, and explanations are made of them. */
function compileMessage(text: string, locale: string): (values: Values) => string {
  if (/^(?:[^{}']|\{\w+\})*$/.test(text)) {
    const pieces = text.split(/\{(\w+)\}/)
    return (values) => pieces.map((piece, index) => (index % 2 === 0 ? piece : String(values[piece]))).join('')
  }
  const format = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })
  return (values) => String(format.format(values))
}
