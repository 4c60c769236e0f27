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

const compiled = new Map<string, IntlMessageFormat>()

/** A message with its values put in. Texts are put in as they are; the number `n` or `count` chooses the plural. */
export function say(how: Voice, id: MessageId, values: Readonly<Record<string, string | number>> = {}): string {
  const key = `${how.locale} ${id}`
  let format = compiled.get(key)
  if (format === undefined) {
    format = new IntlMessageFormat(messages[how.language][id], how.locale, undefined, { ignoreTag: true })
    compiled.set(key, format)
  }
  return String(format.format(values))
}
