/** The only SQL on the traits of lists: kept when a list is filled, and read a few blocks at a time by whoever looks for units with some of them. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import type { Queryable } from '../../db/queryable.ts'
import type { ListTrait } from './list-traits.ts'
import { STATUSES } from '../outcome.ts'
import { addBlock, BITMAP_BYTES, BLOCK_UNITS, keepCommon, placesIn, type TraitBlock } from './trait-block.ts'
import { traitOf } from './unit-trait.ts'

/** Every unit has one of these: a block in which nobody has any was not kept, or was lost. */
const OF_EVERY_UNIT = STATUSES.map((status) => traitOf('status', status))

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

/** Lists of a run with a block of units of which no trait was kept; in the transaction that publishes them. */
export async function listsWithoutTraits(db: Queryable, runId: string): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>(
    `SELECT number FROM ranked_list l WHERE run_id = $1 AND eligible > 0 AND EXISTS (
       SELECT FROM generate_series(0, (l.eligible - 1) / ${BLOCK_UNITS}) AS of_list (block)
       WHERE NOT EXISTS (SELECT FROM listed_trait t WHERE t.list_number = l.number AND t.trait = ANY ($2) AND t.block = of_list.block))
     ORDER BY number`,
    [runId, OF_EVERY_UNIT],
  )
  return rows.map(({ number }) => number)
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

/**
 * Blocks from the one that holds the position behind `after`, with the units that have one trait of each list; blocks without any are left out.
 * Throws where the traits of a block are missing: nobody's being known is not nobody's having them.
 */
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
      text: `SELECT l.eligible, t.trait, t.block, t.places, t.bits,
          ARRAY (SELECT DISTINCT k.block FROM listed_trait k WHERE k.list_number = $1 AND k.trait = ANY ($5) AND k.block BETWEEN $3 AND $4) AS kept
        FROM ranked_list l
          LEFT JOIN listed_trait t ON t.list_number = l.number AND t.trait = ANY ($2) AND t.block BETWEEN $3 AND $4
        WHERE l.number = $1`,
      values: [list, asked, block, block + atOnce - 1, OF_EVERY_UNIT],
    })
    const { eligible, kept }: Pick<StoredTrait, 'eligible' | 'kept'> = rows[0] ?? { eligible: 0, kept: [] }
    for (let one = block; one < block + atOnce && one * BLOCK_UNITS < eligible; one++) {
      // INVARIANT: publication kept traits of every block.
      if (!kept.includes(one)) throw new Error(`the traits of block ${one} of list ${list} are missing`)
      const bits = commonUnits(wanted, new Map(rows.flatMap((row) => (row.block === one ? [[row.trait, row] as const] : []))))
      if (bits) yield { first: one * BLOCK_UNITS + 1, bits }
    }
    if ((block + atOnce) * BLOCK_UNITS >= eligible) return
  }
}

interface StoredTrait extends TraitBlock {
  readonly eligible: number
  /** Those of the blocks asked for of which there are traits at all. */
  readonly kept: readonly number[]
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
