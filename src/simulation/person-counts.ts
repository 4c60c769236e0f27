/** Households counted with the sums of their record keys, and their persons beside them. */
import { countKeyed, type KeyedCounts, keyedAt, keyedCounts, keyedRest } from '../kernel/keyed-counts.ts'
import type { KeyedPersons } from './behind.ts'

export interface PersonCounts extends KeyedCounts {
  readonly persons: Float64Array
}

export const personCounts = (length: number): PersonCounts => ({ ...keyedCounts(length), persons: new Float64Array(length) })

/** One household more at a place. */
export function countPersons(counts: PersonCounts, at: number, key: number, persons: number): void {
  countKeyed(counts, at, key)
  counts.persons[at] = (counts.persons[at] as number) + persons
}

export const personsAt = (counts: PersonCounts, at: number): KeyedPersons => ({
  ...keyedAt(counts, at),
  persons: counts.persons[at] as number,
})

/** The households of `all` that are not in `part`, which is in it. */
export const personsRest = (all: KeyedPersons, part: KeyedPersons): KeyedPersons => ({
  ...keyedRest(all, part),
  persons: all.persons - part.persons,
})
