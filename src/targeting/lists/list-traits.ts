/** The traits of a list's units, collected block by block while their lines are written. */
import { NO_TIER } from '../../determinations/bulk/nation.ts'
import { STATUSES } from '../outcome.ts'
import type { ProgrammeList } from '../run/select.ts'
import { type AreaCodes, officesOf } from './area-codes.ts'
import type { Cells } from './list-cells.ts'
import { BLOCK_UNITS, blocksByCode, type TraitBlock } from './trait-block.ts'
import { traitOf, type TraitFilter } from './unit-trait.ts'

export interface ListTrait extends TraitBlock {
  readonly trait: string
  /** Of units at positions from `block × BLOCK_UNITS + 1` on. */
  readonly block: number
}

/** What a unit has at most one of. */
interface Kind {
  readonly filter: TraitFilter
  readonly cell: keyof Cells
  /** What each code of the cell is called; several may be called the same, and undefined is no trait. */
  readonly names: readonly (string | number | boolean | undefined)[]
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, value) => value)

const kindsOf = (codes: AreaCodes): readonly Kind[] => [
  { filter: 'governorate', cell: 'governorate', names: codes.governorates },
  { filter: 'liwa', cell: 'liwa', names: codes.places.liwa },
  { filter: 'kada', cell: 'kada', names: codes.places.kada },
  { filter: 'branchOffice', cell: 'liwa', names: officesOf(codes) },
  { filter: 'status', cell: 'status', names: STATUSES },
  { filter: 'tier', cell: 'tier', names: upTo(NO_TIER) },
  // No percentile is 0: those without a score have none.
  { filter: 'percentile', cell: 'percentile', names: [undefined, ...upTo(101).slice(1)] },
  { filter: 'dependsOnMissing', cell: 'depends', names: [false, true] },
]

/** Of a kind: each name once, and which of them a code stands for. */
interface Collected {
  readonly filter: TraitFilter
  readonly cell: keyof Cells
  readonly names: readonly (string | number | boolean)[]
  readonly nameOf: Uint16Array
  /** By place in the block. */
  readonly codes: Uint16Array
}

const NO_NAME = 65_535

/** Of one list, whose units are added in their order. */
export class ListTraits {
  readonly #missingFacts: ProgrammeList['missingFacts']
  readonly #kinds: readonly Collected[]
  /** Places in the block of the units that miss a fact. */
  readonly #missing = new Map<string, number[]>()
  readonly #done: ListTrait[] = []
  #units = 0

  constructor({ missingFacts }: ProgrammeList, codes: AreaCodes) {
    this.#missingFacts = missingFacts
    this.#kinds = kindsOf(codes).map(({ filter, cell, names }) => {
      const known = [...new Set(names.filter((name) => name !== undefined))]
      const nameOf = Uint16Array.from(names, (name) => (name === undefined ? NO_NAME : known.indexOf(name)))
      return { filter, cell, names: known, nameOf, codes: new Uint16Array(BLOCK_UNITS) }
    })
  }

  /** The next units, by their cells. */
  add(rows: Uint32Array, cells: Cells): void {
    for (let from = 0; from < rows.length;) {
      const place = this.#units % BLOCK_UNITS
      const to = Math.min(rows.length, from + BLOCK_UNITS - place)
      for (const { cell, nameOf, codes } of this.#kinds) fill(codes, place, cells[cell], nameOf, from, to)
      for (let index = from; index < to; index++)
        if (cells.depends[index] === 1) this.#miss(this.#missingFacts?.get(rows[index] as number) ?? [], place + index - from)
      this.#units += to - from
      from = to
      if (this.#units % BLOCK_UNITS === 0) this.#endBlock()
    }
  }

  /** Every trait that any unit of a block has, by block; no unit is added afterwards. */
  end(): readonly ListTrait[] {
    if (this.#units % BLOCK_UNITS !== 0) this.#endBlock()
    return this.#done
  }

  #miss(facts: readonly string[], place: number): void {
    for (const fact of facts) {
      const places = this.#missing.get(fact)
      if (places) places.push(place)
      else this.#missing.set(fact, [place])
    }
  }

  #endBlock(): void {
    const block = Math.floor((this.#units - 1) / BLOCK_UNITS)
    const units = this.#units - block * BLOCK_UNITS
    const keep = (filter: TraitFilter, names: Collected['names'], codes: Uint16Array): void => {
      for (const [code, found] of blocksByCode(codes, names.length).entries())
        if (found) this.#done.push({ trait: traitOf(filter, names[code] as string), block, ...found })
    }
    for (const { filter, names, codes } of this.#kinds) keep(filter, names, codes.subarray(0, units))
    for (const [fact, places] of this.#missing) {
      const codes = new Uint16Array(units).fill(NO_NAME)
      for (const place of places) codes[place] = 0
      keep('missingFact', [fact], codes)
    }
    this.#missing.clear()
  }
}

/** Of one kind of column, so that it is compiled for it. A code without a name is none. */
function fill(into: Uint16Array, at: number, cell: Float64Array, nameOf: Uint16Array, from: number, to: number): void {
  for (let index = from; index < to; index++) into[at + index - from] = nameOf[cell[index] as number] ?? NO_NAME
}
