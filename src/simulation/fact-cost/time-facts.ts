/** What facts would add to the assembly of a household, timed on households of the latest snapshot: nothing of them is told or kept. */
import type { Database } from '../../db/database.ts'
import { assembleHousehold } from '../../households/assemble.ts'
import type { AssembledHousehold } from '../../households/assembled.ts'
import { readColumnFile } from '../../households/nation/column-file.ts'
import type { Freshness } from '../../households/registry-state.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import { partFiles, type Snapshot } from '../../targeting/run/snapshot.ts'

export interface FactsTimed {
  readonly households: number
  /** Of CPU in this process, with what else it did meanwhile left out as far as rounds allow. */
  readonly microsecondsPerHousehold: number
  readonly microsecondsToday: number
}

export interface TimingRequest {
  readonly database: Database
  readonly freshness: readonly Freshness[]
  readonly snapshot: Snapshot
  /** The catalogue with the facts in it. */
  readonly catalogue: Catalogue
  readonly asOf: number
  /** What is assembled today. */
  readonly assembled: ReadonlySet<string>
  readonly facts: readonly string[]
}

const HOUSEHOLDS = 40
/** The quickest of each is taken: whatever disturbs a round makes it slower. */
const ROUNDS = 5

export async function timeFacts(request: TimingRequest): Promise<FactsTimed | null> {
  const { database, catalogue, assembled, facts } = request
  const households = await sampleOf(request.snapshot)
  const both = new Set([...assembled, ...closureOf(catalogue, facts)])
  const today = new Set([...assembled].filter((id) => catalogue.facts.has(id)))
  // A connection of its own, closed afterwards: statements of a draft are nobody else's.
  const client = await database.pool.connect()
  try {
    const own = { ...request, database: { ...database, pool: client } as unknown as Database }
    const assemble = async (wanted: ReadonlySet<string>): Promise<AssembledHousehold[]> => {
      const found: AssembledHousehold[] = []
      for (const householdRef of households) {
        const one = await assembleHousehold(own, { householdRef, asOf: request.asOf, facts: wanted })
        if (one) found.push(one)
      }
      return found
    }
    const timed = async (wanted: ReadonlySet<string>): Promise<number> => {
      const before = process.cpuUsage()
      await assemble(wanted)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    // The first time compiles.
    await assemble(today)
    const assembledNow = await assemble(both)
    if (assembledNow.length === 0) return null
    let [least, leastBoth] = [Infinity, Infinity]
    for (let round = 0; round < ROUNDS; round++) {
      least = Math.min(least, await timed(today))
      leastBoth = Math.min(leastBoth, await timed(both))
    }
    const perHousehold = (microseconds: number): number => Math.round(Math.max(0, microseconds) / assembledNow.length)
    return {
      households: assembledNow.length,
      microsecondsPerHousehold: perHousehold(leastBoth - least),
      microsecondsToday: perHousehold(least),
    }
  } finally {
    client.release(true)
  }
}

/** Households of the snapshot's first part, evenly apart. */
async function sampleOf(snapshot: Snapshot): Promise<number[]> {
  const file = partFiles(snapshot)[0]
  if (!file) return []
  const { householdRefs } = await readColumnFile(file.path, file.hash, { household: new Set(), person: new Set() })
  const step = Math.max(1, Math.floor(householdRefs.length / HOUSEHOLDS))
  return [...householdRefs].filter((_, row) => row % step === 0).slice(0, HOUSEHOLDS)
}
