/** The only SQL on the traits of lists: kept when a list is filled, and read a few blocks at a time by whoever looks for units with some of them. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import type { Queryable } from '../../db/queryable.ts'
import type { ListTrait } from './list-traits.ts'
import { addBlock, BITMAP_BYTES, BLOCK_UNITS, keepCommon, placesIn, type TraitBlock } from './trait-block.ts'

/** In the transaction that fills the list. */
export async function storeTraits(client: pg.ClientBase, list: number, traits: Iterable<ListTrait>): Promise<void> {
  const lines = function* (): Generator<string> {
    for (const { trait, block, places, bits } of traits) yield `${list}\t${trait}\t${block}\t${bytesText(places)}\t${bytesText(bits)}\n`
  }
  await pipeline(Readable.from(lines()), client.query(from('COPY listed_trait (list_number, trait, block, places, bits) FROM STDIN')))
}

/** As COPY reads a bytea: ids and codes need no such care. */
const bytesText = (bytes: Uint8Array | null): string => (bytes ? `\\\\x${Buffer.from(bytes).toString('hex')}` : '\\N')

/** Of the lists of a run that was not published. */
export async function dropTraits(db: Queryable, runId: string): Promise<void> {
  await db.query(
    'DELETE FROM listed_trait t USING ranked_list l WHERE l.number = t.list_number AND l.run_id = $1 AND l.published_at IS NULL',
    [runId],
  )
}

/** Of one block of a list, in any order. */
export async function storedTraits(db: Queryable, list: number, block: number): Promise<ListTrait[]> {
  const { rows } = await db.query<ListTrait>('SELECT trait, block, places, bits FROM listed_trait WHERE list_number = $1 AND block = $2', [
    list,
    block,
  ])
  return rows
}

/** Units of a block that are wanted. */
export interface WantedUnits {
  /** Position of the unit whose bit is the first. */
  readonly first: number
  readonly bits: Uint8Array
}

/** Whom most pages ask for is in one block; a search that goes on asks for more of them at once. */
const BLOCKS_AT_FIRST = 1
const BLOCKS_AT_MOST = 16

/** Blocks from the one that holds the position behind `after`, with the units that have one trait of each list; blocks without any are left out. */
export async function* unitsWith(
  db: Queryable,
  list: number,
  wanted: readonly (readonly string[])[],
  after: number,
): AsyncGenerator<WantedUnits> {
  const asked = [...new Set(wanted.flat())]
  let atOnce = BLOCKS_AT_FIRST
  for (let block = Math.floor(after / BLOCK_UNITS); ; block += atOnce, atOnce = Math.min(atOnce * 4, BLOCKS_AT_MOST)) {
    const { rows } = await db.query<StoredTrait>({
      name: 'units-with-traits',
      text: `SELECT l.eligible, t.trait, t.block, t.places, t.bits FROM ranked_list l
          LEFT JOIN listed_trait t ON t.list_number = l.number AND t.trait = ANY ($2) AND t.block BETWEEN $3 AND $4
        WHERE l.number = $1`,
      values: [list, asked, block, block + atOnce - 1],
    })
    for (let one = block; one < block + atOnce; one++) {
      const bits = commonUnits(wanted, new Map(rows.flatMap((row) => (row.block === one ? [[row.trait, row] as const] : []))))
      if (bits) yield { first: one * BLOCK_UNITS + 1, bits }
    }
    if ((block + atOnce) * BLOCK_UNITS >= (rows[0]?.eligible ?? 0)) return
  }
}

interface StoredTrait extends TraitBlock {
  readonly eligible: number
  /** Null in the one row that says how many units there are when none has a trait. */
  readonly trait: string
  readonly block: number
}

/** Null where nobody has them all. */
function commonUnits(wanted: readonly (readonly string[])[], found: ReadonlyMap<string, TraitBlock>): Uint8Array | null {
  let common: Uint8Array | null = null
  for (const oneOf of wanted) {
    const blocks = oneOf.flatMap((trait) => found.get(trait) ?? [])
    if (blocks.length === 0) return null
    const own = new Uint8Array(BITMAP_BYTES)
    for (const block of blocks) addBlock(own, block)
    if (common) keepCommon(common, own)
    else common = own
  }
  return common
}

/** Positions behind `after` of at most `limit` units that have one trait of each list, ascending. */
export async function positionsWith(
  db: Queryable,
  list: number,
  wanted: readonly (readonly string[])[],
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<number[]> {
  const positions: number[] = []
  for await (const { first, bits } of unitsWith(db, list, wanted, after))
    for (const place of placesIn(bits, Math.max(0, after + 1 - first))) {
      if (positions.length === limit) return positions
      positions.push(first + place)
    }
  return positions
}
