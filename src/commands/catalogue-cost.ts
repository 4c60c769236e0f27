/** `mizan catalogue cost FILE`: what the facts of a catalogue's file would read that is not read today, by the product's files alone. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { factsAssembled } from '../determinations/facts-assembled.ts'
import { type DraftFact, draftFacts, readToday } from '../programmes/catalogue/draft-facts.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import { shippedTexts } from '../programmes/shipped-files.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'

const USAGE = 'mizan catalogue cost FILE.json [--folder FOLDER]'

/** A file named like one of the catalogue stands for it. Exit code 1 when it does not compile. */
export const catalogueCost: Command = async ({ args }) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { folder: { type: 'string' } } })
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw new Error(`expected: ${USAGE} / الصيغة: ${USAGE}`)
  const { bundle, diagnostics } = shippedBundle(values.folder)
  if (!bundle) throw new Error(`${diagnostics[0]?.pointer}: ${diagnostics[0]?.message}`)
  const texts = shippedTexts(values.folder).map((text) => ({ ...text, version: text.version ?? 1 }))
  const named = basename(file, '.json')
  const replaces = texts.some(({ kind, id }) => kind === 'catalogue' && id === named) ? named : null
  const assembled = factsAssembled(bundle)
  const draft = draftFacts(texts, { source: readFileSync(file, 'utf8'), replaces }, assembled)
  for (const { severity, pointer, message, hint } of draft.diagnostics)
    process.stdout.write(`${severity} ${pointer}: ${message}${hint ? ` (${hint})` : ''}\n`)
  if (!draft.bundle) return 1
  if (draft.facts.length === 0) tell('No fact is new or changed.', 'لا متغيّر جديدًا أو معدّلًا.')
  const today = readToday(bundle, assembled)
  for (const fact of draft.facts) print(fact, today)
  return 0
}

function print({ id, change, read, alsoComputed }: DraftFact, { columns: known, registries }: ReturnType<typeof readToday>): void {
  tell(`${id}: ${change}`, `${id}: ${change === 'new' ? 'جديد' : 'معدّل'}`)
  for (const { registry, columns } of read) {
    const names = columns.map(({ name }) => `${registry.id}.${name}`).filter((name) => !known.has(name))
    if (registries.has(registry.id) && names.length === 0) continue
    const what = names.length > 0 ? names.join(', ') : registry.id
    tell(
      `  reads ${what}, which nothing reads today; ${registry.custodian} must grant it${registry.answeredBy === undefined ? '' : '; the registry is asked live'}`,
      `  يقرأ ${what} ولا يقرؤه شيء اليوم؛ وتمنحه ${registry.custodian}${registry.answeredBy === undefined ? '' : '؛ ويُسأل السجل مباشرة'}`,
    )
  }
  if (alsoComputed.length > 0) tell(`  also computes ${alsoComputed.join(', ')}`, `  ويُحسب معه ${alsoComputed.join('، ')}`)
}
