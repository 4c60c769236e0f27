/** The report's file around its articles: one HTML file, without scripts and without anything from elsewhere. */
import type { Language } from '../../language/messages.ts'
import { html, trusted } from '../../kernel/markup.ts'
import type { ReportLanguage } from './report-subject.ts'
import { REPORT_POLICY } from './report-policy.ts'
import { REPORT_STYLE } from './report-style.ts'
import { reportWords } from './report-words.ts'

/** In the order of the file. */
export const languagesOf = (asked: ReportLanguage): readonly Language[] => (asked === 'both' ? ['ar', 'en'] : [asked])

/** Languages name themselves. */
export const OWN_NAMES: Readonly<Record<Language, string>> = { ar: 'العربية', en: 'English' }

export const directionOf = (language: Language): 'rtl' | 'ltr' => (language === 'ar' ? 'rtl' : 'ltr')

/** The name is somebody's, in whatever direction: isolated. */
export const titleOf = (name: string, language: Language): string =>
  reportWords.title[language].replace('{name}', () => `\u2068${name}\u2069`)

/** `name` is the simulation's, `articles` HTML in the order of the languages. */
export function reportFile(name: string, languages: readonly Language[], articles: readonly string[]): string {
  const [first = 'en'] = languages
  const { markup } = html`<!doctype html>
    <html lang="${first}" dir="${directionOf(first)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}" />
        <meta name="referrer" content="no-referrer" />
        <title>${titleOf(name, first)}</title>
        <style>
          ${trusted(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <main>${articles.map(trusted)}</main>
      </body>
    </html> `
  return markup
}
