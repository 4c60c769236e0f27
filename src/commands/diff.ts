/** `mizan diff A.json B.json`: where two rules decide otherwise, or two formulas score otherwise, with households that show it, in both languages. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dayNumber } from '../kernel/date.ts'
import { Problem } from '../kernel/problem.ts'
import type { Formula } from '../language/formula/formula.ts'
import { parseJsonText } from '../language/json-text.ts'
import type { Rule } from '../language/rule/check.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { compareFormulas, formulaOf } from '../programmes/difference/compare-formulas.ts'
import { compareRules, ruleOf } from '../programmes/difference/compare-rules.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'
import { todayIn } from './today.ts'

const USAGE = 'mizan diff A.json B.json [--unit person] [--folder FOLDER] [--as-of YYYY-MM-DD] [--json]'

/** `--json` tells why either rule decides so, and the case to keep. 0: equivalent; 1: they differ; 2: not decided in time. */
export const diff: Command = async ({ args, config }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      unit: { type: 'string', default: 'household' },
      folder: { type: 'string' },
      'as-of': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const asOf = dayNumber(values['as-of'] ?? todayIn(config.timeZone))
  const { unit } = values
  if (positionals.length !== 2 || asOf === null || (unit !== 'household' && unit !== 'person'))
    throw new Error(`expected: ${USAGE} / الصيغة: ${USAGE}`)
  const { bundle, diagnostics } = shippedBundle(values.folder)
  if (!bundle) throw new Error(`${diagnostics[0]?.pointer}: ${diagnostics[0]?.message}`)
  const texts = positionals.map((file) => readFileSync(file, 'utf8')) as [string, string]
  if (texts.every(isFormula)) return diffFormulas(bundle, texts, positionals, asOf, values.json)
  const [before, after] = texts.map((text, n) => readable(positionals[n] as string, () => ruleOf(bundle, text, unit, ''))) as [Rule, Rule]
  const told = await compareRules({ bundle, before, after, asOf })
  if (values.json) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
  else print(told)
  return codeOf(told)
}

const codeOf = ({ equivalent }: { readonly equivalent: boolean | null }): number => (equivalent === true ? 0 : equivalent === null ? 2 : 1)

/** Whatever else is wrong with the text: a formula has terms, and a rule has none. */
function isFormula(text: string): boolean {
  const { value } = parseJsonText(text)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'terms')
}

/** Every fault of a file, with its name. */
function readable<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new Error((error.parts.errors ?? []).map(({ pointer, message }) => `${file}#${pointer}: ${message}`).join('\n'), { cause: error })
  }
}

async function diffFormulas(
  bundle: Bundle,
  texts: readonly string[],
  files: readonly string[],
  asOf: number,
  isJson: boolean,
): Promise<number> {
  const { catalogue } = bundle
  const [before, after] = texts.map((text, n) => readable(files[n] as string, () => formulaOf(bundle, text, ''))) as [Formula, Formula]
  const told = await compareFormulas({ formula: before, catalogue }, { formula: after, catalogue }, asOf)
  if (isJson) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
  else printScores(told)
  return codeOf(told)
}

function printScores({ equivalent, differsIn, witness }: Awaited<ReturnType<typeof compareFormulas>>): void {
  if (equivalent === true) tell('Equivalent: proven for every household.', 'متكافئتان: ثبت ذلك لكل أسرة.')
  if (equivalent === null)
    tell(
      'No household was found that scores otherwise; that there is none is not proven.',
      'لم توجد أسرة تختلف درجتها، ولم يثبت أنها غير موجودة.',
    )
  for (const aspect of differsIn) process.stdout.write(`${aspect}: differs / مختلف\n`)
  if (!witness) return
  const { words, before, after, terms, mayBeImpossible } = witness
  for (const lines of [words.en, words.ar]) process.stdout.write(`  ${lines.join('\n  ')}\n`)
  const score = (of: typeof before): string => of.score ?? `${of.lowest} – ${of.highest}`
  process.stdout.write(`    1: ${score(before)}\n    2: ${score(after)}\n`)
  for (const one of terms) process.stdout.write(`    ${one.term}: ${one.before ?? '–'} → ${one.after ?? '–'}\n`)
  tellPairs(mayBeImpossible)
}

function print({ equivalent, changes }: Awaited<ReturnType<typeof compareRules>>): void {
  if (equivalent === true) tell('Equivalent: proven for every household.', 'متكافئتان: ثبت ذلك لكل أسرة.')
  for (const { from, to, verdict, witness } of changes) {
    if (verdict === 'not-decided') process.stdout.write(`${from} → ${to}: not decided in time / لم يُحسم في الوقت المتاح\n`)
    if (!witness) continue
    process.stdout.write(`${from} → ${to}\n`)
    for (const { household, before, after } of [witness.words.en, witness.words.ar])
      process.stdout.write(`  ${household.join('\n  ')}\n    1: ${before[0]}\n    2: ${after[0]}\n`)
    tellPairs(witness.mayBeImpossible)
  }
}

function tellPairs(pairs: readonly (readonly string[])[]): void {
  for (const pair of pairs) process.stdout.write(`  not proven together / لم يثبت اجتماعهما: ${pair.join(', ')}\n`)
}
