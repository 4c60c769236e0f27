/** Column files from those of an earlier snapshot: only the households that may have changed are assembled, the others stay as they are. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ChunkAssembly } from '../../language/catalogue/assembly/compile-chunk.ts'
import type { ValueColumn, ValueColumns } from '../../language/catalogue/assembly/chunk.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { fillEnrolled } from '../enrolled-status.ts'
import { type AssembledRange, type RangeRequest, valueColumns } from './assemble-range.ts'
import { type ColumnFile, readColumnFile, readToRenew, type WantedSlots, withSlots, writeColumnFile } from './column-file.ts'
import { slotsOfFacts } from './facts-moved.ts'
import { mergeColumns, NO_HOUSEHOLDS } from './merge-columns.ts'
import { samePart } from './open-part.ts'
import { type HomeRange, readChunk, readElsewhereOf } from './read-chunk.ts'

/** A part to be made of one that is there; null where the earlier snapshot had none of this range. */
export interface RenewedPart {
  readonly range: HomeRange
  readonly path: string
  readonly base: (AssembledRange & { readonly path: string }) | null
}

/** The facts that may be others, where nobody moved. */
export interface FewFacts {
  readonly facts: ReadonlySet<string>
  /** Columns that the earlier files are held against their hashes in, beside those of the facts: whatever is read of the parts next. */
  readonly checked: WantedSlots
}

export interface RenewRequest extends Omit<RangeRequest, 'range' | 'path' | 'elsewhere' | 'places'> {
  /** Null: any fact. Else the assembly computes these of the facts that are wanted, and what they are made of. */
  readonly few: FewFacts | null
  /** Side by side, in ascending order. */
  readonly parts: readonly RenewedPart[]
  /** Homes of these parts that may have changed, ascending. */
  readonly homes: Float64Array
}

const CHOSEN = 'chosen_home'

/** `checked`: columns of the part as its file holds them under that hash; null where any fact may have moved, and all were read. */
export interface RenewedRange extends AssembledRange {
  readonly checked: ColumnFile | null
}

/** What each part came to, in their order; the files are byte for byte those that assembling all their households would write. */
export async function renewParts(
  connection: DuckDBConnection,
  assembly: ChunkAssembly,
  { parts, homes, ...request }: RenewRequest,
): Promise<RenewedRange[]> {
  const needsAny = homes.length > 0 || parts.some(({ base }) => base === null)
  const fresh = needsAny ? await assembleHomes(connection, assembly, { parts, homes, ...request }) : null
  const changed = new Set(homes)
  const renewed: RenewedRange[] = []
  const checkedOf = (columns: ColumnFile): ColumnFile | null => request.few && withSlots(columns, request.few.checked)
  // A part is on its way to the disk while the next is read.
  let writing = Promise.resolve()
  try {
    for (const [index, { range, path, base }] of parts.entries()) {
      // Also where nothing changed: what is damaged and will be read is not handed on.
      const before = base ? await readBase(base, request) : NO_HOUSEHOLDS
      const isTouched = base === null || placeIn(homes, range.to) > placeIn(homes, range.from)
      if (base && !(isTouched && fresh)) {
        await samePart(base.path, path)
        renewed[index] = { households: base.households, persons: base.persons, hash: base.hash, checked: checkedOf(before) }
      } else if (fresh) {
        const of = { from: placeIn(fresh.householdRefs, range.from), to: placeIn(fresh.householdRefs, range.to) }
        const columns = mergeColumns(before, fresh, changed, of)
        await writing
        writing = writeColumnFile(path, columns, base?.path).then((hash) => {
          renewed[index] = { households: columns.households, persons: columns.persons, hash, checked: checkedOf(columns) }
        })
        // What it fails with is told when it is waited for.
        writing.catch(() => undefined)
      }
    }
  } finally {
    // Also where the next part failed: whoever assembles all of them writes to the same place.
    await writing
  }
  return renewed
}

/** Whoever takes rows over from it would make facts unknown that it lacks: it has a column for each fact that is wanted, or is none to begin from. */
async function readBase(
  { path, hash }: NonNullable<RenewedPart['base']>,
  { catalogue, wanted, few }: Pick<RenewRequest, 'catalogue' | 'wanted' | 'few'>,
): Promise<ColumnFile> {
  const file = few
    ? await readToRenew(path, hash, eitherOf(slotsOfFacts(catalogue, few.facts), few.checked))
    : await readColumnFile(path, hash)
  for (const space of ['household', 'person'] as const) {
    const lacking = catalogue[space].types.find(({ id }, slot) => wanted.has(id) && !file[space][slot])
    if (lacking) throw new Error(`${path}: ${lacking.id} of the ${space} is not the column that was written: there is none`)
  }
  return file
}

const eitherOf = (one: WantedSlots, other: WantedSlots): WantedSlots => ({
  household: new Set([...one.household, ...other.household]),
  person: new Set([...one.person, ...other.person]),
})

async function assembleHomes(connection: DuckDBConnection, assembly: ChunkAssembly, { parts, homes, ...request }: RenewRequest) {
  const { catalogue, asOf, served, few } = request
  const moved = few && new Set([...request.wanted].filter((id) => few.facts.has(id)))
  const wanted = moved ? closureOf(catalogue, moved) : request.wanted
  await chooseHomes(connection, homes)
  const range = { from: parts[0]?.range.from ?? 0, to: parts.at(-1)?.range.to ?? 0, among: CHOSEN }
  const { rows: relatives, places } = await readElsewhereOf(connection, { reads: assembly.reads, asOf, range })
  const columnOf = (slot: number, rows: number): ValueColumn => {
    const lo = new Float64Array(rows)
    return { lo, hi: catalogue.facts.get(catalogue.person.types[slot]?.id ?? '')?.bounded ? new Float64Array(rows) : lo }
  }
  const elsewhere: ValueColumns = catalogue.person.types.map((_, slot) =>
    assembly.elsewhereSlots.includes(slot) ? columnOf(slot, places.length) : undefined,
  )
  assembly.elsewhere(relatives, elsewhere)
  const { rows, householdRefs, personRefs } = await readChunk(connection, { ...request, reads: assembly.reads, range, places })
  const household = valueColumns(catalogue, catalogue.household, wanted, rows.households)
  const person = valueColumns(catalogue, catalogue.person, wanted, personRefs.length)
  assembly.households(rows, elsewhere, { household, person })
  const { firstMember } = rows
  fillEnrolled(catalogue, { householdRefs, personRefs, firstMember }, served, household)
  // What the facts are made of was computed again, and is as it was.
  const kept = ({ types }: FactSpace, columns: ValueColumns): ValueColumns =>
    moved ? columns.map((column, slot) => (moved.has(types[slot]?.id ?? '') ? column : undefined)) : columns
  return { householdRefs, personRefs, firstMember, household: kept(catalogue.household, household), person: kept(catalogue.person, person) }
}

async function chooseHomes(connection: DuckDBConnection, homes: Float64Array): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${CHOSEN} (home BIGINT)`)
  const appender = await connection.createAppender(CHOSEN, 'main', 'temp')
  for (const home of homes) {
    appender.appendBigInt(BigInt(home))
    appender.endRow()
  }
  appender.closeSync()
}

/** The place of the first that is not below `ref`. */
function placeIn(ascending: Float64Array, ref: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) < ref) low = middle + 1
    else high = middle
  }
  return low
}
