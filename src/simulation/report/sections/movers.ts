/** Who enters and who leaves each programme, and what becomes of the amounts: in all, by tenth and by governorate. */
import type { ToldGroup, ToldProgramme, ToldScenario } from '../../result.ts'
import { divergingBars } from '../charts/diverging-bars.ts'
import { figure, named, type Page, section, table } from '../figure.ts'
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import { isAffected } from '../report-subject.ts'
import type { Speaker } from '../speak.ts'
import { movedScoresOf } from './moved-scores.ts'
import { swatchKeys } from './swatches.ts'
import { witnessesOf } from './witnesses.ts'

/** By whom people are told apart here; the others are in the tables of the files. */
const PEOPLE = ['welfareDecile', 'scoreDecile', 'governorate']
const MONEY = ['welfareDecile', 'governorate']
/** Where there is no reference welfare. */
const INSTEAD = 'scoreDecile'

export function moversSection(page: Page): Markup {
  const { speaker, subject } = page
  return section(page, {
    id: 'movers',
    title: speaker.say('moversTitle'),
    body: subject.told.scenarios.map((scenario) => scenarioMovers(page, scenario)),
  })
}

function scenarioMovers(page: Page, scenario: ToldScenario): Content {
  const { speaker } = page
  const { name, programmes } = scenario
  const affected = programmes.filter(isAffected)
  const others = programmes.filter((one) => !isAffected(one)).map(({ programme }) => speaker.name('programme', programme))
  return [
    html`<h3>${named(name)}</h3>`,
    affected.length === 0
      ? html`<p>${speaker.say('nothingMoves')}</p>`
      : [
          countsTable(speaker, affected),
          changesTable(page, affected),
          others.length > 0
            ? html`<p>${speaker.say('unaffected', { programmes: others.join(speaker.isRightToLeft ? '، ' : ', ') })}</p>`
            : null,
          affected.map((one) => [peopleFigure(page, name, one), moneyFigure(page, name, one)]),
        ],
    witnessesOf(page, scenario),
    movedScoresOf(page, scenario),
  ]
}

const unitOf = ({ unit }: ToldProgramme): 'inPersons' | 'inHouseholds' => (unit === 'person' ? 'inPersons' : 'inHouseholds')

function countsTable(speaker: Speaker, programmes: readonly ToldProgramme[]): Markup {
  const { say } = speaker
  const cell = ({ units, persons }: ToldGroup['entrants'], { unit }: ToldProgramme): Content => {
    const counted = speaker.told(units, speaker.count, 'fewer')
    if (unit === 'person' || units === 0 || persons === null) return counted
    return html`${counted}<br /><small>${say('personsCount', { count: speaker.count(persons) })}</small>`
  }
  return table({
    caption: say('moversTitle'),
    head: [say('programme'), say('selectedBefore'), say('enter'), say('leave'), say('selectedAfter')],
    rows: programmes.map((one) => [
      `${speaker.name('programme', one.programme)} (${say(unitOf(one))})`,
      cell(one.all.selectedBefore, one),
      cell(one.all.entrants, one),
      cell(one.all.leavers, one),
      cell(one.all.selectedAfter, one),
    ]),
  })
}

/** Of those who stay selected, where the amount of some changes, as far as it is told. */
function changesTable({ speaker }: Page, programmes: readonly ToldProgramme[]): Content {
  const { say } = speaker
  const cell = ({ units, amount }: NonNullable<ToldGroup['gainers']>): Content => {
    const counted = speaker.told(units, speaker.count, 'fewer')
    return units === 0 ? counted : html`${counted}<br /><small>${speaker.told(amount, speaker.money, 'notTold')}</small>`
  }
  const rows = programmes.flatMap((one) => {
    const { gainers, losers, unchanged } = one.all
    if (!gainers || !losers || !unchanged || (gainers.units === 0 && losers.units === 0)) return []
    const name = `${speaker.name('programme', one.programme)} (${say(unitOf(one))})`
    return [[name, cell(gainers), cell(losers), speaker.told(unchanged.units, speaker.count, 'fewer')]]
  })
  if (rows.length === 0) return null
  const caption = say('changesTitle')
  return table({ caption: `${caption} (${say('jod')})`, head: [say('programme'), say('gain'), say('lose'), say('paidTheSame')], rows })
}

const isMeasuredBy = (breakdown: string): boolean => breakdown === 'welfareDecile'

/** Groups in which something is, the unknown last. */
function groupsOf({ by }: ToldProgramme, breakdown: string): readonly ToldGroup[] {
  return (by[breakdown] ?? []).filter(
    ({ group, selectedBefore, selectedAfter }) => group !== null || selectedBefore.units !== 0 || selectedAfter.units !== 0,
  )
}

function peopleFigure(page: Page, scenario: string, one: ToldProgramme): Content {
  const { speaker, subject, newId } = page
  const { say } = speaker
  if (one.all.entrants.units === 0 && one.all.leavers.units === 0) return null
  const shown = subject.told.breakdowns.filter(({ id }) => PEOPLE.includes(id) && groupsOf(one, id).length > 0)
  const programme = speaker.name('programme', one.programme)
  const charts = PEOPLE.flatMap((id) => shown.filter((breakdown) => breakdown.id === id)).map(({ id, label }) => {
    const rows = groupsOf(one, id).map((group) => ({
      label: speaker.of(group.group),
      more: group.entrants.units,
      less: group.leavers.units,
    }))
    const title = say('moversFigure', { programme, unit: say(unitOf(one)), breakdown: speaker.of(label) })
    // Beside a group of few also cells of many are withheld.
    const told = (value: number | null): string => speaker.told(value, speaker.count, 'notTold')
    const description = rows.map((row) => `${row.label}: ${say('enter')} ${told(row.more)}, ${say('leave')} ${told(row.less)}`).join('; ')
    return html`<div>
      <h5>${speaker.of(label)}</h5>
      ${divergingBars(newId(), rows, speaker, {
        title: `${title} — ${scenario}`,
        description,
        number: speaker.count,
        withheld: say('notTold'),
      })}
    </div>`
  })
  return figure(page, {
    title: `${programme}: ${say('moversTitle')} (${say(unitOf(one))})`,
    charts,
    keys: swatchKeys(speaker, 'enter', 'leave'),
    measures: ['transitions'],
    isMeasured: shown.some(({ id }) => isMeasuredBy(id)),
  })
}

function moneyFigure(page: Page, scenario: string, one: ToldProgramme): Content {
  const { speaker, subject, newId } = page
  const { say } = speaker
  // Of what is withheld there is nothing to draw.
  if (
    !MONEY.some((id) =>
      groupsOf(one, id)
        .map(amountsOf)
        .some(({ more, less }) => (more ?? 0) !== 0 || (less ?? 0) !== 0),
    )
  )
    return null
  const wanted = subject.told.breakdowns.some(({ id }) => id === MONEY[0]) ? MONEY : [INSTEAD, ...MONEY]
  const shown = wanted.flatMap((id) => subject.told.breakdowns.filter((breakdown) => breakdown.id === id && groupsOf(one, id).length > 0))
  const programme = speaker.name('programme', one.programme)
  const period = say(one.period as 'month')
  const charts = shown.map(({ id, label }) => {
    const rows = groupsOf(one, id).map((group) => ({ label: speaker.of(group.group), ...amountsOf(group) }))
    const amount = (value: number | null): string => speaker.told(value, speaker.money, 'notTold')
    const title = say('moneyFigure', { programme, breakdown: speaker.of(label), period })
    return html`<div>
      <h5>${speaker.of(label)}</h5>
      ${divergingBars(newId(), rows, speaker, {
        title: `${title} — ${scenario}`,
        description: rows
          .map(({ label: group, more, less }) => `${group}: ${say('gains')} ${amount(more)}, ${say('losses')} ${amount(less)}`)
          .join('; '),
        number: (value) => speaker.count(value / 1000),
        withheld: say('notTold'),
      })}
    </div>`
  })
  return figure(page, {
    title: `${programme}: ${say('difference')} (${say('jod')} / ${period})`,
    charts,
    keys: swatchKeys(speaker, 'gains', 'losses'),
    text: say('amountDefinition'),
    isMeasured: shown.some(({ id }) => isMeasuredBy(id)),
  })
}

/** What is paid more and what less, each in all; where that was not counted yet, the difference of the two. */
function amountsOf(group: ToldGroup): { readonly more: number | null; readonly less: number | null } {
  const { entrants, leavers, gainers, losers } = group
  const change = changeOf(group)
  if (!gainers || !losers) return { more: change === null ? null : Math.max(0, change), less: change === null ? 0 : Math.max(0, -change) }
  const both = (one: number | null, other: number | null): number | null => (one === null || other === null ? null : one + other)
  return { more: both(entrants.after, gainers.amount), less: both(leavers.before, losers.amount) }
}

/** Thousandths; null where either side is withheld. */
const changeOf = ({ selectedBefore: { before }, selectedAfter: { after } }: ToldGroup): number | null =>
  before === null || after === null ? null : after - before
