/** Made households whose score crosses a cut-off: the points of every term by either formula side by side, the score and the cut-off below. */
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import { parseDecimal } from '../../../kernel/decimal.ts'
import { POINT_SCALE } from '../../../language/formula/formula.ts'
import { named, type Page, table } from '../figure.ts'
import type { ToldScenario } from '../../result.ts'
import type { Speaker } from '../speak.ts'

type Moved = NonNullable<ToldScenario['movedScores']>[number]
type Mover = Moved['movers'][number]
type Witness = NonNullable<Mover['witness']>

const TITLES = { enters: 'moverEnters', leaves: 'moverLeaves' } as const

/** Nothing where none were asked for, or no formula moves one over a cut-off. */
export function movedScoresOf({ speaker }: Page, { movedScores = [] }: ToldScenario): Content {
  const { say } = speaker
  if (movedScores.length === 0) return null
  return [
    html`<h4>${say('movedTitle')}</h4>
      <p>${say('movedLead')}</p>`,
    movedScores.map((moved) => [
      html`<h5>${speaker.name('programme', moved.programme)}${placeOf(moved, speaker)}</h5>`,
      moved.movers.map((mover) => moverOf(moved, mover, speaker)),
    ]),
  ]
}

/** Where its score decides; nothing where it does in the whole country. */
function placeOf({ area, tier }: Moved, { say, of }: Speaker): string {
  const places = [
    ...(area ? [of(area.label)] : []),
    ...(tier ? [tier.label ? say('inTier', { tier: of(tier.label) }) : say('inNoTier')] : []),
  ]
  return places.length === 0 ? '' : ` — ${places.join(say('comma'))}`
}

function moverOf({ cutOffs }: Moved, { kind, witness }: Mover, speaker: Speaker): Markup {
  const { say, language } = speaker
  const title = say(TITLES[kind as keyof typeof TITLES])
  if (!witness) return html`<p>${title}: ${say('noMover')}</p>`
  return html`<p>${title}</p>
    <ul>
      ${witness.words[language].map((text) => html`<li>${named(text)}</li>`)}
    </ul>
    ${table({ caption: say('pointsOfTerms'), head: [say('term'), say('before'), say('after'), say('difference')], rows: rowsOf(witness, cutOffs, speaker) })}`
}

/** Terms that give the same on both sides are one row: what is read is what differs. */
function rowsOf({ terms, before, after }: Witness, cutOffs: Moved['cutOffs'], speaker: Speaker): readonly (readonly Content[])[] {
  const { say, number, signed, of } = speaker
  const row = (name: Content, was: number | null, is: number | null, places = 3): readonly Content[] => {
    const change = (is ?? 0) - (was ?? 0)
    const points = (value: number | null): string => (value === null ? say('none') : number(value / MICRO, places))
    return [name, points(was), points(is), signed(change / MICRO, places)]
  }
  const differing = terms.filter((term) => term.before !== term.after)
  const rest = (side: 'before' | 'after', score: string): number =>
    differing.reduce((left, term) => left - (microPoints(term[side]) ?? 0), microPoints(score) ?? 0)
  const others = say('otherTerms', { count: speaker.count(terms.length - differing.length) })
  return [
    ...differing.map((term) => row(named(term.label ? of(term.label) : term.term), microPoints(term.before), microPoints(term.after))),
    row(others, rest('before', before), rest('after', after)),
    row(html`<b>${say('score')}</b>`, microPoints(before), microPoints(after)),
    row(say('cutOffThere'), cutOffs.before, cutOffs.after, 1),
  ]
}

/** Null where a term gives none. */
function microPoints(text: string | null): number | null {
  const read = text === null ? null : parseDecimal(text, POINT_SCALE)
  return read?.ok ? read.value : null
}

const MICRO = 1_000_000
