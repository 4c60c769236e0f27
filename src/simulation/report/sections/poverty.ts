/** Poverty, inequality and Lorenz curves of all policies side by side. */
import { curveDifferences, type PolicyCurve, shareCurves } from '../charts/curves.ts'
import { policyName } from '../charts/policy-marks.ts'
import { definition, figure, named, notice, type Page, section, table } from '../figure.ts'
import { html, type Markup } from '../../../kernel/markup.ts'
import type { ToldMeasures } from '../report-subject.ts'
import type { Speaker } from '../speak.ts'

interface Shown {
  readonly id: string
  readonly of: (measures: ToldMeasures) => number | null
  readonly as: (value: number, speaker: Speaker) => string
}

const percent = (value: number, { percent: say }: Speaker): string => say(value, 1)
const index = (value: number, { number }: Speaker): string => number(value, 3)

const SHOWN: readonly Shown[] = [
  { id: 'poverty-headcount', of: ({ poverty }) => poverty.headcount, as: percent },
  { id: 'poverty-gap', of: ({ poverty }) => poverty.povertyGap, as: (value, { percent: say }) => say(value, 2) },
  { id: 'poverty-severity', of: ({ poverty }) => poverty.severity, as: (value, { percent: say }) => say(value, 2) },
  { id: 'gini', of: ({ inequality }) => inequality.gini, as: index },
  { id: 's80-s20', of: ({ inequality }) => inequality.s80s20, as: (value, { number }) => number(value, 2) },
  { id: 'at-risk-of-poverty-rate', of: ({ inequality }) => inequality.atRiskOfPoverty, as: percent },
  { id: 'at-risk-of-poverty-gap', of: ({ inequality }) => inequality.medianGap, as: percent },
]

export function povertySection(page: Page): Markup {
  const { speaker, policies } = page
  const { say } = speaker
  const measured = policies.flatMap((policy) => (policy.measures ? [{ ...policy, measures: policy.measures }] : []))
  const title = say('povertyTitle')
  if (measured.length === 0) return section(page, { id: 'poverty', title, body: html`<p>${say('noReference')}</p>` })
  return section(page, {
    id: 'poverty',
    title,
    body: [
      html`<p>${say('povertyLead')}</p>`,
      table({
        caption: title,
        head: [say('measure'), ...measured.map((policy) => named(policyName(policy, speaker)))],
        rows: SHOWN.map(({ id, of, as }) => [
          speaker.measure(id).name,
          ...measured.map(({ measures }) => speaker.told(of(measures), (value) => as(value, speaker), 'notMeasured')),
        ]),
      }),
      html`<div class="definitions">${SHOWN.map(({ id }) => definition(speaker, id))}${notice(page)}</div>`,
      lorenzFigures(
        page,
        measured.map(({ place, measures }) => ({ place, points: measures.lorenz })),
      ),
    ],
  })
}

const SIZE = 330

function lorenzFigures(page: Page, curves: readonly PolicyCurve[]): Markup {
  const { speaker, newId } = page
  const { say } = speaker
  const title = say('lorenzFigure')
  const differs = say('lorenzDifferenceFigure')
  return figure(page, {
    title: speaker.measure('lorenz-curve').name,
    charts: [
      html`<div>
        <h5>${title}</h5>
        ${shareCurves(newId(), curves, speaker, { title, description: curvesInWords(page, curves), x: say('sharePeople'), y: say('shareWelfare') }, SIZE)}
      </div>`,
      curves.length < 2
        ? null
        : html`<div>
            <h5>${differs}</h5>
            ${curveDifferences(
              newId(),
              curves,
              speaker,
              {
                title: differs,
                description: say('lorenzDifference'),
                x: say('sharePeople'),
                y: say('hundredthsOfWelfare'),
              },
              SIZE,
            )}
          </div>`,
    ],
    policies: curves.map(({ place }) => place),
    measures: ['lorenz-curve'],
    text: `${say('equality')} ${say('lorenzDifference')}`,
    isMeasured: true,
  })
}

/** What the poorest two, five and eight tenths have, by policy. */
export function curvesInWords({ speaker, policies }: Page, curves: readonly PolicyCurve[]): string {
  return curves
    .map(({ place, points }) => {
      const values = [0.2, 0.5, 0.8].map((population) => {
        const amount = points.find((point) => Math.abs(point.population - population) < 1e-9)?.amount ?? null
        return `${speaker.percent(population)}: ${speaker.told(amount, (share) => speaker.percent(share, 1), 'notMeasured')}`
      })
      const policy = policies[place]
      return speaker.say('perPolicy', { policy: policy ? policyName(policy, speaker) : '', values: values.join(', ') })
    })
    .join('; ')
}
