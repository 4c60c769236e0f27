/** `mizan run` refuses what the service refuses, names the option in both languages, and stores what was asked for once. */
import t from 'tap'
import { run } from '../../src/commands/run.ts'
import { readConfig } from '../../src/config.ts'
import { serviceEnvironment } from '../support/service.ts'
import { dataDirectory } from '../support/data-directory.ts'
import { AS_OF } from '../support/seeded-app.ts'
import { seededRuns } from '../targeting/support/seeded-runs.ts'

const { database } = await seededRuns(t, 30)
const settings = { DATABASE_URL: database.url, MIZAN_DATA_DIR: dataDirectory(t), RUN_THREADS: '1', RUN_MEMORY_MB: '512', RUN_SAMPLE: '10' }
const config = readConfig(serviceEnvironment({ ...settings, BACKGROUND_NICENESS: '0' }))
const mizanRun = async (...args: string[]): Promise<number> => run({ config, args, signal: new AbortController().signal })
const stored = async () =>
  (
    await database.pool.query<{ cycle: string; asOf: string; request: string; status: string }>(
      'select cycle, as_of as "asOf", request, status from run order by created_at, id',
    )
  ).rows

t.test('what no run can be is refused and not stored', async (t) => {
  const refused: readonly (readonly [args: readonly string[], told: RegExp])[] = [
    [['--as-of', '2026-11-02'], /as-of-not-available[^]*--as-of: expected a date that is not after today[^]*--as-of: المتوقع تاريخ/],
    [['--as-of', '2026-13-01'], /as-of-not-available[^]*--as-of/],
    [['--as-of', ''], /as-of-not-available[^]*--as-of/],
    [['--as-of', '1990-01-01'], /as-of-not-available[^]*--as-of/],
    [['--cycle', ''], /request-invalid[^]*--cycle: expected a word[^]*--cycle: المتوقع كلمة/],
    [['--cycle', '  '], /--cycle/],
    [['--cycle', 'a\tb\nc'], /--cycle/],
    [['--cycle', 'x'.repeat(101)], /--cycle/],
    [
      ['--governorate', '11', '--governorate', '99'],
      /request-invalid[^]*--governorate: expected one of 11, 12[^]*--governorate: المتوقع أحد الرموز/,
    ],
    [['--registered-by', 'nobody'], /--registered-by: expected the id of an entity[^]*--registered-by: المتوقع/],
    [['--undetermined-percent-max', ''], /--undetermined-percent-max: expected a whole number/],
    [['--undetermined-percent-max', '101'], /--undetermined-percent-max/],
  ]
  for (const [args, told] of refused) {
    await t.rejects(mizanRun('--despite-registries', ...(args[0] === '--registered-by' ? [] : ['--all-residents']), ...args), {
      message: told,
    })
    t.same(await stored(), [], args.join(' '))
  }
})

t.test('of a day that has come; a code that is named twice is named once', async (t) => {
  t.equal(await mizanRun('--all-residents', '--despite-registries', '--governorate', '34', '--governorate', '11', '--governorate', '34'), 0)
  const [one] = await stored()
  t.match(one, { cycle: AS_OF.slice(0, 7), asOf: AS_OF, status: 'completed' })
  t.match(JSON.parse(one?.request ?? ''), { governorates: ['34', '11'], undeterminedPercentMax: 100 })
})
