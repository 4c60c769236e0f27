/** Of a batch's changes the one per row that counts: the last by place in the source; the others are told apart as duplicates and overtaken ones. */
import type { RegistryDefinition } from '../registry-definition.ts'
import type { ReadEvent } from './read-event.ts'

/** The last change of one row in a batch, with persons as references. */
export interface Arriving {
  /** Place of the event in the batch. */
  readonly index: number
  readonly personRef: number
  readonly rowKey: string
  readonly position: string
  readonly sourceDay: string
  readonly deleted: boolean
  readonly values: readonly (string | number | null)[]
}

export interface Settled {
  readonly arriving: readonly Arriving[]
  /** Events that say the same as another of the batch, and those that a later one of the batch overtakes. */
  readonly duplicate: number
  readonly overtaken: number
}

/** `own` and `named` know the references of all numbers: of the persons that rows are about, and of those that columns name. */
export function settleBatch(
  { columns, key }: RegistryDefinition,
  events: readonly ReadEvent[],
  { own, named, dayOf }: Readonly<Record<'own' | 'named', ReadonlyMap<string, number>>> & { readonly dayOf: (ms: number) => string },
): Settled {
  const last = new Map<string, Arriving>()
  let duplicate = 0
  let overtaken = 0
  for (const { index, position, sourceMs, rows } of events) {
    for (const { number, values: told, deleted } of rows) {
      const values = columns.map(({ type }, place) => {
        const value = told[place] ?? null
        return type === 'person' && value !== null ? ref(named, value) : value
      })
      const rowKey = JSON.stringify(key.map((name) => String(values[columns.findIndex((column) => column.name === name)])))
      const personRef = ref(own, number)
      const row = `${personRef} ${rowKey}`
      const before = last.get(row)
      if (before?.position === position.text && before.index !== index) {
        duplicate++
        continue
      }
      // Both rows of one event that changes a key have its place; they never share a key.
      if (before !== undefined) overtaken++
      if (before === undefined || before.position < position.text)
        last.set(row, { index, personRef, rowKey, position: position.text, sourceDay: dayOf(sourceMs), deleted, values })
    }
  }
  return { arriving: [...last.values()], duplicate, overtaken }
}

function ref(known: ReadonlyMap<string, number>, number: string): number {
  const found = known.get(number)
  // INVARIANT: all numbers of a batch were resolved before; the number itself is in no error.
  if (found === undefined) throw new Error('a number of the batch was not resolved')
  return found
}
