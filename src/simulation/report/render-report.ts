/** The report: one HTML file in Arabic, English or both, without scripts and without anything from elsewhere. */
import type { Language } from '../../language/messages.ts'
import { policyKeys } from './charts/policy-marks.ts'
import { notice, type Page } from './figure.ts'
import { type Content, html, type Markup, trusted } from './markup.ts'
import { policiesOf, type ReportLanguage, type ReportSubject } from './report-subject.ts'
import { REPORT_POLICY } from './report-policy.ts'
import { REPORT_STYLE } from './report-style.ts'
import type { ReportWord } from './report-words.ts'
import { askedSection } from './sections/asked.ts'
import { costSection } from './sections/cost.ts'
import { fairnessSection } from './sections/fairness.ts'
import { moversSection } from './sections/movers.ts'
import { povertySection } from './sections/poverty.ts'
import { cutOffSection, ranksSection } from './sections/ranks.ts'
import { targetingSection } from './sections/targeting.ts'
import { type Speaker, speaker as speakerOf } from './speak.ts'

const SECTIONS: readonly { readonly id: string; readonly title: ReportWord; readonly write: (page: Page) => Markup }[] = [
  { id: 'asked', title: 'askedTitle', write: askedSection },
  { id: 'cost', title: 'costTitle', write: costSection },
  { id: 'movers', title: 'moversTitle', write: moversSection },
  { id: 'poverty', title: 'povertyTitle', write: povertySection },
  { id: 'targeting', title: 'targetingTitle', write: targetingSection },
  { id: 'fairness', title: 'fairnessTitle', write: fairnessSection },
  { id: 'ranks', title: 'ranksTitle', write: ranksSection },
  { id: 'cut-off', title: 'cutOffTitle', write: cutOffSection },
]

export function renderReport(subject: ReportSubject, asked: ReportLanguage): string {
  const languages: readonly Language[] = asked === 'both' ? ['ar', 'en'] : [asked]
  const [first = 'en'] = languages
  const { markup } = html`<!doctype html>
    <html lang="${first}" dir="${directionOf(first)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}" />
        <meta name="referrer" content="no-referrer" />
        <title>${titleOf(subject, speakerOf(first, subject.names))}</title>
        <style>
          ${trusted(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <main>${languages.map((language) => article(subject, language, languages))}</main>
      </body>
    </html> `
  return markup
}

/** The name is somebody's, in whatever direction: isolated. */
const titleOf = ({ request }: ReportSubject, { say }: Speaker): string => say('title', { name: `\u2068${request.name}\u2069` })

/** Languages name themselves. */
const OWN_NAMES: Readonly<Record<Language, string>> = { ar: 'العربية', en: 'English' }

const directionOf = (language: Language): 'rtl' | 'ltr' => (language === 'ar' ? 'rtl' : 'ltr')

function article(subject: ReportSubject, language: Language, languages: readonly Language[]): Markup {
  const speaker = speakerOf(language, subject.names)
  const policies = policiesOf(subject.told)
  let ids = 0
  const page: Page = { subject, speaker, policies, keys: policyKeys(policies, speaker), newId: () => `${language}-chart-${++ids}` }
  return html`<article id="${language}" lang="${language}" dir="${directionOf(language)}">
    ${head(page, languages)} ${SECTIONS.map(({ write }) => write(page))}${origin(page)}
  </article> `
}

function head(page: Page, languages: readonly Language[]): Markup {
  const { speaker, subject } = page
  const { say, language } = speaker
  const { told, finishedAt } = subject
  const about: readonly (readonly [ReportWord, Content])[] = [
    ['asOf', speaker.date(told.asOf)],
    ['households', speaker.count(told.households)],
    ['persons', speaker.count(told.persons)],
    ...(told.reference ? [['line', speaker.money(told.reference.line)] as const] : []),
    ...(finishedAt === null ? [] : [['finished', speaker.date(finishedAt)] as const]),
    ['told', say(told.exact ? 'exact' : 'disclosed')],
  ]
  const others = languages.filter((other) => other !== language)
  return html`<header>
    <h1>${titleOf(subject, speaker)}</h1>
    <p>${say('subject')}</p>
    ${notice(page)}
    <dl class="about">
      ${about.map(
        ([word, value]) =>
          html`<dt>${say(word)}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <nav aria-label="${say('contents')}">
      <ul>
        ${SECTIONS.map(({ id, title }) => html`<li><a href="#${language}-${id}">${say(title)}</a></li>`)}${others.map(
          (other) => html`<li><a href="#${other}" lang="${other}">${OWN_NAMES[other]}</a></li>`,
        )}
      </ul>
    </nav>
  </header>`
}

function origin({ subject, speaker }: Page): Markup {
  const { told, manifestHash } = subject
  const { say } = speaker
  const hashes: readonly (readonly [ReportWord, string | null])[] = [
    ['simulation', subject.id],
    ['run', told.run],
    ['snapshot', told.snapshot],
    ['versionSet', told.versionSet],
    ['manifest', manifestHash],
  ]
  return html`<section>
    <h2>${say('originTitle')}</h2>
    <dl class="about">
      ${hashes.map(([word, hash]) =>
        hash === null
          ? null
          : html`<dt>${say(word)}</dt>
              <dd><code dir="ltr">${hash}</code></dd>`,
      )}
    </dl>
    <p>${say('again')}</p>
  </section> `
}
