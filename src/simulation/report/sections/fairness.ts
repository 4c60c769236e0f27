/** Errors of exclusion by group with their intervals, of the programmes that a scenario touches. */
import { intervals, type IntervalRow } from '../charts/intervals.ts'
import { policyName } from '../charts/policy-marks.ts'
import { figure, type Page, section } from '../figure.ts'
import { html, type Markup } from '../../../kernel/markup.ts'
import { isAffected, type Policy } from '../report-subject.ts'
import { measuredProgrammes, type MeasuredProgramme } from './targeting.ts'

export function fairnessSection(page: Page): Markup {
  const { speaker, subject } = page
  const title = speaker.say('fairnessTitle')
  const all = measuredProgrammes(page)
  if (all.length === 0) return section(page, { id: 'fairness', title, body: html`<p>${speaker.say('noReference')}</p>` })
  const touched = new Map<string, number[]>()
  subject.told.scenarios.forEach(({ programmes }, index) => {
    for (const one of programmes.filter(isAffected)) touched.set(one.programme, [...(touched.get(one.programme) ?? [0]), index + 1])
  })
  // Where nothing changes the baseline is still worth knowing.
  const shown = touched.size === 0 ? all : all.filter(({ id }) => touched.has(id))
  return section(page, { id: 'fairness', title, body: shown.map((one) => programmeFairness(page, one, touched.get(one.id) ?? [0])) })
}

function programmeFairness(page: Page, { id, under }: MeasuredProgramme, places: readonly number[]): Markup {
  const { speaker, newId } = page
  const { say } = speaker
  const programme = speaker.name('programme', id)
  const title = say('fairnessFigure', { programme })
  const compared = under.filter(({ policy }) => places.includes(policy.place))
  const rows = fairnessRows(page, compared)
  const description = rows
    .filter(({ isTitle }) => !isTitle)
    .map(({ label, rates }) => {
      const values = rates.map(({ place, rate, interval }) => {
        const between = interval ? ` (${speaker.percent(interval.low)}–${speaker.percent(interval.high)})` : ''
        const shown = speaker.told(rate, (value) => speaker.percent(value, 1), 'tooSmall')
        return `${policyName(page.policies[place] as Policy, speaker)} ${shown}${between}`
      })
      return say('perPolicy', { policy: label, values: values.join(', ') })
    })
  return figure(page, {
    title,
    charts: intervals(newId(), rows, places, speaker, { title, description: description.join('; '), tooSmall: say('tooSmall') }),
    policies: places,
    measures: ['group-rate', 'exclusion-error'],
    text: say('fairnessDefinition'),
    isMeasured: true,
  })
}

function fairnessRows({ speaker, subject }: Page, compared: MeasuredProgramme['under']): IntervalRow[] {
  return (compared[0]?.targeting.fairness ?? []).flatMap(({ breakdown, groups }, at) => [
    { label: speaker.of(subject.told.breakdowns.find(({ id }) => id === breakdown)?.label ?? null), isTitle: true, rates: [] },
    ...groups.map(({ group }, place) => ({
      label: speaker.of(group),
      isTitle: false,
      rates: compared.map(({ policy, targeting }) => {
        const { rate = null, interval = null } = targeting.fairness[at]?.groups[place] ?? {}
        return { place: policy.place, rate, interval }
      }),
    })),
  ])
}
