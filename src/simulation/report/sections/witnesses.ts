/** Made households for each kind of change of a rule, with what the rule says of them before and after. */
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import { named, type Page, table } from '../figure.ts'
import type { ToldScenario } from '../../result.ts'
import type { ReportWord } from '../report-words.ts'

type Difference = NonNullable<NonNullable<ToldScenario['witnesses']>[number]['difference']>
type Witness = NonNullable<Difference['changes'][number]['witness']>

const OUTCOME = { eligible: 'isEligible', ineligible: 'isIneligible', undetermined: 'isUndetermined' } as const

/** Nothing where none were asked for, or no rule decides otherwise. */
export function witnessesOf({ speaker }: Page, { witnesses = [] }: ToldScenario): Content {
  const { say, language } = speaker
  if (witnesses.length === 0) return null
  const outcome = (is: string): string => say(OUTCOME[is as keyof typeof OUTCOME] satisfies ReportWord)
  const row = ({ from, to }: Difference['changes'][number], { words }: Witness): readonly Content[] => {
    const { household, before, after } = words[language]
    return [`${say('before')}: ${outcome(from)}; ${say('after')}: ${outcome(to)}`, lines(household), lines(before), lines(after)]
  }
  const tables = witnesses.map(({ programme, difference }) => {
    const caption = speaker.name('programme', programme)
    if (difference === null) return html`<p>${caption}: ${say('witnessesTooLarge')}</p>`
    const rows = difference.changes.flatMap((change) => (change.witness ? [row(change, change.witness)] : []))
    return table({ caption, head: [say('change'), say('madeHousehold'), say('before'), say('after')], rows, words: 4 })
  })
  return [
    html`<h4>${say('witnessesTitle')}</h4>
      <p>${say('witnessesLead')}</p>`,
    tables,
  ]
}

const lines = (texts: readonly string[]): Markup =>
  html`<ul>
    ${texts.map((text) => html`<li>${named(text)}</li>`)}
  </ul>`
