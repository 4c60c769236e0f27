/** A thread that counts facts over a snapshot: a column of millions of values never stands in the way of a request. */
import { parentPort, workerData } from 'node:worker_threads'
import { recordKeys } from '../../access/disclosure/cell-keys.ts'
import { collect, type CountedPart, type WantedFact } from './collect.ts'
import { tally, type Tally } from './tally.ts'

export interface TallyTask {
  readonly parts: readonly CountedPart[]
  readonly facts: readonly WantedFact[]
  readonly secret: Uint8Array
}

/** One message for each fact as soon as it is counted. */
export interface TallyTold {
  readonly fact: string
  readonly tally: Tally
}

/** So many values with their keys are in memory at once, some 200 MB; a fact of all persons is counted alone. */
const MOST_VALUES = 12_000_000

const { parts, facts, secret } = workerData as TallyTask
const keyOf = recordKeys(secret)
for (const batch of batches()) {
  const collected = await collect(parts, batch, keyOf)
  batch.forEach((fact, place) => {
    const told: TallyTold = { fact: fact.id, tally: tally(fact, collected[place] as NonNullable<(typeof collected)[number]>) }
    parentPort?.postMessage(told)
  })
}

function batches(): WantedFact[][] {
  const rows = { household: 0, person: 0 }
  for (const { households, persons } of parts) {
    rows.household += households
    rows.person += persons
  }
  return (['household', 'person'] as const).flatMap((entity) => {
    const own = facts.filter((fact) => fact.entity === entity)
    const size = Math.max(1, Math.floor(MOST_VALUES / Math.max(1, rows[entity])))
    return Array.from({ length: Math.ceil(own.length / size) }, (_, n) => own.slice(n * size, (n + 1) * size))
  })
}
