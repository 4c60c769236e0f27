/** Whom the measures leave out, since what they go by is unknown. */
import { html, type Markup } from '../../../kernel/markup.ts'
import { policyName } from '../charts/policy-marks.ts'
import { named, type Page, section, table } from '../figure.ts'
import type { Policy } from '../report-subject.ts'
import type { ToldResult } from '../../result.ts'

type Row = readonly [what: string, without: 'withoutScore' | 'withoutWelfare', count: string]

/** A result from before it was counted has no such section. */
export const hasLeftOut = ({ baseline }: ToldResult): boolean => baseline.leftOut !== null

export function leftOutSection(page: Page): Markup {
  const { speaker, policies } = page
  const { say } = speaker
  const count = (value: number | null): string => speaker.told(value, speaker.count, 'fewer')
  const of = ({ leftOut }: Policy): Row[] => [
    ...(leftOut?.programmes ?? []).flatMap(({ programme, withoutScore, withoutWelfare }): Row[] => {
      const name = speaker.name('programme', programme)
      return [
        [name, 'withoutScore', count(withoutScore)],
        ...(leftOut?.welfare ? [[name, 'withoutWelfare', count(withoutWelfare)] as const] : []),
      ]
    }),
    ...(leftOut?.formulas ?? []).map(({ formula, withoutScore }): Row => [
      speaker.name('formula', formula),
      'withoutScore',
      count(withoutScore),
    ]),
  ]
  const base = new Set(
    policies
      .slice(0, 1)
      .flatMap(of)
      .map((row) => row.join('|')),
  )
  // Under a scenario that leaves a count as it was it is not said again.
  const rows = policies.flatMap((policy, place) =>
    of(policy)
      .filter((row) => place === 0 || !base.has(row.join('|')))
      .map(([what, without, told]) => [named(what), named(policyName(policy, speaker)), say(without), told]),
  )
  const welfare = policies[0]?.leftOut?.welfare
  const title = say('leftOutTitle')
  return section(page, {
    id: 'left-out',
    title,
    body: [
      html`<p>${say('leftOutLead')}</p>`,
      welfare ? html`<p>${say('leftOutOfWelfare', { households: count(welfare.households), persons: count(welfare.persons) })}</p>` : null,
      table({ caption: title, head: [say('leftOutOf'), say('policy'), say('leftOutFor'), say('leftOutUnits')], rows, words: 3 }),
    ],
  })
}
