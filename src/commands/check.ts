/** `mizan check [folder]`: every registry, fact, rule, formula and programme checked together, and every worked case run. */
import { dayNumber } from '../kernel/date.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import { runShippedCases } from '../programmes/shipped-cases.ts'
import { shippedTexts } from '../programmes/shipped-files.ts'
import { suspicionsOf } from '../programmes/suspicions/suspicions.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'

export const check: Command = async ({ args: [folder] }) => {
  const { bundle, diagnostics } = shippedBundle(folder)
  for (const { severity, pointer, message, hint } of diagnostics)
    process.stdout.write(`${severity} ${pointer}: ${message}${hint ? ` (${hint})` : ''}\n`)
  if (!bundle) {
    tell('Not valid: nothing would be stored.', 'غير صالح: لن يُخزَّن شيء.')
    return 1
  }
  const today = dayNumber(new Date().toISOString().slice(0, 10)) ?? 0
  const { runs, diagnostics: wrong, untried } = runShippedCases(bundle, shippedTexts(folder), today)
  for (const { pointer, message } of wrong) process.stdout.write(`error ${pointer}: ${message}\n`)
  const programmes = bundle.programmes.map(({ id }) => id)
  const texts = shippedTexts(folder)
    .filter(({ kind }) => kind !== 'registry')
    .map((text) => ({ ...text, version: text.version ?? 1 }))
  for (const { pointer, message, messageAr, hint } of suspicionsOf({ bundle, programmes, texts, asOf: today }))
    process.stdout.write(`warning ${pointer}: ${message}${hint ? ` (${hint})` : ''}\n  ${messageAr}\n`)
  for (const { pointer, message, hint } of untried) process.stdout.write(`warning ${pointer}: ${message}${hint ? ` (${hint})` : ''}\n`)
  for (const run of runs.filter(({ passed }) => !passed)) process.stdout.write(`case ${run.of} ${run.id}: ${run.differences.join('; ')}\n`)
  const failed = runs.filter(({ passed }) => !passed).length + wrong.length
  tell(
    `${bundle.catalogue.facts.size} facts, ${bundle.programmes.length} programmes, ${bundle.formulas.length} formulas; ${runs.length - failed} of ${runs.length} cases as expected.`,
    `عدد المتغيّرات ${bundle.catalogue.facts.size}، والبرامج ${bundle.programmes.length}، والمعادلات ${bundle.formulas.length}؛ والحالات المطابقة ${runs.length - failed} من ${runs.length}.`,
  )
  return failed === 0 ? 0 : 1
}
