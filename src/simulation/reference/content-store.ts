/** The only SQL on texts that are named by their hash. */
import type { Queryable } from '../../db/queryable.ts'
import type { TextPieces } from './text-pieces.ts'

/** Stored once, whoever sends it. INVARIANT: call it in a transaction, so that no text is there without its pieces. */
export async function storeContent(transaction: Queryable, { hash, bytes, pieces }: TextPieces): Promise<void> {
  // Whoever stores the same at the same time is waited for.
  const { rowCount } = await transaction.query('insert into sample_content (hash, bytes) values ($1, $2) on conflict (hash) do nothing', [
    hash,
    bytes,
  ])
  if (rowCount === 0) return
  for (const [part, piece] of pieces.entries())
    await transaction.query('insert into sample_content_part (hash, part, gzipped) values ($1, $2, $3)', [hash, part, Buffer.from(piece)])
}

/** The gzipped pieces of a text, one after another. */
export async function* readContent(db: Queryable, hash: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const { rows } = await db.query<{ gzipped: Buffer }>('select gzipped from sample_content_part where hash = $1 and part = $2', [
      hash,
      part,
    ])
    if (!rows[0]) return
    yield rows[0].gzipped
  }
}
