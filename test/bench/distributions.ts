/** Cost of counting how facts are spread over a nation, in CPU time and in the longest that another request would have waited. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { recordKeys } from '../../src/access/disclosure/cell-keys.ts'
import { writeColumnFile } from '../../src/households/nation/column-file.ts'
import { newWorker } from '../../src/jobs/new-worker.ts'
import { packColumn } from '../../src/language/pack-columns.ts'
import { collect, type CountedPart, type WantedFact } from '../../src/simulation/distributions/collect.ts'
import { tally } from '../../src/simulation/distributions/tally.ts'
import type { TallyTask } from '../../src/simulation/distributions/tally-thread.ts'
import type { Bench } from './support/figure.ts'
import { type Random, seeded } from './support/random-household.ts'

const HOUSEHOLDS = 2_345_000
const PER_PART = 16_384
const PERSONS_EACH = 5
const SECRET = new Uint8Array(32).fill(9)

const FACTS: readonly WantedFact[] = [
  { id: 'members', entity: 'household', slot: 0, type: 'integer', codes: 0, nonNegative: true },
  { id: 'income', entity: 'household', slot: 1, type: 'decimal', codes: 0, nonNegative: true },
  { id: 'owns', entity: 'household', slot: 2, type: 'boolean', codes: 0, nonNegative: false },
  { id: 'wage', entity: 'person', slot: 0, type: 'decimal', codes: 0, nonNegative: true },
]

export const bench: Bench = async (report) => {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-bench-'))
  try {
    const parts = await writeNation(folder, seeded(1))
    for (const fact of FACTS) {
      const before = process.cpuUsage()
      const [collected] = await collect(parts, [fact], recordKeys(SECRET))
      if (collected) tally(fact, collected)
      const { user, system } = process.cpuUsage(before)
      const rows = fact.entity === 'household' ? HOUSEHOLDS : HOUSEHOLDS * PERSONS_EACH
      report({ figure: `distribution of ${fact.entity}s, ${fact.type}`, value: (user + system) / 1e6, unit: 's CPU', rows })
    }
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const worker = newWorker(new URL('../../src/simulation/distributions/tally-thread', import.meta.url), {
      parts,
      facts: FACTS,
      secret: SECRET,
    } satisfies TallyTask)
    await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
    delay.disable()
    report({
      figure: 'longest wait of the loop beside it',
      value: delay.max / 1e6,
      unit: 'ms',
      target: { atMost: 50 },
      facts: FACTS.length,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function writeNation(folder: string, random: Random): Promise<CountedPart[]> {
  const parts: CountedPart[] = []
  for (let first = 0; first < HOUSEHOLDS; first += PER_PART) {
    const households = Math.min(PER_PART, HOUSEHOLDS - first)
    const persons = households * PERSONS_EACH
    const column = (rows: number, value: () => number) => {
      const values = Float64Array.from({ length: rows }, () => (random() < 0.02 ? NaN : value()))
      return packColumn({ lo: values, hi: values }, rows)
    }
    const path = join(folder, `${first}.columns`)
    const hash = await writeColumnFile(path, {
      households,
      persons,
      householdRefs: Float64Array.from({ length: households }, (_, row) => 1e9 + first + row),
      personRefs: Float64Array.from({ length: persons }, (_, row) => 2e9 + first * PERSONS_EACH + row),
      firstMember: Uint32Array.from({ length: households + 1 }, (_, row) => row * PERSONS_EACH),
      household: [
        column(households, () => 1 + Math.floor(random() * 10)),
        column(households, () => Math.floor(random() ** 4 * 5e6)),
        column(households, () => Number(random() < 0.3)),
      ],
      person: [column(persons, () => Math.floor(random() ** 4 * 2e6))],
    })
    parts.push({ path, hash, households, persons })
  }
  return parts
}
