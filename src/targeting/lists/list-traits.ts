/** The traits of a list's units, block by block, from the columns that its lines are written from. */
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { officeOfLiwa } from '../branch-offices.ts'
import { STATUSES } from '../outcome.ts'
import type { JudgedNation } from '../run/judged-nation.ts'
import type { ProgrammeList } from '../run/select.ts'
import { NO_PLACE } from '../run/unit-places.ts'
import type { AreaCodes } from './list-lines.ts'
import { BLOCK_UNITS, blocksByCode, type TraitBlock } from './trait-block.ts'
import { traitOf, type TraitFilter } from './unit-trait.ts'

export interface ListTrait extends TraitBlock {
  readonly trait: string
  /** Of units at positions from `block × BLOCK_UNITS + 1` on. */
  readonly block: number
}

/** What a unit has at most one of: its codes, by row of where they stand, and what each code is called. */
interface Kind {
  readonly filter: TraitFilter
  readonly codes: ArrayLike<number>
  readonly by: 'unit' | 'household'
  /** Where several codes are of one name: that name's place by code. */
  readonly through?: Uint16Array
  /** Undefined is no trait. */
  readonly names: readonly (string | number | boolean | undefined)[]
}

/** Every trait that any unit of a block has, by block. */
export function* listTraits(list: ProgrammeList, nation: JudgedNation, codes: AreaCodes): Generator<ListTrait> {
  const { order } = list.allocation
  const kinds = kindsOf(list, nation, codes)
  for (let block = 0; block * BLOCK_UNITS < order.length; block++) {
    const rows = order.subarray(block * BLOCK_UNITS, (block + 1) * BLOCK_UNITS)
    const homes = rows.map((row) => list.household[row] as number)
    const own = new Uint16Array(rows.length)
    for (const { filter, codes: from, by, through, names } of kinds) {
      fill(own, from, by === 'unit' ? rows : homes)
      if (through) for (let place = 0; place < own.length; place++) own[place] = through[own[place] as number] ?? NO_PLACE
      yield* named(blocksByCode(own, names.length), filter, names, block)
    }
    yield* missingFactTraits(list, rows, block)
  }
}

function* named(blocks: readonly (TraitBlock | null)[], filter: TraitFilter, names: Kind['names'], block: number): Generator<ListTrait> {
  for (const [code, found] of blocks.entries()) {
    const name = names[code]
    if (found && name !== undefined) yield { trait: traitOf(filter, name), block, ...found }
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, value) => value)

function kindsOf(list: ProgrammeList, { governorate, places }: JudgedNation, codes: AreaCodes): Kind[] {
  const offices = codes.places.liwa.map((liwa) => officeOfLiwa(liwa) ?? undefined)
  const office = [...new Set(offices.filter((code) => code !== undefined))]
  const percentile = list.ranking?.nation.percentile
  return [
    { filter: 'governorate', codes: governorate, by: 'household', names: codes.governorates },
    { filter: 'liwa', codes: places.liwa, by: 'household', names: codes.places.liwa },
    { filter: 'kada', codes: places.kada, by: 'household', names: codes.places.kada },
    {
      filter: 'branchOffice',
      codes: places.liwa,
      by: 'household',
      through: Uint16Array.from(offices, (code) => (code === undefined ? NO_PLACE : office.indexOf(code))),
      names: office,
    },
    { filter: 'status', codes: list.allocation.status, by: 'unit', names: STATUSES },
    { filter: 'tier', codes: list.tier, by: 'unit', names: upTo(NO_TIER) },
    // No percentile is 0: those without a score have none.
    ...(percentile ? [{ filter: 'percentile', codes: percentile, by: 'household', names: [undefined, ...upTo(101).slice(1)] } as const] : []),
    { filter: 'dependsOnMissing', codes: list.dependsOnMissing, by: 'unit', names: [false, true] },
  ]
}

function fill(into: Uint16Array, from: ArrayLike<number>, rows: Uint32Array): void {
  for (let index = 0; index < rows.length; index++) into[index] = from[rows[index] as number] as number
}

/** A unit may miss several: one trait for each fact. */
function* missingFactTraits({ dependsOnMissing, missingFacts }: ProgrammeList, rows: Uint32Array, block: number): Generator<ListTrait> {
  const has = new Map<string, Uint16Array>()
  rows.forEach((row, place) => {
    if (dependsOnMissing[row] !== 1) return
    for (const fact of missingFacts?.get(row) ?? []) {
      const own = has.get(fact) ?? new Uint16Array(rows.length).fill(1)
      has.set(fact, own)
      own[place] = 0
    }
  })
  for (const fact of [...has.keys()].toSorted()) yield* named(blocksByCode(has.get(fact) as Uint16Array, 1), 'missingFact', [fact], block)
}
