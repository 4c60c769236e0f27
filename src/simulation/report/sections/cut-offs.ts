/** Who is near the cut-off of their own area and tier. */
import { policyName } from '../charts/policy-marks.ts'
import { definition, named, type Page, section, table } from '../figure.ts'
import { html, type Markup } from '../../../kernel/markup.ts'
import type { Policy } from '../report-subject.ts'
import type { Speaker } from '../speak.ts'

type Near = Policy['nearCutOffs'][number]

const MICRO = 1_000_000
const SIDES = ['below', 'at', 'above'] as const

export function cutOffSection(page: Page): Markup {
  const { speaker, policies, subject } = page
  const { say } = speaker
  const all = policies.flatMap((policy) => policy.nearCutOffs.map((one) => ({ policy, ...one })))
  const programmes = [...new Set(all.map(({ programme }) => programme))]
  const rows = programmes.flatMap((programme) =>
    all
      .filter((one) => one.programme === programme)
      .filter((one, place, own) => place === 0 || !isAlike(one, own[0] as Near))
      .map((one) => [
        speaker.name('programme', programme),
        named(policyName(one.policy, speaker)),
        cutOffOf(one, speaker, subject.told.exact),
        ...SIDES.map((side) => (isCut(one) ? speaker.told(one[side], speaker.count, 'fewer') : '')),
      ]),
  )
  const title = say('cutOffTitle')
  return section(page, {
    id: 'cut-off',
    title,
    body: [
      html`<p>${say('cutOffLead', { within: pointsOf(all[0]?.within ?? 0, speaker) })}</p>`,
      table({
        caption: title,
        head: [say('programme'), say('policy'), say('cutOff'), say('belowCutOff'), say('onCutOff'), say('aboveCutOff')],
        rows,
        words: 2,
      }),
      html`<div class="definitions">${definition(speaker, 'near-cut-off')}</div>`,
    ],
  })
}

/** In all that a row tells. */
const isAlike = (one: Near, other: Near): boolean =>
  one.contests.length === other.contests.length && ['cutOff', ...SIDES].every((key) => one[key as 'below'] === other[key as 'below'])

const isCut = ({ cutOff, contests }: Near): boolean => cutOff !== null || contests.length > 0

function cutOffOf({ cutOff, below, contests }: Near, speaker: Speaker, exact: boolean): string {
  if (cutOff !== null) return speaker.number(cutOff / MICRO, exact ? 3 : 1)
  if (contests.length > 1) return speaker.say('cutOffsByContest', { count: speaker.count(contests.length) })
  // Where nobody is cut nobody is near; of whom few are selected nothing is told, not even that.
  return speaker.say(contests.length === 1 || below === null ? 'notTold' : 'noCutOff')
}

/** As many places as it has, two at least. */
function pointsOf(micro: number, speaker: Speaker): string {
  let places = 6
  while (places > 2 && micro % 10 ** (7 - places) === 0) places--
  return speaker.number(micro / MICRO, places)
}
