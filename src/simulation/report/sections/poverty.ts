/** Poverty, inequality and Lorenz curves of all policies side by side. */
import { curveDifferences, type PolicyCurve, shareCurves } from '../charts/curves.ts'
import { policyName } from '../charts/policy-marks.ts'
import { definition, figure, named, notice, type Page, section, table } from '../figure.ts'
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import type { Policy, ToldMeasures } from '../report-subject.ts'
import type { Speaker } from '../speak.ts'

/** Of a policy, or of before any transfer. */
type Welfare = Pick<ToldMeasures, 'poverty' | 'inequality'>

interface Shown {
  readonly id: string
  /** Beside the name of the measure. */
  readonly term?: string
  /** Undefined of an older result. */
  readonly of: (measures: Welfare) => number | null | undefined
  readonly as: (value: number, speaker: Speaker) => string
}

const percent = (value: number, { percent: say }: Speaker): string => say(value, 1)
const index = (value: number, { number }: Speaker): string => number(value, 3)

const SHOWN: readonly Shown[] = [
  { id: 'poverty-headcount', of: ({ poverty }) => poverty.headcount, as: percent },
  { id: 'poverty-gap', of: ({ poverty }) => poverty.povertyGap, as: (value, { percent: say }) => say(value, 2) },
  { id: 'poverty-severity', of: ({ poverty }) => poverty.severity, as: (value, { percent: say }) => say(value, 2) },
  { id: 'watts', of: ({ poverty }) => poverty.watts, as: index },
  { id: 'poverty-shortfall', of: ({ poverty }) => poverty.shortfall?.amount, as: (value, { money }) => money(value) },
  { id: 'gini', of: ({ inequality }) => inequality.gini, as: index },
  { id: 's80-s20', of: ({ inequality }) => inequality.s80s20, as: (value, { number }) => number(value, 2) },
  { id: 'at-risk-of-poverty-rate', of: ({ inequality }) => inequality.atRiskOfPoverty, as: percent },
  { id: 'at-risk-of-poverty-gap', of: ({ inequality }) => inequality.medianGap, as: percent },
  { id: 'mean-log-deviation', of: ({ inequality }) => inequality.meanLogDeviation, as: index },
  { id: 'theil', of: ({ inequality }) => inequality.theil, as: index },
  { id: 'atkinson', term: '0.5', of: ({ inequality }) => inequality.atkinsonHalf, as: index },
  { id: 'atkinson', term: '1', of: ({ inequality }) => inequality.atkinsonOne, as: index },
]

export function povertySection(page: Page): Markup {
  const { speaker, policies } = page
  const { say } = speaker
  const measured = policies.flatMap((policy) => (policy.measures ? [{ ...policy, measures: policy.measures }] : []))
  const title = say('povertyTitle')
  const before = measured[0]?.measures.before
  if (measured.length === 0) return section(page, { id: 'poverty', title, body: html`<p>${say('noReference')}</p>` })
  return section(page, {
    id: 'poverty',
    title,
    body: [
      html`<p>${say('povertyLead')}</p>`,
      table({
        caption: title,
        head: [
          say('measure'),
          ...(before ? [say('beforeTransfers')] : []),
          ...measured.map((policy) => named(policyName(policy, speaker))),
        ],
        rows: SHOWN.filter(({ of }) => measured.some(({ measures }) => of(measures) !== undefined)).map(({ id, term, of, as }) => [
          term === undefined ? speaker.measure(id).name : `${speaker.measure(id).name} (${term})`,
          ...[...(before ? [before] : []), ...measured.map(({ measures }) => measures)].map((one) =>
            speaker.told(of(one) ?? null, (value) => as(value, speaker), 'notMeasured'),
          ),
        ]),
      }),
      html`<div class="definitions">${[...new Set(SHOWN.map(({ id }) => id))].map((id) => definition(speaker, id))}${notice(page)}</div>`,
      linesTable(page, measured),
      lorenzFigures(
        page,
        measured.map(({ place, measures }) => ({ place, points: measures.lorenz })),
      ),
    ],
  })
}

const AT_LINE = [
  { id: 'poverty-headcount', field: 'headcount' },
  { id: 'poverty-gap', field: 'povertyGap' },
  { id: 'poverty-severity', field: 'severity' },
] as const

/** Poverty at each line before any transfer, and after those of each policy with the change. */
function linesTable(page: Page, measured: readonly (Policy & { readonly measures: ToldMeasures })[]): Content {
  const { speaker } = page
  const { say } = speaker
  const lines = measured[0]?.measures.lines
  if (!lines) return null
  const share = (value: number | null): string => speaker.told(value, (one) => speaker.percent(one, 2), 'notMeasured')
  return [
    html`<h3>${say('linesTitle')}</h3>`,
    table({
      caption: say('linesCaption'),
      head: [say('lineAt'), say('measure'), say('beforeTransfers'), ...measured.map((policy) => named(policyName(policy, speaker)))],
      rows: lines.flatMap(({ line, before }, place) =>
        AT_LINE.map(({ id, field }) => [
          speaker.money(line),
          speaker.measure(id).name,
          share(before[field]),
          ...measured.map(({ measures }) => {
            const at = measures.lines?.[place]
            const change = at?.change[field] ?? null
            const points = change === null ? '' : ` (${speaker.signed(change * 100, 2)})`
            return `${share(at?.after[field] ?? null)}${points}`
          }),
        ]),
      ),
      words: 2,
    }),
    html`<div class="definitions">${definition(speaker, 'poverty-change')}${notice(page)}</div>`,
  ]
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
