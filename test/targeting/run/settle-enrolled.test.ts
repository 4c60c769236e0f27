/** Of units that hold a place, which meet the conditions, which do not and which a run could not determine: by household or by person, and only those that it judged. */
import t from 'tap'
import { FALSE, TRUE, UNKNOWN } from '../../../src/kernel/truth.ts'
import type { JudgedNation } from '../../../src/targeting/run/judged-nation.ts'
import type { Enrolled } from '../../../src/targeting/run/select.ts'
import { judgedPlaces } from '../../../src/targeting/run/settle-enrolled.ts'

const nation = {
  householdRefs: Float64Array.of(10, 11, 12),
  personRefs: Float64Array.of(100, 101, 110, 120),
  programmes: [
    { programme: 'homes', unit: 'household', truth: Uint8Array.of(TRUE, UNKNOWN, FALSE) },
    { programme: 'persons', unit: 'person', truth: Uint8Array.of(UNKNOWN, FALSE, TRUE, UNKNOWN) },
    { programme: 'nobody', unit: 'household', truth: Uint8Array.of(UNKNOWN, UNKNOWN, UNKNOWN) },
  ],
} as unknown as JudgedNation
const holder = (householdRef: number, personRef: number | null = null): Enrolled => ({ householdRef, personRef, undeterminedSince: null })

t.test('told apart, by unit', async (t) => {
  const enrolled = new Map([
    ['homes', [holder(10), holder(11), holder(12), holder(99)]],
    // A person who moved since is the person that was enrolled; the enrolment keeps the household that was reported.
    ['persons', [holder(10, 100), holder(10, 101), holder(10, 110), holder(10, 999)]],
  ])
  const units = (holders: readonly { readonly householdRef: number; readonly personRef: number | null }[]) =>
    holders.map(({ householdRef, personRef }) => personRef ?? householdRef)
  t.same(
    judgedPlaces(nation, { enrolled }).map((one) => [one.programme, units(one.met), units(one.unmet), units(one.undetermined)]),
    [
      ['homes', [10], [12], [11]],
      ['persons', [110], [101], [100]],
      ['nobody', [], [], []],
    ],
  )
})
