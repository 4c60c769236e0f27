/** The values of facts read out of a snapshot's column files, a few facts at a time: each part is opened once for all of them. */
import type { RecordKey } from '../../access/disclosure/cell-keys.ts'
import { type ColumnFile, readColumnFile } from '../../households/nation/column-file.ts'
import { type FactColumn, readBlock } from '../../language/fact-columns.ts'
import type { PartFile } from '../../targeting/run/tasks.ts'
import { type Collected, counting, type Tallied } from './tally.ts'

export interface WantedFact extends Tallied {
  readonly id: string
  readonly entity: 'household' | 'person'
  readonly slot: number
}

export interface CountedPart extends PartFile {
  readonly households: number
  readonly persons: number
}

/** In the order of the facts. */
export async function collect(parts: readonly CountedPart[], facts: readonly WantedFact[], keyOf: RecordKey): Promise<Collected[]> {
  const slots = (entity: WantedFact['entity']): Set<number> =>
    new Set(facts.filter((fact) => fact.entity === entity).map(({ slot }) => slot))
  const wanted = { household: slots('household'), person: slots('person') }
  const rows = { household: 0, person: 0 }
  for (const { households, persons } of parts) {
    rows.household += households
    rows.person += persons
  }
  const collectors = facts.map((fact) => collector(fact, rows[fact.entity]))
  let households = 0
  for (const { path, hash } of parts) {
    const part = await readColumnFile(path, hash, wanted)
    const units = {
      household: unitsOf(part.householdRefs, (row) => row, households, keyOf),
      person: wanted.person.size > 0 ? unitsOf(part.personRefs, householdOf(part), households, keyOf) : NOBODY,
    }
    facts.forEach((fact, place) => collectors[place]?.take(part, units[fact.entity]))
    households += part.households
  }
  return collectors.map(({ collected }) => collected())
}

/** Of each row, the household over all parts and the record key. */
interface Units {
  readonly households: Uint32Array
  readonly keys: Uint32Array
}

const NOBODY: Units = { households: new Uint32Array(0), keys: new Uint32Array(0) }

function unitsOf(refs: Float64Array, household: (row: number) => number, before: number, keyOf: RecordKey): Units {
  const units = { households: new Uint32Array(refs.length), keys: new Uint32Array(refs.length) }
  for (let row = 0; row < refs.length; row++) {
    units.households[row] = before + household(row)
    units.keys[row] = keyOf(refs[row] as number)
  }
  return units
}

/** Rows of persons come in the order of their households. */
function householdOf({ firstMember }: ColumnFile): (row: number) => number {
  let household = 0
  return (row) => {
    while ((firstMember[household + 1] ?? Infinity) <= row) household++
    return household
  }
}

const [ALL, BOUNDED, UNKNOWN] = [0, 1, 2]

function collector({ entity, slot, type, nonNegative }: WantedFact, rows: number) {
  const [known, households, keys] = [new Float64Array(rows), new Uint32Array(rows), new Uint32Array(rows)]
  const cells = counting(3)
  let [count, bytes] = [0, 0]
  let [lo, hi] = [new Float64Array(0), new Float64Array(0)]
  return {
    take(part: ColumnFile, units: Units): void {
      const length = units.keys.length
      if (lo.length < length) [lo, hi] = [new Float64Array(length), new Float64Array(length)]
      bytes += bytesOf(part[entity][slot])
      readBlock(part[entity][slot], type === 'boolean', 0, length, lo, hi)
      for (let row = 0; row < length; row++) {
        const [a, b, household, key] = [lo[row] as number, hi[row] as number, units.households[row] as number, units.keys[row] as number]
        cells.add(ALL, household, key)
        if (a === b) {
          known[count] = a
          households[count] = household
          keys[count++] = key
        } else cells.add(type !== 'boolean' && (b < Infinity || a > (nonNegative ? 0 : -Infinity)) ? BOUNDED : UNKNOWN, household, key)
      }
    },
    collected(): Collected {
      const [all, bounded, unknown] = cells.cells() as [Collected['all'], Collected['bounded'], Collected['unknown']]
      return {
        known: known.subarray(0, count),
        households: households.subarray(0, count),
        keys: keys.subarray(0, count),
        all,
        bounded,
        unknown,
        bytes,
      }
    },
  }
}

function bytesOf(column: FactColumn | undefined): number {
  if (!column) return 0
  const { lo, hi, loKnown, hiKnown } = column
  return [...new Set([lo, hi, loKnown, hiKnown])].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0)
}
