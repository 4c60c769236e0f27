/** The example of docs/explanation/targeting.md is what allocation computes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { NO_TIER } from '../../src/determinations/bulk/nation.ts'
import { projectRoot } from '../../src/kernel/project-root.ts'
import { allocate } from '../../src/targeting/allocate.ts'
import { placeSequence } from '../../src/targeting/apportion.ts'
import { sortKeysOf } from '../../src/targeting/order-rows.ts'
import { REASONS, STATUSES } from '../../src/targeting/outcome.ts'
import { tieBreakOfCycle } from '../../src/targeting/tie-break.ts'

const AREAS = ['North', 'South', 'East']
const WEIGHTS = [47, 34, 19]
const PLACES = 7

const page = readFileSync(join(projectRoot, 'docs/explanation/targeting.md'), 'utf8')
const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
const rows = page
  .split('\n')
  .filter((line) => /^\| \d+ \| [A-Z] \|/.test(line))
  .map(cells)
  .map(([, unit = '', area = '', tier, score, note, free = '', bound = '']) => ({ unit, area, tier, score, note, free, bound }))
const units = rows.toSorted((a, b) => (a.unit < b.unit ? -1 : 1))

/** Units in the order of the list, each with what was decided. */
function decided(budget: number | null): string[] {
  const score = Float64Array.from(units, (row) => Math.round(Number(row.score) * 1_000_000))
  const tier = Uint8Array.from(units, (row) => (row.tier === 'first' ? 0 : NO_TIER))
  const noDate = new Float64Array(units.length).fill(NaN)
  const answer = allocate(
    {
      score,
      area: Uint8Array.from(units, (row) => AREAS.indexOf(row.area)),
      benefit: new Float64Array(units.length).fill(40),
      excluded: Uint8Array.from(units, ({ note }) => Number(note === 'excluded')),
      enrolled: Uint8Array.from(units, ({ note }) => Number(note === 'enrolled')),
      undeterminedMonths: noDate,
    },
    {
      keys: sortKeysOf([{ by: 'tiers', tiers: [] as never }, { by: 'score' }, { by: 'tieBreak' }], {
        tier,
        score,
        direction: 'lowerIsPoorer',
        applicationDate: noDate,
        facts: new Map(),
      }),
      tieBreak: tieBreakOfCycle(
        '2026-11',
        Float64Array.from(units, (_, place) => place + 1),
      ),
      direction: 'lowerIsPoorer',
      needsScore: true,
      thresholds: { entry: 5_000_000, exit: 5_300_000 },
      places: PLACES,
      quotas: { method: 'proportional', leftOver: 'nationalOrder', areas: WEIGHTS },
      waitlistLength: 2,
      ...(budget === null ? {} : { budget }),
    },
  )
  if (!answer.ok) throw new Error('the enrolled of the example exceed its limits')
  const { order, status, reason } = answer.allocation
  return [...order].map((row) => `${units[row]?.unit} ${STATUSES[status[row] as number]}: ${REASONS[reason[row] as number]}`)
}

t.test('positions, statuses and reasons, with and without a budget', async (t) => {
  t.equal(rows.length, 12)
  t.same(
    rows.map(({ unit, free }) => `${unit} ${free}`),
    decided(null),
  )
  t.same(
    rows.map(({ unit, bound }) => `${unit} ${bound}`),
    decided(260),
  )
})

t.test('the places of the areas', async (t) => {
  const sequence = placeSequence(WEIGHTS)
  const [line = ''] = page.split('\n').filter((one) => one.startsWith('| area | North'))
  t.same(
    cells(line).slice(1),
    Array.from({ length: PLACES }, () => AREAS[sequence.next()]),
  )
})
