/** Groups of households: what is unknown is a group of its own. */
import t from 'tap'
import type { FactColumn } from '../../src/language/fact-columns.ts'
import { decileGroups, groupsOf } from '../../src/simulation/groups.ts'
import { UNKNOWN_GROUP } from '../../src/simulation/breakdown.ts'
import type { ResidentNation } from '../../src/targeting/run/resident-nation.ts'
import { shipped } from '../rules/real-rows.ts'

const UNKNOWN = null
const column = (values: readonly (number | null)[]): FactColumn => {
  const lo = Uint8Array.from(values, (value) => value ?? 0)
  const known = new Uint8Array(Math.ceil(values.length / 8))
  values.forEach((value, row) => (known[row >> 3] = (known[row >> 3] as number) | (value === null ? 0 : 1 << (row & 7))))
  return { lo, hi: lo, loKnown: known, hiKnown: known }
}
const { household, person } = shipped.catalogue
const at = <T>(slot: number | undefined, value: T): T[] => Object.assign([], { [slot as number]: value })

/** Households of two, one, two, no and two members. */
const resident = (isChild: readonly (number | null)[] | null): ResidentNation =>
  ({
    householdRefs: new Float64Array(5),
    governorate: Uint8Array.of(0, 1, 255, 2, 11),
    parts: [
      {
        firstHousehold: 0,
        households: 5,
        persons: 7,
        householdOf: Uint32Array.of(0, 0, 1, 2, 2, 4, 4),
        firstMember: Uint32Array.of(0, 2, 3, 5, 5, 7),
        household: at(household.slot('householdSize'), column([2, 1, UNKNOWN, 0, 12])),
        person: isChild ? at(person.slot('isChild'), column(isChild)) : [],
      },
    ],
  }) as unknown as ResidentNation

const codesOf = (id: string, isChild: readonly (number | null)[] | null): number[] => [
  ...(groupsOf(shipped, resident(isChild)).find((group) => group.id === id)?.codes ?? []),
]

t.test('children: yes where one is known to be, no where all are known not to be', async (t) => {
  t.same(codesOf('children', [0, 1, 0, UNKNOWN, 1, UNKNOWN, 0]), [1, 0, 1, 0, UNKNOWN_GROUP])
  t.same(codesOf('children', [UNKNOWN, UNKNOWN, UNKNOWN, 0, 0, 0, 0]), [UNKNOWN_GROUP, UNKNOWN_GROUP, 0, 0, 0])
  t.same(codesOf('children', null), [UNKNOWN_GROUP, UNKNOWN_GROUP, UNKNOWN_GROUP, 0, UNKNOWN_GROUP], 'a fact that nobody holds')
})

t.test('sizes, governorates, and facts that are not held', async (t) => {
  t.same(codesOf('householdSize', null), [1, 0, UNKNOWN_GROUP, 0, 7])
  t.same(codesOf('governorate', null), [0, 1, UNKNOWN_GROUP, 2, 11])
  t.same(
    codesOf('headSex', null),
    Array.from({ length: 5 }, () => UNKNOWN_GROUP),
  )
  for (const { codes, groups, labels } of groupsOf(shipped, resident(null))) {
    t.equal(labels.length, groups)
    t.ok(codes.every((code) => code < groups || code === UNKNOWN_GROUP))
  }
})

t.test('tenths by percentile', async (t) => {
  const { codes } = decileGroups('x', { en: 'x', ar: 'x' }, Uint8Array.of(0, 1, 10, 11, 50, 91, 100))
  t.same([...codes], [UNKNOWN_GROUP, 0, 0, 1, 4, 9, 9])
})
