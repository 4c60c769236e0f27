/** What was asked: each scenario's changes, as they were written. */
import { type Content, html, type Markup } from '../../../kernel/markup.ts'
import { named, type Page, section } from '../figure.ts'
import type { Change } from '../../scenario-schema.ts'
import type { Speaker } from '../speak.ts'

/** Places and characters of a change that are shown; the whole is in the request. */
const PLACES = 12
const CHARACTERS = 160

const OBJECTS = { formula: 'formula', rule: 'rule', programme: 'programme', parameter: 'parameter', definition: 'definitionText' } as const

export function askedSection(page: Page): Markup {
  const { speaker, subject } = page
  const { governorates, population, scenarios } = subject.request
  return section(page, {
    id: 'asked',
    title: speaker.say('askedTitle'),
    body: [
      governorates ? html`<p>${speaker.say('onlyGovernorates', { codes: governorates.join(', ') })}</p>` : null,
      population === 'applicants' ? html`<p>${speaker.say('onlyApplicants')}</p>` : null,
      scenarios.map(
        ({ name, changes }) =>
          html`<h3>${named(name)}</h3>
            ${
              changes.length === 0
                ? html`<p>${speaker.say('noChange')}</p>`
                : html`<ul>
                    ${changes.map((change) => html`<li>${changed(change, speaker)}</li>`)}
                  </ul>`
            }`,
      ),
    ],
  })
}

function changed({ object, id, version, source, set, value }: Change, speaker: Speaker): Content {
  const name = speaker.say('changedText', { object: speaker.say(OBJECTS[object]), name: speaker.name(object, id) })
  const numbered = version === undefined ? '' : ` (${speaker.say('version', { version: `${version}` })})`
  if (source !== undefined) return html`${name}${numbered}: ${speaker.say('changedWhole')}`
  if (value !== undefined) return html`${name}${numbered}: ${speaker.say('changedValue')} ${written(value)}`
  const places = Object.entries(set ?? {})
  const more = places.length - PLACES
  return html`${name}${numbered}
    <ul class="places">
      ${places.slice(0, PLACES).map(([place, json]) => html`<li>${code(place)} = ${written(json)}</li>`)}${
        more > 0 ? html`<li>${speaker.say('changedMore', { count: speaker.count(more) })}</li>` : null
      }
    </ul>`
}

const code = (text: string): Markup => html`<code dir="ltr">${text}</code>`

function written(value: unknown): Markup {
  const text = JSON.stringify(value)
  return code(text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)}…` : text)
}
