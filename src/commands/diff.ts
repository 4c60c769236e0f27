/** `mizan diff A.json B.json`: where two rules decide otherwise, each kind of change with a smallest household, in both languages. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dayNumber } from '../kernel/date.ts'
import { Problem } from '../kernel/problem.ts'
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
  const [before, after] = positionals.map((file) => {
    try {
      return ruleOf(bundle, readFileSync(file, 'utf8'), unit, '')
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      throw new Error((error.parts.errors ?? []).map(({ pointer, message }) => `${file}#${pointer}: ${message}`).join('\n'), {
        cause: error,
      })
    }
  }) as [ReturnType<typeof ruleOf>, ReturnType<typeof ruleOf>]
  const told = await compareRules({ bundle, before, after, asOf })
  if (values.json) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
  else print(told)
  return told.equivalent === true ? 0 : told.equivalent === null ? 2 : 1
}

function print({ equivalent, changes }: Awaited<ReturnType<typeof compareRules>>): void {
  if (equivalent === true) tell('Equivalent: proven for every household.', 'متكافئتان: ثبت ذلك لكل أسرة.')
  for (const { from, to, verdict, witness } of changes) {
    if (verdict === 'not-decided') process.stdout.write(`${from} → ${to}: not decided in time / لم يُحسم في الوقت المتاح\n`)
    if (!witness) continue
    process.stdout.write(`${from} → ${to}\n`)
    for (const { household, before, after } of [witness.words.en, witness.words.ar])
      process.stdout.write(`  ${household.join('\n  ')}\n    1: ${before[0]}\n    2: ${after[0]}\n`)
    for (const pair of witness.mayBeImpossible) process.stdout.write(`  not proven together / لم يثبت اجتماعهما: ${pair.join(', ')}\n`)
  }
}
