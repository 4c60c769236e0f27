/** The message files: both languages parse, take the same values, and Arabic plurals have all their forms. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import t from 'tap'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { isMessageId, messages } from '../../src/language/messages.ts'
import type { MessageId } from '../../src/language/messages.ts'

const ids = Object.keys(messages.en) as MessageId[]
const argumentsOf = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)(?=[,}])/g)].map((m) => m[1] as string))].toSorted()

t.test('English and Arabic have the same messages, and each parses', async (t) => {
  t.same(Object.keys(messages.ar), ids)
  for (const id of ids) {
    for (const language of ['en', 'ar'] as const)
      t.doesNotThrow(() => new IntlMessageFormat(messages[language][id], language, undefined, { ignoreTag: true }), `${language} ${id}`)
  }
})

t.test('Arabic messages use only values that English ones are given', async (t) => {
  const OF_EVERY_UNIT = ['v', 'n', 'case', 'unit']
  for (const id of ids) {
    const given = id.startsWith('unit.') ? OF_EVERY_UNIT : argumentsOf(messages.en[id])
    const needed = argumentsOf(messages.ar[id])
    t.same(
      needed.filter((name) => !given.includes(name)),
      [],
      id,
    )
  }
})

t.test('Arabic plurals name zero, one, two, few, many and other; Arabic messages are in Arabic', async (t) => {
  for (const id of ids) {
    const text = messages.ar[id]
    if (text.includes(', plural,'))
      for (const form of ['zero', 'one', 'two', 'few', 'many', 'other']) t.match(text, new RegExp(`\\b${form} \\{`), `${id} ${form}`)
    const words = text.replace(/\{[^{}]*\}|select|plural|[\w{},#%:]/g, '').trim()
    if (/\p{L}/u.test(words)) t.match(words, /[\u0600-\u06ff]/, id)
  }
})

t.test('every unit of the shipped catalogue has words', async (t) => {
  const folder = join(projectRoot, 'rules', 'catalogue')
  const units = new Set(
    readdirSync(folder).flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/"unit": *"([^"]+)"/g)].map((m) => m[1] as string),
    ),
  )
  t.ok(units.size > 10)
  for (const unit of units) {
    const [base, ...pers] = unit.split('/')
    t.ok(isMessageId(`unit.${base}`), `unit.${base} of ${unit}`)
    for (const per of pers) t.ok(isMessageId(`per.${per}`), `per.${per} of ${unit}`)
  }
})
