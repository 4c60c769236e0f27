/** What an uploaded sample says: where it comes from, poverty and errors on it for every policy, and what cannot be measured on it. */
import { html, type Markup } from '../../../kernel/markup.ts'
import type { ToldResult } from '../../result.ts'
import { policyName } from '../charts/policy-marks.ts'
import { named, type Page, section, table } from '../figure.ts'
import type { Policy } from '../report-subject.ts'
import type { ReportWord } from '../report-words.ts'
import type { Speaker } from '../speak.ts'

type OnSample = NonNullable<ToldResult['baseline']['onSample']>
type Welfare = OnSample['persons']
type Programme = OnSample['programmes'][number]
type Formula = OnSample['formulas'][number]
type Who = 'persons' | 'households'

export const hasSample = ({ sample }: ToldResult): boolean => sample !== undefined

export function onSampleSection(page: Page): Markup {
  const { speaker, policies, subject } = page
  const { say } = speaker
  const { sample } = subject.told
  if (!sample) return html``
  const measured = policies.flatMap((policy) => (policy.onSample ? [{ policy, onSample: policy.onSample }] : []))
  const programmes = [...new Set(measured.flatMap(({ onSample }) => onSample.programmes.map(({ programme }) => programme)))]
  return section(page, {
    id: 'on-sample',
    title: say('onSampleTitle'),
    body: [
      html`<p>${say('onSampleLead')}</p>`,
      about(page, sample),
      welfareTable(page, 'persons', sample.before.persons, measured),
      welfareTable(page, 'households', sample.before.households, measured),
      programmes.map((programme) => errorsTable(page, programme, measured)),
      measured.map((one) => one.onSample.formulas.map((formula) => cutOffTable(page, one.policy, formula, measured[0]))),
      limits(page, sample, measured[0]?.onSample.unknownFacts ?? []),
    ],
  })
}

interface OnPolicy {
  readonly policy: Policy
  readonly onSample: OnSample
}

function about({ speaker }: Page, sample: NonNullable<ToldResult['sample']>): Markup {
  const { say } = speaker
  const count = (value: number | null): string => speaker.told(value, speaker.count, 'fewer')
  const lines: readonly (readonly [ReportWord, Markup | string])[] = [
    ['sampleName', named(sample.name)],
    ['sampleSource', named(sample.source)],
    ['sampleRows', count(sample.rowsUsed)],
    ['sampleFaulty', count(sample.rowsFaulty)],
    ['sampleStandsFor', count(sample.households)],
    ['sampleUnit', html`<code dir="ltr">${sample.welfareUnit}</code>`],
    ['line', speaker.money(sample.line)],
    ['sampleContent', html`<code dir="ltr">${sample.contentHash}</code>`],
  ]
  return html`${sample.stamp ? html`<p class="notice">${speaker.of(sample.stamp)}</p>` : null}
    <dl class="about">
      ${lines.map(
        ([word, value]) =>
          html`<dt>${say(word)}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`
}

const percent = (value: number, { percent: say }: Speaker): string => say(value, 1)
const index = (value: number, { number }: Speaker): string => number(value, 3)

type Sampling = { readonly low: number; readonly high: number } | null | undefined

/** A figure with its interval. */
const between = (value: string, sampling: Sampling, as: typeof percent, speaker: Speaker): string =>
  sampling ? `${value} (${as(sampling.low, speaker)}–${as(sampling.high, speaker)})` : value

interface Row<T> {
  readonly id: string
  readonly of: (from: T) => number | null
  readonly sure?: (from: T) => Sampling
  readonly as: typeof percent
}

const WELFARE: readonly Row<Welfare>[] = [
  { id: 'poverty-headcount', of: ({ poverty }) => poverty.headcount, sure: ({ sampling }) => sampling?.headcount, as: percent },
  { id: 'poverty-gap', of: ({ poverty }) => poverty.povertyGap, sure: ({ sampling }) => sampling?.povertyGap, as: percent },
  { id: 'poverty-severity', of: ({ poverty }) => poverty.severity, sure: ({ sampling }) => sampling?.severity, as: percent },
  { id: 'gini', of: ({ inequality }) => inequality.gini, as: index },
  { id: 's80-s20', of: ({ inequality }) => inequality.s80s20, as: index },
]

function welfareTable({ speaker }: Page, who: Who, before: Welfare, measured: readonly OnPolicy[]): Markup {
  const { say } = speaker
  return table({
    caption: say(who === 'persons' ? 'samplePersons' : 'sampleHouseholds'),
    head: [say('measure'), say('beforeTransfers'), ...measured.map(({ policy }) => named(policyName(policy, speaker)))],
    rows: WELFARE.map(({ id, of, sure, as }) => [
      speaker.measure(id).name,
      ...[before, ...measured.map(({ onSample }) => onSample[who])].map((welfare) =>
        speaker.told(of(welfare), (value) => between(as(value, speaker), sure?.(welfare), as, speaker), 'notMeasured'),
      ),
    ]),
  })
}

const error = (id: string, who: Who, of: 'coverage' | 'inclusionError' | 'exclusionError'): Row<Programme> => ({
  id,
  of: (one) => one[who][of],
  sure: (one) => one[who].sampling?.[of],
  as: percent,
})

const ERRORS: readonly Row<Programme>[] = [
  error('coverage', 'households', 'coverage'),
  error('inclusion-error', 'households', 'inclusionError'),
  error('exclusion-error', 'households', 'exclusionError'),
  error('inclusion-error', 'persons', 'inclusionError'),
  error('exclusion-error', 'persons', 'exclusionError'),
  { id: 'coady-grosh-hoddinott', of: ({ coadyGroshHoddinott }) => coadyGroshHoddinott, as: index },
]
/** Which of them are of persons. */
const OF_PERSONS = [3, 4]

function errorsTable({ speaker }: Page, programme: string, measured: readonly OnPolicy[]): Markup {
  const { say } = speaker
  const own = measured.flatMap(({ policy, onSample }) => {
    const found = onSample.programmes.find((one) => one.programme === programme)
    return found ? [{ policy, found }] : []
  })
  return table({
    caption: speaker.name('programme', programme),
    head: [say('measure'), ...own.map(({ policy }) => named(policyName(policy, speaker)))],
    rows: ERRORS.map(({ id, of, sure, as }, place) => [
      OF_PERSONS.includes(place) ? say('ofPersons', { measure: speaker.measure(id).name }) : speaker.measure(id).name,
      ...own.map(({ found }) => speaker.told(of(found), (value) => between(as(value, speaker), sure?.(found), as, speaker), 'notMeasured')),
    ]),
  })
}

/** Some of the cut-offs, evenly, so that a page holds them; a scenario's where they are not the baseline's. */
function cutOffTable({ speaker }: Page, policy: Policy, formula: Formula, baseline: OnPolicy | undefined): Markup | null {
  const { say } = speaker
  const same = baseline?.onSample.formulas.find((one) => one.formula === formula.formula)
  if (formula.cutOffs.length === 0 || (policy !== baseline?.policy && JSON.stringify(same) === JSON.stringify(formula))) return null
  const every = Math.ceil(formula.cutOffs.length / CUT_OFFS_SHOWN)
  const shown = formula.cutOffs.filter((_, place) => (place + 1) % every === 0 || place === formula.cutOffs.length - 1)
  const told = (value: number | null): string => speaker.told(value, (share) => speaker.percent(share, 1), 'notMeasured')
  return table({
    caption: say('errorsAtCutOffs', { formula: speaker.name('formula', formula.formula), policy: policyName(policy, speaker) }),
    head: [
      say('cutOff'),
      speaker.measure('coverage').name,
      speaker.measure('inclusion-error').name,
      speaker.measure('exclusion-error').name,
      say('ofPersons', { measure: speaker.measure('inclusion-error').name }),
      say('ofPersons', { measure: speaker.measure('exclusion-error').name }),
    ],
    rows: shown.map(({ score, households, persons }) => [
      speaker.number(score / 1_000_000, score % 1_000_000 === 0 ? 0 : 3),
      told(households.coverage),
      told(households.inclusionError),
      told(households.exclusionError),
      told(persons.inclusionError),
      told(persons.exclusionError),
    ]),
  })
}

const CUT_OFFS_SHOWN = 25

function limits({ speaker }: Page, { notMeasured }: NonNullable<ToldResult['sample']>, unknownFacts: readonly string[]): Markup {
  const { say } = speaker
  return html`<h4>${say('notOnSample')}</h4>
    <ul>
      ${notMeasured.map(
        ({ programme, because }) =>
          html`<li>${programme === null ? null : html`<b>${speaker.name('programme', programme)}</b>: `}${speaker.of(because)}</li>`,
      )}
      ${unknownFacts.length === 0 ? null : html`<li>${say('unknownOnSample')} <code dir="ltr">${unknownFacts.join(', ')}</code></li>`}
    </ul>`
}
