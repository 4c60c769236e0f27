/** Measures several ways of doing the same work in turns, so that whatever disturbs the machine disturbs all of them. */
import { median, quantile } from './figure.ts'

export interface Contender<T> {
  readonly name: string
  readonly work: (item: T) => unknown
}

export interface Measured {
  readonly name: string
  /** CPU of the whole process (all threads: garbage collection and native pools too), µs per item, median of the rounds. */
  readonly cpu: number
  /** Wall-clock µs of single items. */
  readonly p50: number
  readonly p99: number
  readonly items: number
  readonly rounds: number
}

export interface ContestOptions {
  readonly rounds?: number
  /** Each contender's turn in a round lasts at least this long. */
  readonly turnMs?: number
}

/** Every contender warms up, then all take turns; a turn goes over whole `items` lists until its time is over. */
export async function contest<T>(
  items: readonly T[],
  contenders: readonly Contender<T>[],
  { rounds = 5, turnMs = 300 }: ContestOptions = {},
): Promise<readonly Measured[]> {
  const turns = contenders.map(() => [] as Turn[])
  for (const { work } of contenders) await takeTurn(items, work, turnMs)
  for (let round = 0; round < rounds; round++) {
    for (const [index, { work }] of contenders.entries()) turns[index]?.push(await takeTurn(items, work, turnMs))
  }
  return contenders.map(({ name }, index) => {
    const own = turns[index] ?? []
    const walls = own.flatMap((turn) => turn.walls)
    return {
      name,
      cpu: median(own.map(({ cpu }) => cpu)),
      p50: quantile(walls, 0.5),
      p99: quantile(walls, 0.99),
      items: own.reduce((sum, turn) => sum + turn.count, 0),
      rounds,
    }
  })
}

interface Turn {
  readonly cpu: number
  readonly count: number
  readonly walls: readonly number[]
}

async function takeTurn<T>(items: readonly T[], work: (item: T) => unknown, turnMs: number): Promise<Turn> {
  const start = process.cpuUsage()
  const end = performance.now() + turnMs
  let count = 0
  do {
    for (const item of items) {
      const pending = work(item)
      if (pending instanceof Promise) await pending
    }
    count += items.length
  } while (performance.now() < end)
  const { user, system } = process.cpuUsage(start)
  return { cpu: (user + system) / count, count, walls: await wallsOf(items, work) }
}

/** Timed one by one apart from the CPU count, which the clock itself would add to. */
async function wallsOf<T>(items: readonly T[], work: (item: T) => unknown): Promise<number[]> {
  const walls: number[] = []
  for (const item of items) {
    const start = performance.now()
    const pending = work(item)
    if (pending instanceof Promise) await pending
    walls.push((performance.now() - start) * 1000)
  }
  return walls
}
