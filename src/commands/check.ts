/** `mizan check [folder] [--suggest programme]`: everything checked together, every worked case run; or cases that are lacking. */
import { parseArgs } from 'node:util'
import { dayNumber } from '../kernel/date.ts'
import { programmeOf } from '../programmes/bundle.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import { runShippedCases } from '../programmes/shipped-cases.ts'
import { suggestedCases } from '../programmes/suggested-cases.ts'
import { shippedTexts } from '../programmes/shipped-files.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'

export const check: Command = async ({ args }) => {
  const { values, positionals } = parseArgs({ args: [...args], options: { suggest: { type: 'string' } }, allowPositionals: true })
  const [folder] = positionals
  const { bundle, diagnostics } = shippedBundle(folder)
  for (const { severity, pointer, message, hint } of diagnostics)
    process.stdout.write(`${severity} ${pointer}: ${message}${hint ? ` (${hint})` : ''}\n`)
  if (!bundle) {
    tell('Not valid: nothing would be stored.', 'غير صالح: لن يُخزَّن شيء.')
    return 1
  }
  const today = dayNumber(new Date().toISOString().slice(0, 10)) ?? 0
  if (values.suggest !== undefined) return suggest(bundle, values.suggest, folder, today)
  const { runs, diagnostics: wrong, untried } = runShippedCases(bundle, shippedTexts(folder), today)
  for (const { pointer, message } of wrong) process.stdout.write(`error ${pointer}: ${message}\n`)
  for (const { pointer, message, hint } of untried) process.stdout.write(`warning ${pointer}: ${message}${hint ? ` (${hint})` : ''}\n`)
  for (const run of runs.filter(({ passed }) => !passed)) process.stdout.write(`case ${run.of} ${run.id}: ${run.differences.join('; ')}\n`)
  const failed = runs.filter(({ passed }) => !passed).length + wrong.length
  tell(
    `${bundle.catalogue.facts.size} facts, ${bundle.programmes.length} programmes, ${bundle.formulas.length} formulas; ${runs.length - failed} of ${runs.length} cases as expected.`,
    `عدد المتغيّرات ${bundle.catalogue.facts.size}، والبرامج ${bundle.programmes.length}، والمعادلات ${bundle.formulas.length}؛ والحالات المطابقة ${runs.length - failed} من ${runs.length}.`,
  )
  return failed === 0 ? 0 : 1
}

/** Cases as JSON, to be put into `cases.json` once their outcomes are confirmed. */
function suggest(bundle: Bundle, id: string, folder: string | undefined, today: number): number {
  const programme = programmeOf(bundle, id)
  if (!programme) {
    const known = bundle.programmes.map((one) => one.id).join(', ')
    tell(`There is no programme ${id}; there are: ${known}`, `لا يوجد برنامج ${id}؛ والموجود: ${known}`)
    return 1
  }
  process.stdout.write(`${JSON.stringify(suggestedCases(bundle, programme, shippedTexts(folder), today), null, 2)}\n`)
  return 0
}
