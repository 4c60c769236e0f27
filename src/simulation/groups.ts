/** The groups by which results are broken down: one code for each household, from the facts of the snapshot. */
import { NO_AREA } from '../determinations/bulk/nation.ts'
import { factsAssembled } from '../determinations/facts-assembled.ts'
import type { WantedSlots } from '../households/nation/column-file.ts'
import type { FactColumn } from '../language/fact-columns.ts'
import type { Words } from '../language/fact-space.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import { quantileGroups } from './measures/quantile.ts'
import type { WelfareOrder } from './measures/welfare-order.ts'
import { type Breakdown, UNKNOWN_GROUP } from './breakdown.ts'

export interface LabelledBreakdown extends Breakdown {
  readonly label: Words
  readonly labels: readonly Words[]
}

/** Facts that the groups are made of, beside the governorate. */
export const GROUP_FACTS = { household: ['householdSize', 'headSex', 'membersWithDisability'], person: ['isChild', 'isElder'] } as const

/** What is wanted of a snapshot, with the facts of the groups that it holds. */
export function withGroupFacts(bundle: Bundle, { household, person }: WantedSlots): WantedSlots {
  const { catalogue } = bundle
  const held = factsAssembled(bundle)
  const slots = (space: 'household' | 'person'): number[] =>
    GROUP_FACTS[space].filter((id) => held.has(id)).flatMap((id) => catalogue[space].slot(id) ?? [])
  return { household: new Set([...household, ...slots('household')]), person: new Set([...person, ...slots('person')]) }
}

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8]
const YES_NO: readonly Words[] = [
  { en: 'no', ar: 'لا' },
  { en: 'yes', ar: 'نعم' },
]

/** By household row of the snapshot. A fact that the snapshot does not hold leaves everybody in the unknown group. */
export function groupsOf({ catalogue }: Bundle, resident: ResidentNation): LabelledBreakdown[] {
  const { household, person } = catalogue
  const known = (fact: string): readonly Words[] => {
    const slot = household.slot(fact)
    const { codes, codeLabels } = household.types[slot ?? -1] ?? {}
    return (codes ?? []).map((code) => codeLabels?.[code] ?? { en: code, ar: code })
  }
  const ofHouseholds = (fact: string, groupOf: (value: number) => number): Uint8Array => {
    const codes = new Uint8Array(resident.householdRefs.length).fill(UNKNOWN_GROUP)
    const slot = household.slot(fact) ?? -1
    for (const { firstHousehold, households, household: columns } of resident.parts)
      eachKnown(columns[slot], 0, households, (row, value) => (codes[firstHousehold + row] = groupOf(value)))
    return codes
  }
  /** Yes where a member is known to be; no where every member is known not to be. */
  const anyMember = (fact: string): Uint8Array => {
    const codes = new Uint8Array(resident.householdRefs.length)
    const slot = person.slot(fact) ?? -1
    for (const { firstHousehold, households, persons, householdOf, firstMember, person: columns } of resident.parts) {
      const known = new Uint32Array(households)
      eachKnown(columns[slot], 0, persons, (row, value) => {
        const household = householdOf[row] as number
        known[household] = (known[household] as number) + 1
        if (value === 1) codes[firstHousehold + household] = 1
      })
      for (let row = 0; row < households; row++) {
        const members = (firstMember[row + 1] as number) - (firstMember[row] as number)
        if (codes[firstHousehold + row] === 0 && (known[row] as number) < members) codes[firstHousehold + row] = UNKNOWN_GROUP
      }
    }
    return codes
  }
  const governorates = known('governorate')
  const sexes = known('headSex')
  return [
    {
      id: 'governorate',
      label: { en: 'Governorate', ar: 'المحافظة' },
      codes: resident.governorate.map((code) => (code === NO_AREA ? UNKNOWN_GROUP : code)),
      groups: governorates.length,
      labels: governorates,
    },
    {
      id: 'householdSize',
      label: { en: 'Members of the household', ar: 'عدد أفراد الأسرة' },
      codes: ofHouseholds('householdSize', (size) => Math.min(Math.max(size, 1), SIZES.length) - 1),
      groups: SIZES.length,
      labels: SIZES.map((size) =>
        size < SIZES.length ? { en: `${size}`, ar: `${size}` } : { en: `${size} or more`, ar: `${size} فأكثر` },
      ),
    },
    {
      id: 'headSex',
      label: { en: 'Sex of the head', ar: 'جنس رب الأسرة' },
      codes: ofHouseholds('headSex', (code) => code),
      groups: sexes.length,
      labels: sexes,
    },
    {
      id: 'disability',
      label: { en: 'A member with disability', ar: 'فرد من ذوي الإعاقة' },
      codes: ofHouseholds('membersWithDisability', (count) => (count > 0 ? 1 : 0)),
      groups: 2,
      labels: YES_NO,
    },
    { id: 'children', label: { en: 'Children', ar: 'أطفال' }, codes: anyMember('isChild'), groups: 2, labels: YES_NO },
    { id: 'elders', label: { en: 'Elders', ar: 'مسنّون' }, codes: anyMember('isElder'), groups: 2, labels: YES_NO },
  ]
}

/** Tenths of the population by percentile, the poorest first; 0 is without one. */
export const decileGroups = (id: string, label: Words, percentile: Uint8Array): LabelledBreakdown => ({
  id,
  label,
  codes: percentile.map((value) => (value === 0 ? UNKNOWN_GROUP : Math.floor((value - 1) / 10))),
  groups: 10,
  labels: TENTHS,
})

/** Tenths of all persons by reference welfare, the poorest first; of the rows of a population. */
export function welfareTenths(order: WelfareOrder, rows: Uint32Array): LabelledBreakdown {
  const groups = quantileGroups(order, 10)
  return {
    id: 'welfareDecile',
    label: { en: 'Tenth of reference welfare, the poorest first', ar: 'عُشر الرفاه المرجعي، الأفقر أولًا' },
    codes: Uint8Array.from(rows, (row) => ((groups[row] as number) === 0 ? UNKNOWN_GROUP : (groups[row] as number) - 1)),
    groups: 10,
    labels: TENTHS,
  }
}

const TENTHS: readonly Words[] = Array.from({ length: 10 }, (_, tenth) => ({ en: `${tenth + 1}`, ar: `${tenth + 1}` }))

/** Rows whose value is one and known. */
function eachKnown(column: FactColumn | undefined, from: number, to: number, tell: (row: number, value: number) => void): void {
  if (!column) return
  const { lo, hi, loKnown, hiKnown } = column
  const has = (bits: Uint8Array | null, row: number): boolean => !bits || (((bits[row >> 3] as number) >> (row & 7)) & 1) === 1
  for (let row = from; row < to; row++) if (has(loKnown, row) && has(hiKnown, row) && lo[row] === hi[row]) tell(row, lo[row] as number)
}
