/** What each single condition of a rule costs: how many it keeps out, alone or beside others, and how many of them are poor. */
import { html, type Markup } from '../../../kernel/markup.ts'
import { policyName } from '../charts/policy-marks.ts'
import { named, notice, type Page, section, table } from '../figure.ts'
import type { Policy } from '../report-subject.ts'

type Filters = NonNullable<Policy['filters']>[number]['filters']

export function filtersSection(page: Page): Markup {
  const { speaker, policies } = page
  const { say } = speaker
  const title = say('filtersTitle')
  const programmes = [...new Set(policies.flatMap(({ filters }) => (filters ?? []).map(({ programme }) => programme)))]
  if (programmes.length === 0) return section(page, { id: 'filters', title, body: html`<p>${say('noReference')}</p>` })
  const head = [say('condition'), say('policy'), say('excluded'), say('excludedAlone'), say('poorExcluded'), say('poorAlone')]
  const tables = programmes.map((programme) =>
    table({ caption: speaker.name('programme', programme), head, rows: rowsOf(page, programme), words: 2 }),
  )
  return section(page, { id: 'filters', title, body: [html`<p>${say('filtersLead')}</p>`, tables, notice(page)] })
}

/** Under a scenario that leaves the counts of a condition as they were, it is not said again. */
function rowsOf({ speaker, policies }: Page, programme: string) {
  const count = (value: number | null): string => speaker.told(value, speaker.count, 'fewer')
  const of = ({ filters }: Policy): Filters => filters?.find((one) => one.programme === programme)?.filters ?? []
  const key = ({ definition, pointer }: Filters[number]): string => `${definition ?? ''}#${pointer}`
  const conditions = [...new Map(policies.flatMap((policy) => of(policy).map((one) => [key(one), one] as const))).values()]
  return conditions.flatMap((condition) => {
    const own = policies.flatMap((policy) => {
      const found = of(policy).find((one) => key(one) === key(condition))
      return found
        ? [{ policy, words: found.because ? speaker.of(found.because) : key(found), cells: COUNTS.map((name) => count(found[name])) }]
        : []
    })
    const first = own[0]
    return own
      .filter(({ words, cells }, place) => place === 0 || words !== first?.words || cells.join() !== first.cells.join())
      .map(({ policy, words, cells }) => [named(words), named(policyName(policy, speaker)), ...cells])
  })
}

const COUNTS = ['excluded', 'alone', 'poorExcluded', 'poorAlone'] as const
