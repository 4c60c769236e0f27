/** Errors and unknowns by group with their intervals: errors of the programmes that a scenario touches, and whom registries know too little of. */
import type { FairnessMeasure, GroupRates } from '../../group-fairness.ts'
import { intervals, type IntervalRow } from '../charts/intervals.ts'
import { policyName } from '../charts/policy-marks.ts'
import { figure, type Page, section } from '../figure.ts'
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import { isAffected, type Policy } from '../report-subject.ts'
import type { ReportWord } from '../report-words.ts'
import { measuredProgrammes, type MeasuredProgramme } from './targeting.ts'

export function fairnessSection(page: Page): Markup {
  const { speaker, subject } = page
  const title = speaker.say('fairnessTitle')
  const all = measuredProgrammes(page)
  const touched = new Map<string, number[]>()
  subject.told.scenarios.forEach(({ programmes }, index) => {
    for (const one of programmes.filter(isAffected)) touched.set(one.programme, [...(touched.get(one.programme) ?? [0]), index + 1])
  })
  // Where nothing changes the baseline is still worth knowing.
  const isShown = (id: string): boolean => touched.size === 0 || touched.has(id)
  const placesOf = (id: string): readonly number[] => touched.get(id) ?? [0]
  const shown = all.filter(({ id }) => isShown(id))
  const ids = (subject.told.scenarios[0]?.programmes ?? []).map(({ programme }) => programme).filter(isShown)
  const body = [
    all.length === 0 ? html`<p>${speaker.say('noReference')}</p>` : null,
    ...shown.flatMap((one) => [
      programmeErrors(page, one, placesOf(one.id), 'exclusionError'),
      programmeErrors(page, one, placesOf(one.id), 'inclusionError'),
    ]),
    ...ids.map((id) => undetermined(page, id, placesOf(id))),
    ...imputed(page),
    ...likelihoods(page),
  ]
  return section(page, { id: 'fairness', title, body })
}

/** The rates of a policy, by its place. */
interface PolicyRates {
  readonly place: number
  readonly rates: readonly ShownRates[]
}

/** A rate from likelihoods has no interval. */
interface ShownRates {
  readonly breakdown: string
  readonly groups: readonly (Pick<GroupRates['groups'][number], 'group' | 'rate'> &
    Partial<Pick<GroupRates['groups'][number], 'interval'>>)[]
}

const OF_ERROR = {
  exclusionError: { figure: 'fairnessFigure', definition: 'fairnessDefinition', measure: 'exclusion-error' },
  inclusionError: { figure: 'inclusionFairnessFigure', definition: 'inclusionFairnessDefinition', measure: 'inclusion-error' },
} as const satisfies Record<FairnessMeasure, { readonly figure: ReportWord; readonly definition: ReportWord; readonly measure: string }>

function programmeErrors(page: Page, { id, under }: MeasuredProgramme, places: readonly number[], error: FairnessMeasure): Content {
  const { speaker } = page
  const compared = under
    .filter(({ policy }) => places.includes(policy.place))
    .map(({ policy: { place }, targeting }) => ({
      place,
      rates: targeting.fairness.filter(({ measure = 'exclusionError' }) => measure === error),
    }))
  const words = OF_ERROR[error]
  return ratesFigure(page, compared, {
    title: speaker.say(words.figure, { programme: speaker.name('programme', id) }),
    text: words.definition,
    measures: ['group-rate', words.measure],
  })
}

/** Nothing where every group can be judged. */
function undetermined(page: Page, id: string, places: readonly number[]): Content {
  const { speaker, subject } = page
  const compared = places.flatMap((place): PolicyRates[] => {
    const scenario = subject.told.scenarios[Math.max(0, place - 1)]
    const shares = scenario?.programmes.find(({ programme }) => programme === id)?.undeterminedShare
    return shares ? [{ place, rates: place === 0 ? shares.before : shares.after }] : []
  })
  return unknowns(page, compared, {
    title: speaker.say('undeterminedFigure', { programme: speaker.name('programme', id) }),
    text: 'undeterminedDefinition',
    measures: ['group-rate'],
  })
}

/** By formula, of every policy that does not share it with the baseline. */
function imputed(page: Page): Content[] {
  const { speaker, policies } = page
  const formulas = [...new Set(policies.flatMap((policy) => (policy.imputed ?? []).map(({ formula }) => formula)))]
  return formulas.map((id) => {
    const all = policies.flatMap(({ place, imputed: of = [] }): PolicyRates[] =>
      of.filter(({ formula }) => formula === id).map(({ fairness }) => ({ place, rates: fairness })),
    )
    const first = JSON.stringify(all[0]?.rates)
    return unknowns(
      page,
      all.filter(({ rates }, place) => place === 0 || JSON.stringify(rates) !== first),
      {
        title: speaker.say('imputedFigure', { formula: speaker.name('formula', id) }),
        text: 'imputedDefinition',
        measures: ['group-rate'],
      },
    )
  })
}

/** By formula and its table of likelihoods, of every policy that has it. */
function likelihoods(page: Page): Content[] {
  const { speaker, policies } = page
  const found = policies.flatMap(({ place, likelihoods: of = [] }) => of.map((one) => ({ place, ...one })))
  const tables = [...new Map(found.map(({ formula, table }) => [JSON.stringify([formula, table]), { formula, table }])).values()]
  return tables.map(({ formula, table }) => {
    const own = found.filter((one) => one.formula === formula && one.table === table)
    return unknowns(
      page,
      own.map(({ place, groups }): PolicyRates => ({ place, rates: groups })),
      {
        title: speaker.say('likelihoodFigure', { formula: speaker.name('formula', formula) }),
        text: 'likelihoodDefinition',
        measures: ['poverty-rate-of-likelihoods'],
      },
    )
  })
}

interface FigureWords {
  readonly title: string
  readonly text: ReportWord
  readonly measures: readonly string[]
}

const unknowns = (page: Page, compared: readonly PolicyRates[], words: FigureWords): Content =>
  compared.some(({ rates }) => rates.some(({ groups }) => groups.some(({ rate }) => rate !== null && rate > 0)))
    ? ratesFigure(page, compared, words)
    : null

function ratesFigure(page: Page, compared: readonly PolicyRates[], { title, text, measures }: FigureWords): Content {
  const { speaker, newId } = page
  const { say } = speaker
  const rows = rateRows(page, compared)
  // An older result does not have every rate.
  if (rows.length === 0) return null
  const places = compared.map(({ place }) => place)
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
    measures,
    text: say(text),
    isMeasured: true,
  })
}

function rateRows({ speaker, subject }: Page, compared: readonly PolicyRates[]): IntervalRow[] {
  return (compared[0]?.rates ?? []).flatMap(({ breakdown, groups }, at) => [
    { label: speaker.of(subject.told.breakdowns.find(({ id }) => id === breakdown)?.label ?? null), isTitle: true, rates: [] },
    ...groups.map(({ group }, row) => ({
      label: speaker.of(group),
      isTitle: false,
      rates: compared.map(({ place, rates }) => {
        const { rate = null, interval = null } = rates[at]?.groups[row] ?? {}
        return { place, rate, interval }
      }),
    })),
  ])
}
