/** Whose selection hangs on missing facts, before and after: by hand. */
import t from 'tap'
import { countMissing } from '../../../src/simulation/impact/count-missing.ts'
import type { ProgrammeList } from '../../../src/targeting/run/select.ts'

const list = (rows: readonly number[], hangs: readonly number[], person: readonly number[] | null = null) =>
  ({
    household: Uint32Array.from(rows),
    person: person && Uint32Array.from(person),
    dependsOnMissing: Uint8Array.from(hangs),
  }) as unknown as ProgrammeList
const persons = Uint32Array.from([3, 5, 7, 11])
const keys = Uint32Array.from([1, 2, 4, 2 ** 32 - 1])
const told = (counted: ReturnType<typeof countMissing>) =>
  Object.fromEntries(Object.entries(counted).map(([name, { units, persons: people, key }]) => [name, [units, people, key]]))

t.test('households', async (t) => {
  const counted = countMissing({
    before: list([0, 1, 2], [1, 0, 1]),
    after: list([2, 1, 3], [1, 0, 1]),
    householdOf: null,
    persons,
    keys,
  })
  t.same(told(counted), { before: [2, 10, 5], after: [2, 18, 3], newly: [1, 11, 2 ** 32 - 1], noLonger: [1, 3, 1] })
})

t.test('persons, of a programme that there was not', async (t) => {
  const counted = countMissing({
    before: undefined,
    after: list([0, 0, 1], [1, 1, 0], [0, 1, 2]),
    householdOf: Uint32Array.from([0, 0, 1]),
    persons,
    keys,
  })
  t.same(told(counted), { before: [0, 0, 0], after: [2, 2, 2], newly: [2, 2, 2], noLonger: [0, 0, 0] })
})
