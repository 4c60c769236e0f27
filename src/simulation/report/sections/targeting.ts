/** Errors of targeting: a table of all policies, concentration curves, the trade-off of the two errors, and what kept the poor out. */
import { shareCurves } from '../charts/curves.ts'
import { policyName } from '../charts/policy-marks.ts'
import { stackedBars } from '../charts/stacked-bars.ts'
import { tradeOff, type TradeOffPoint } from '../charts/trade-off.ts'
import { definition, figure, named, notice, type Page, section, table } from '../figure.ts'
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import type { Policy, ToldMeasures, ToldTargeting } from '../report-subject.ts'
import type { ReportWord } from '../report-words.ts'
import type { Speaker } from '../speak.ts'
import { curvesInWords } from './poverty.ts'
import { partKeys } from './swatches.ts'

export type Measured = Policy & { readonly measures: ToldMeasures }

/** A programme under every policy that has it. */
export interface MeasuredProgramme {
  readonly id: string
  readonly under: readonly { readonly policy: Measured; readonly targeting: ToldTargeting }[]
}

export function measuredProgrammes({ policies }: Page): readonly MeasuredProgramme[] {
  const measured = policies.filter((policy): policy is Measured => policy.measures !== null)
  const ids = new Set(measured.flatMap(({ measures }) => measures.programmes.map(({ programme }) => programme)))
  return [...ids].map((id) => ({
    id,
    under: measured.flatMap((policy) =>
      policy.measures.programmes.filter(({ programme }) => programme === id).map((targeting) => ({ policy, targeting })),
    ),
  }))
}

export function targetingSection(page: Page): Markup {
  const { speaker } = page
  const programmes = measuredProgrammes(page)
  const title = speaker.say('targetingTitle')
  if (programmes.length === 0) return section(page, { id: 'targeting', title, body: html`<p>${speaker.say('noReference')}</p>` })
  return section(page, {
    id: 'targeting',
    title,
    body: [
      errorsTable(page, programmes, BY_HOUSEHOLD, 'errorsByHousehold'),
      errorsTable(page, programmes, BY_PERSON, 'errorsByPerson'),
      html`<div class="definitions">${BY_PERSON.map(({ id }) => definition(speaker, id))}${notice(page)}</div>`,
      concentration(page, programmes),
      tradeOffs(page, programmes),
      missedPoor(page, programmes),
    ],
  })
}

const percent = (value: number, speaker: Speaker): string => speaker.percent(value, 1)
const index = (value: number, speaker: Speaker): string => speaker.number(value, 2)

interface Column {
  readonly id: string
  readonly of: (targeting: ToldTargeting) => number | null | undefined
  readonly as: typeof percent
}

type ToldErrors = NonNullable<ToldTargeting['persons']>

const errorColumns = (of: (targeting: ToldTargeting) => ToldErrors | undefined): readonly Column[] => [
  { id: 'coverage', of: (one) => of(one)?.coverage, as: percent },
  { id: 'exclusion-error', of: (one) => of(one)?.exclusionError, as: percent },
  { id: 'inclusion-error', of: (one) => of(one)?.inclusionError, as: percent },
  { id: 'leakage', of: (one) => of(one)?.leakage, as: index },
  { id: 'targeting-accuracy', of: (one) => of(one)?.targetingAccuracy, as: percent },
  { id: 'balanced-poverty-accuracy', of: (one) => of(one)?.balancedPovertyAccuracy, as: index },
]
const BY_HOUSEHOLD: readonly Column[] = [
  ...errorColumns((one) => one),
  { id: 'coady-grosh-hoddinott', of: ({ households }) => households?.coadyGroshHoddinott, as: index },
]
const BY_PERSON: readonly Column[] = [
  ...errorColumns(({ persons }) => persons),
  { id: 'coady-grosh-hoddinott', of: ({ coadyGroshHoddinott }) => coadyGroshHoddinott, as: index },
  { id: 'concentration-index', of: ({ concentrationIndex }) => concentrationIndex, as: index },
]

/** Under a scenario that leaves a programme as it was, it is not said again. */
function errorsTable(page: Page, programmes: readonly MeasuredProgramme[], columns: readonly Column[], caption: ReportWord): Content {
  const { speaker } = page
  const text = (targeting: ToldTargeting, { of, as }: Column): string =>
    speaker.told(of(targeting) ?? null, (value) => as(value, speaker), 'notMeasured')
  const rows = programmes.flatMap(({ id, under }) => {
    const written = under.map(({ policy, targeting }) => ({ policy, cells: columns.map((column) => text(targeting, column)) }))
    const first = written[0]?.cells.join()
    return written
      .filter(({ cells }, place) => place === 0 || cells.join() !== first)
      .map(({ policy, cells }) => [speaker.name('programme', id), named(policyName(policy, speaker)), ...cells])
  })
  return table({
    caption: speaker.say(caption),
    head: [speaker.say('programme'), speaker.say('policy'), ...columns.map(({ id }) => speaker.measure(id).name)],
    rows,
    words: 2,
  })
}

/** Policies under which a programme is not as in the baseline, and the baseline. */
const differing = (under: MeasuredProgramme['under'], what: (targeting: ToldTargeting) => unknown): MeasuredProgramme['under'] =>
  under.filter(
    ({ targeting }, place) =>
      place === 0 || JSON.stringify(what(targeting)) !== JSON.stringify(what((under[0] as (typeof under)[number]).targeting)),
  )

const SIZE = 235

const placesOf = (programmes: readonly MeasuredProgramme[]): number[] => [
  ...new Set(programmes.flatMap(({ under }) => under.map(({ policy }) => policy.place))),
]

function concentration(page: Page, programmes: readonly MeasuredProgramme[]): Content {
  const { speaker, newId } = page
  const { say } = speaker
  const charts = programmes.map(({ id, under }) => {
    const programme = speaker.name('programme', id)
    const curves = differing(under, ({ concentration: points }) => points)
      .map(({ policy, targeting }) => ({ place: policy.place, points: targeting.concentration }))
      .filter(({ points }) => points.some(({ amount }) => amount !== null && amount > 0))
    if (curves.length === 0) return html`<p>${say('nobodyReceives', { programme })}</p>`
    const words = {
      title: say('concentrationFigure', { programme }),
      description: curvesInWords(page, curves),
      x: say('sharePeople'),
      y: say('shareBenefit'),
    }
    return html`<div>
      <h5>${programme}</h5>
      ${shareCurves(newId(), curves, speaker, words, SIZE)}
    </div>`
  })
  return figure(page, {
    title: speaker.measure('concentration-curve').name,
    charts,
    policies: placesOf(programmes),
    measures: ['concentration-curve', 'concentration-index'],
    text: `${say('equality')} ${say('sameNotDrawn')}`,
    isMeasured: true,
  })
}

function tradeOffs(page: Page, programmes: readonly MeasuredProgramme[]): Content {
  const { speaker, newId } = page
  const { say } = speaker
  const charts = programmes.flatMap(({ id, under }) => {
    const points = differing(under, (one) => [one.inclusionError, one.exclusionError]).flatMap(
      ({ policy, targeting: { inclusionError, exclusionError } }): TradeOffPoint[] =>
        inclusionError === null || exclusionError === null
          ? []
          : [{ place: policy.place, inclusion: inclusionError, exclusion: exclusionError }],
    )
    if (points.length === 0) return []
    const programme = speaker.name('programme', id)
    const description = points.map(({ place, inclusion, exclusion }) => {
      const policy = page.policies[place] as Policy
      const values = `${say('tradeOffAxisX')} ${speaker.percent(inclusion, 1)}, ${say('tradeOffAxisY')} ${speaker.percent(exclusion, 1)}`
      return say('perPolicy', { policy: policyName(policy, speaker), values })
    })
    const words = {
      title: say('tradeOffFigure', { programme }),
      description: description.join('; '),
      x: say('tradeOffAxisX'),
      y: say('tradeOffAxisY'),
    }
    return [
      html`<div>
        <h5>${programme}</h5>
        ${tradeOff(newId(), points, speaker, words, SIZE)}
      </div>`,
    ]
  })
  return figure(page, {
    title: `${say('tradeOffAxisX')} / ${say('tradeOffAxisY')}`,
    charts,
    policies: placesOf(programmes),
    measures: ['inclusion-error', 'exclusion-error'],
    text: `${say('tradeOffDefinition')} ${say('sameNotDrawn')}`,
    isMeasured: true,
  })
}

function missedPoor(page: Page, programmes: readonly MeasuredProgramme[]): Content {
  const { speaker, newId } = page
  const { say } = speaker
  const outcomes = programmes[0]?.under[0]?.targeting.missedBy.map(({ outcome }) => outcome) ?? []
  const groups = programmes.map(({ id, under }) => ({
    title: speaker.name('programme', id),
    bars: differing(under, ({ missedBy }) => missedBy).map(({ policy, targeting }) => ({
      label: policyName(policy, speaker),
      shares: outcomes.map((outcome) => targeting.missedBy.find((one) => one.outcome === outcome)?.shareOfPoor ?? null),
    })),
  }))
  const reasons = outcomes.map((outcome) => say(outcome as ReportWord))
  const description = groups.flatMap(({ title, bars }) =>
    bars.map(({ label, shares }) => {
      const parts = shares.flatMap((share, part) =>
        share === null || share === 0 ? [] : [`${reasons[part]} ${speaker.percent(share, 1)}`],
      )
      return `${title}, ${say('perPolicy', { policy: label, values: parts.join(', ') })}`
    }),
  )
  return [
    html`<h3>${say('missedTitle')}</h3>`,
    figure(page, {
      title: say('missedFigure'),
      charts: stackedBars(newId(), groups, speaker, { title: say('missedFigure'), description: description.join('; ') }),
      keys: partKeys(reasons),
      measures: ['exclusion-error'],
      text: `${say('shareOfPoor')}. ${say('sameNotDrawn')}`,
      isMeasured: true,
    }),
  ]
}
