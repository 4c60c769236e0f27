/** Units that are selected before and after a change, by whether what they are paid rises or falls: two sums, not their difference. */

/** Units of which the amount changes one way. */
export interface AmountChange {
  readonly units: number
  /** As a cell's. */
  readonly persons: number
  /** Sum of what each is paid more, or less: positive, in whole units of the benefit's scale. */
  readonly amount: number
  readonly largest: number
  /** Sum of the households' record keys, modulo 2^32. */
  readonly key: number
}

export interface AmountChanges {
  readonly rises: AmountChange
  readonly falls: AmountChange
}

/** By group, then by way. */
export interface ChangeSums {
  readonly numbers: Float64Array
  readonly key: Uint32Array
}

const [UNITS, PERSONS, AMOUNT, LARGEST] = [0, 1, 2, 3]
const NUMBERS = 4
const WAYS = 2

export const newChangeSums = (groups: number): ChangeSums => ({
  numbers: new Float64Array(groups * WAYS * NUMBERS),
  key: new Uint32Array(groups * WAYS),
})

/** `more`: what the unit is paid after less what it was paid before, not 0. Whole numbers below 2^53: exact in whatever order. */
export function addChange({ numbers, key: keys }: ChangeSums, group: number, people: number, more: number, key: number): void {
  const place = group * WAYS + (more > 0 ? 0 : 1)
  const amount = Math.abs(more)
  const at = place * NUMBERS
  numbers[at + UNITS] = (numbers[at + UNITS] as number) + 1
  numbers[at + PERSONS] = (numbers[at + PERSONS] as number) + people
  numbers[at + AMOUNT] = (numbers[at + AMOUNT] as number) + amount
  if (amount > (numbers[at + LARGEST] as number)) numbers[at + LARGEST] = amount
  keys[place] = (keys[place] as number) + key
}

/** Of one member of a pack, by its group. */
export function changesBy({ numbers, key }: ChangeSums, times: number, groups: number): AmountChanges[] {
  const own = newChangeSums(groups)
  for (let place = 0; place < key.length; place++) {
    const from = place * NUMBERS
    if (numbers[from + UNITS] === 0) continue
    const into = (Math.floor(Math.floor(place / WAYS) / times) % groups) * WAYS + (place % WAYS)
    own.key[into] = (own.key[into] as number) + (key[place] as number)
    const to = into * NUMBERS
    for (let n = 0; n < LARGEST; n++) own.numbers[to + n] = (own.numbers[to + n] as number) + (numbers[from + n] as number)
    own.numbers[to + LARGEST] = Math.max(own.numbers[to + LARGEST] as number, numbers[from + LARGEST] as number)
  }
  return Array.from({ length: groups }, (_, group) => ({ rises: changeAt(own, group * WAYS), falls: changeAt(own, group * WAYS + 1) }))
}

const changeAt = ({ numbers, key }: ChangeSums, place: number): AmountChange => ({
  units: numbers[place * NUMBERS + UNITS] as number,
  persons: numbers[place * NUMBERS + PERSONS] as number,
  amount: numbers[place * NUMBERS + AMOUNT] as number,
  largest: numbers[place * NUMBERS + LARGEST] as number,
  key: key[place] as number,
})
