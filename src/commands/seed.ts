/** `mizan seed --households N --seed S [--as-of DATE] [--replace]`: writes a synthetic population and says how long it took. */
import { parseArgs } from 'node:util'
import { seedPopulation } from '../households/synthetic-nation.ts'
import { dayNumber } from '../kernel/date.ts'
import { type Command, tell } from './command.ts'
import { todayIn } from './today.ts'
import { withDatabase } from './with-database.ts'

const stages = {
  rows: ['rows', 'الصفوف'],
  keys: ['keys and indexes', 'المفاتيح والفهارس'],
  membership: ['household membership', 'عضوية الأسر'],
} as const

export const seed: Command = async (context) => {
  const { values } = parseArgs({
    args: [...context.args],
    options: { households: { type: 'string' }, seed: { type: 'string' }, 'as-of': { type: 'string' }, replace: { type: 'boolean' } },
  })
  const households = wholeNumber(values.households ?? String(context.config.seedHouseholds), '--households')
  const number = wholeNumber(values.seed ?? String(context.config.seed), '--seed')
  const asOf = values['as-of'] ?? todayIn(context.config.timeZone)
  if (dayNumber(asOf) === null) throw new Error('--as-of: expected a date such as 2026-01-15 / التاريخ المتوقع بصيغة 2026-01-15')
  const started = performance.now()
  let told = ''
  const onProgress = (stage: keyof typeof stages, done: number, total: number): void => {
    const tenth = `${stage} ${Math.floor((10 * done) / total)}`
    if (tenth === told) return
    told = tenth
    const [en, ar] = stages[stage]
    process.stdout.write(`  ${en} / ${ar} ${stage === 'rows' ? `${Math.floor((100 * done) / total)}%` : ''}\n`)
  }
  return withDatabase(context, async (database) => {
    const seeded = await seedPopulation(database, { households, seed: number, asOf, replace: values.replace === true, onProgress })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    tell(
      `Seeded ${seeded.households} households, ${seeded.persons} persons, ${seeded.rows} rows in ${seconds} s (seed ${number}, as of ${asOf}).`,
      `أُنشئت بيانات ${seeded.households} أسرة و${seeded.persons} شخص و${seeded.rows} صف خلال ${seconds} ثانية (البذرة ${number}، بتاريخ ${asOf}).`,
    )
    return 0
  })
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`${option}: expected a whole number / ${option}: المتوقع عدد صحيح`)
}
