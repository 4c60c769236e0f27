/** The facts of one household as text and back: (lo, hi) of every slot, exactly. */
import type { AssembledHousehold } from '../households/assembled.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { unknownValues } from '../language/fact-space.ts'
import type { FactSpace, FactValues } from '../language/fact-space.ts'

/** A known value, a pair of bounds (null is an open end), or null for a value of which nothing is known. */
type Cell = number | readonly [number | null, number | null] | null

interface SnapshotJson {
  readonly household: readonly Cell[]
  readonly members: readonly {
    readonly person: number
    readonly head: boolean
    readonly relationship: string
    readonly facts: readonly Cell[]
  }[]
  /** Where it would stand in a run; absent where it stood nowhere. */
  readonly standings?: readonly {
    readonly asOf: string
    readonly formula: string
    readonly percentile: number
    readonly rank: number
    readonly run: string
  }[]
}

/** What of an assembled household decides: the rest says where it comes from. */
type Deciding = Pick<AssembledHousehold, 'household' | 'members' | 'standings'>

export function snapshotText({ household, members, standings = [] }: Deciding, catalogue: Catalogue): string {
  const placed = standings.flatMap(({ run, formula, percentile, rank }) =>
    run ? [{ asOf: run.asOf, formula, percentile, rank, run: run.id }] : [],
  )
  const json: SnapshotJson = {
    household: cellsOf(catalogue.household, household),
    members: members.map(({ personRef, isHead, relationship, facts }) => ({
      facts: cellsOf(catalogue.person, facts),
      head: isHead,
      person: personRef,
      relationship,
    })),
    ...(placed.length > 0 ? { standings: placed } : {}),
  }
  // Canonical as it stands, because keys are written in their order and numbers are integers: a test holds it to that.
  return JSON.stringify(json)
}

/** The reverse, for the catalogue that the text was written with; throws when it does not fit. */
export function readSnapshotText(text: string, catalogue: Catalogue): Deciding {
  const { household, members, standings = [] } = JSON.parse(text) as SnapshotJson
  return {
    household: valuesOf(catalogue.household, household),
    members: members.map(({ person, head, relationship, facts }) => ({
      personRef: person,
      isHead: head,
      relationship,
      facts: valuesOf(catalogue.person, facts),
    })),
    standings: standings.map(({ asOf, run, ...standing }) => ({ ...standing, run: { id: run, asOf, isProvisional: true } })),
  }
}

function cellsOf({ types }: FactSpace, { lo, hi }: FactValues): Cell[] {
  return types.map(({ type }, slot): Cell => {
    const [low, high] = [lo[slot] as number, hi[slot] as number]
    if (low === high) return low
    if (type === 'boolean') return null
    return Number.isFinite(low) || Number.isFinite(high) ? [finite(low), finite(high)] : null
  })
}

function valuesOf(space: FactSpace, cells: readonly Cell[]): FactValues {
  if (cells.length !== space.types.length) throw new Error(`the stored facts do not fit ${space.name}`)
  const values = unknownValues(space)
  cells.forEach((cell, slot) => {
    if (cell === null) return
    const [lo, hi] = typeof cell === 'number' ? [cell, cell] : cell
    values.lo[slot] = lo ?? -Infinity
    values.hi[slot] = hi ?? Infinity
  })
  return values
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
