/** One hash of all traits of a list's units: as they stand in the database, and as they are made again. */
import { createHash, type Hash } from 'node:crypto'
import type { Queryable } from '../../db/queryable.ts'
import type { ListTrait } from '../lists/list-traits.ts'
import { BLOCK_UNITS } from '../lists/trait-block.ts'
import { storedTraits } from '../lists/trait-store.ts'
import type { StoredHeader } from './stored-list.ts'

/** Hex of SHA-256, by block and trait, in whatever order they are given. */
export function traitsHash(traits: readonly ListTrait[]): string {
  const hash = createHash('sha256')
  addTraits(hash, traits)
  return hash.digest('hex')
}

/** The same of what is stored; a block at a time, so that nothing large is held. */
export async function storedTraitsHash(db: Queryable, { number, eligible }: Pick<StoredHeader, 'number' | 'eligible'>): Promise<string> {
  const hash = createHash('sha256')
  for (let block = 0; block * BLOCK_UNITS < eligible; block++) addTraits(hash, await storedTraits(db, number, block))
  return hash.digest('hex')
}

function addTraits(hash: Hash, traits: readonly ListTrait[]): void {
  for (const { trait, block, places, bits } of traits.toSorted((a, b) => a.block - b.block || (a.trait < b.trait ? -1 : 1))) {
    const bytes = places ?? bits ?? new Uint8Array()
    hash.update(`${block} ${trait} ${places ? 'places' : 'bits'} ${bytes.length}\n`)
    hash.update(bytes)
  }
}
