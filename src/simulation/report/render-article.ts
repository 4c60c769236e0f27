/** The report in one language: an article with all its sections. */
import type { Language } from '../../language/messages.ts'
import { policyKeys } from './charts/policy-marks.ts'
import { notice, type Page } from './figure.ts'
import { type Content, html, type Markup } from '../../kernel/markup.ts'
import { directionOf, OWN_NAMES, titleOf } from './report-file.ts'
import type { ToldResult } from '../result.ts'
import { policiesOf, type ReportSubject } from './report-subject.ts'
import type { ReportWord } from './report-words.ts'
import { askedSection } from './sections/asked.ts'
import { costSection } from './sections/cost.ts'
import { cutOffSection } from './sections/cut-offs.ts'
import { fairnessSection } from './sections/fairness.ts'
import { filtersSection } from './sections/filters.ts'
import { hasSample, onSampleSection } from './sections/on-sample.ts'
import { hasLeftOut, leftOutSection } from './sections/left-out.ts'
import { moversSection } from './sections/movers.ts'
import { povertySection } from './sections/poverty.ts'
import { ranksSection } from './sections/ranks.ts'
import { targetingSection } from './sections/targeting.ts'
import { speaker as speakerOf } from './speak.ts'

function lineOf({ speaker }: Page, reference: ToldResult['reference']): readonly (readonly [ReportWord, Content])[] {
  if (!reference) return []
  const { line, scale } = reference
  if (!scale) return [['line', speaker.money(line)]]
  const places = (thousandths: number): string => speaker.number(thousandths / 1000, 3)
  const words =
    scale.kind === 'byAge'
      ? speaker.say('scaleByAge', { adult: places(scale.adult), child: places(scale.child), years: speaker.count(scale.childUnder) })
      : speaker.say('scaleBySize', { sizes: scale.sizes.map(places).join(speaker.isRightToLeft ? '، ' : ', ') })
  const source = scale.source === null ? null : html` (<bdi>${scale.source}</bdi>)`
  return [
    ['lineOfEquivalents', speaker.money(line)],
    ['scale', html`${words}${source}`],
  ]
}

interface Section {
  readonly id: string
  readonly title: ReportWord
  readonly write: (page: Page) => Markup
  /** Absent: always. */
  readonly isIn?: (told: ToldResult) => boolean
}

const SECTIONS: readonly Section[] = [
  { id: 'asked', title: 'askedTitle', write: askedSection },
  { id: 'cost', title: 'costTitle', write: costSection },
  { id: 'movers', title: 'moversTitle', write: moversSection },
  { id: 'poverty', title: 'povertyTitle', write: povertySection },
  { id: 'targeting', title: 'targetingTitle', write: targetingSection },
  { id: 'on-sample', title: 'onSampleTitle', write: onSampleSection, isIn: hasSample },
  { id: 'filters', title: 'filtersTitle', write: filtersSection },
  { id: 'fairness', title: 'fairnessTitle', write: fairnessSection },
  { id: 'ranks', title: 'ranksTitle', write: ranksSection },
  { id: 'cut-off', title: 'cutOffTitle', write: cutOffSection },
  { id: 'left-out', title: 'leftOutTitle', write: leftOutSection, isIn: hasLeftOut },
]

/** `languages`: those of the file, to lead from one to the other. */
export function renderArticle(subject: ReportSubject, language: Language, languages: readonly Language[]): string {
  const speaker = speakerOf(language, subject.names)
  const policies = policiesOf(subject.told)
  let ids = 0
  const page: Page = { subject, speaker, policies, keys: policyKeys(policies, speaker), newId: () => `${language}-chart-${++ids}` }
  const { markup } = html`<article id="${language}" lang="${language}" dir="${directionOf(language)}">
    ${head(page, languages)} ${sectionsOf(page).map(({ write }) => write(page))}${origin(page)}
  </article> `
  return markup
}

const sectionsOf = ({ subject: { told } }: Page): Section[] => SECTIONS.filter(({ isIn }) => isIn?.(told) ?? true)

function head(page: Page, languages: readonly Language[]): Markup {
  const { speaker, subject } = page
  const { say, language } = speaker
  const { told, finishedAt } = subject
  const counted = (value: number | null): string => (value === null ? say('fewer') : speaker.count(value))
  const about: readonly (readonly [ReportWord, Content])[] = [
    ['asOf', speaker.date(told.asOf)],
    ['households', counted(told.households)],
    ['persons', counted(told.persons)],
    ...lineOf(page, told.reference),
    ...(finishedAt === null ? [] : [['finished', speaker.date(finishedAt)] as const]),
    ['told', say(told.exact ? 'exact' : 'disclosed')],
  ]
  const others = languages.filter((other) => other !== language)
  return html`<header>
    <h1>${titleOf(subject.request.name, language)}</h1>
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
        ${sectionsOf(page).map(({ id, title }) => html`<li><a href="#${language}-${id}">${say(title)}</a></li>`)}${others.map(
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
