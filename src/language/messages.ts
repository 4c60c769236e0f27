/** The words of explanations: ICU messages in English and Arabic, the same ids in both or it does not compile. */
import ar from './messages/ar.json' with { type: 'json' }
import en from './messages/en.json' with { type: 'json' }

export type MessageId = keyof typeof en
export type Language = 'en' | 'ar'

export const messages: Readonly<Record<Language, Readonly<Record<MessageId, string>>>> = { en, ar }
