/** What each scenario costs, by programme and in all. */
import type { ToldProgramme, ToldScenario } from '../../result.ts'
import type { MONTHS } from '../../transfers.ts'
import { yearly } from '../../yearly-cost.ts'
import { divergingBars } from '../charts/diverging-bars.ts'
import { figure, named, type Page, section, table } from '../figure.ts'
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import type { Speaker } from '../speak.ts'
import { swatchKeys } from './swatches.ts'

export function costSection(page: Page): Markup {
  const { speaker, subject } = page
  return section(page, {
    id: 'cost',
    title: speaker.say('costTitle'),
    body: [html`<p>${speaker.say('costLead')}</p>`, subject.told.scenarios.map((scenario) => scenarioCost(page, scenario))],
  })
}

const SIDES = ['before', 'after', 'difference'] as const

function scenarioCost(page: Page, { name, programmes, yearly: inAll }: ToldScenario): Content {
  const { speaker } = page
  const { say } = speaker
  const title = say('scenario', { name })
  // A sum of amounts that are told to three digits has no thousandths.
  const whole = (value: number | null): number | null =>
    value === null || page.subject.told.exact ? value : Math.round(value / 1000) * 1000
  const amount = (value: number | null, side: (typeof SIDES)[number]): string =>
    speaker.told(value, side === 'difference' ? speaker.moneyChange : speaker.money, 'notTold')
  // Of what is withheld there is nothing to draw.
  const isChanged = programmes.some(({ spent }) => (spent.difference ?? 0) !== 0)
  return [
    html`<h3>${named(name)}</h3>`,
    table({
      caption: `${say('costTitle')} (${say('jod')})`,
      head: [say('programme'), say('period'), say('budget'), ...SIDES.map((side) => say(side))],
      rows: [
        ...programmes.map((one) => [
          speaker.name('programme', one.programme),
          say(one.period as keyof typeof MONTHS),
          budgetText(one, speaker),
          ...SIDES.map((side) => amount(one.spent[side], side)),
        ]),
        [say('allYearly'), '', '', ...SIDES.map((side) => amount(whole(inAll.spent[side]), side))],
      ],
      isSummed: true,
      words: 2,
    }),
    isChanged
      ? figure(page, {
          title: say('costFigure'),
          charts: costChart(page, title, programmes),
          keys: swatchKeys(speaker, 'gains', 'losses'),
          text: say('costDefinition'),
        })
      : null,
  ]
}

function budgetText({ budget, stoppedByBudget }: ToldProgramme, speaker: Speaker): Content {
  const text = (value: number | null): string => (value === null ? speaker.say('none') : speaker.money(value))
  const both =
    budget.before === budget.after
      ? text(budget.after)
      : speaker.say('budgetChanged', { before: text(budget.before), after: text(budget.after) })
  return stoppedByBudget.after ? html`${both}<br /><small>${speaker.say('stopped')}</small>` : both
}

function costChart({ speaker, newId }: Page, title: string, programmes: readonly ToldProgramme[]): Markup {
  const number = (thousandths: number): string => speaker.money(Math.round(thousandths / 1000) * 1000)
  const rows = programmes.map((one) => {
    const difference = yearly(one.spent.difference, one.period)
    return {
      label: speaker.name('programme', one.programme),
      more: difference === null ? null : Math.max(0, difference),
      less: difference === null ? 0 : Math.max(0, -difference),
      difference,
    }
  })
  const described = rows.map(({ label, difference }) => `${label}: ${speaker.told(difference, speaker.moneyChange, 'notTold')}`)
  return divergingBars(
    newId(),
    rows,
    speaker,
    { title: `${speaker.say('costFigure')} — ${title}`, description: described.join('; '), number, withheld: speaker.say('notTold') },
    680,
  )
}
