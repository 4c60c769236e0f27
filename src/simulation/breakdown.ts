/** Groups by which households are counted, and several breakdowns counted as one. */
import { keptWith } from '../kernel/kept-with.ts'

/** One group for each household of the population. */
export interface Breakdown {
  readonly id: string
  /** By household row; a code of UNKNOWN_GROUP or beyond the end is unknown. */
  readonly codes: Uint8Array
  readonly groups: number
}

export const UNKNOWN_GROUP = 255

/** Several breakdowns as one: a household's code holds its group in each, in mixed radix. */
export interface Pack {
  readonly codes: Uint16Array
  readonly groups: number
  readonly members: readonly Member[]
}

export interface Member {
  /** Of the breakdown. */
  readonly place: number
  /** Its group is the code over this, modulo its number of groups. */
  readonly times: number
  /** With the unknown one. */
  readonly groups: number
}

/** So many that their cells stay in the second cache, and few enough to be taken apart in no time. */
const PACKED_GROUPS = 256

/** Kept with the breakdowns: they are the same for every programme and every scenario. */
export const packsOf = keptWith((breakdowns: readonly Breakdown[]): readonly Pack[] => {
  const packs: { codes: Uint16Array; groups: number; members: Member[] }[] = []
  breakdowns.forEach(({ codes, groups: known }, place) => {
    const groups = known + 1
    const last = packs.at(-1)
    const fits = last !== undefined && last.groups * groups <= PACKED_GROUPS
    const pack = fits ? last : { codes: new Uint16Array(codes.length), groups: 1, members: [] }
    if (!fits) packs.push(pack)
    for (let row = 0; row < codes.length; row++)
      pack.codes[row] = (pack.codes[row] as number) + pack.groups * Math.min(codes[row] as number, known)
    pack.members.push({ place, times: pack.groups, groups })
    pack.groups *= groups
  })
  return packs
})

/** One pack of everybody where there is no breakdown. */
export const packsFor = (breakdowns: readonly Breakdown[], households: number): readonly Pack[] =>
  packsOf(breakdowns.length > 0 ? breakdowns : [{ id: '', codes: new Uint8Array(households), groups: 1 }])

/** Where each breakdown is counted. */
export const placesOf = (packs: readonly Pack[], breakdowns: readonly Breakdown[]) =>
  breakdowns.map(({ id }, b) => {
    const place = packs.findIndex(({ members }) => members.some((one) => one.place === b))
    return { id, place, member: packs[place]?.members.find((one) => one.place === b) as Member }
  })
