/** Signs where the chain ends now and keeps it twice: in the database, and in a file of the data directory that whoever owns the database does not own. */
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { CHAIN_LOCK, readHead } from '../sequencer.ts'
import { signingKey } from '../signing-key.ts'
import { headAt } from '../stored-links.ts'
import { type SignedCheckpoint, type SignedText, signCheckpoint, signedHash } from './checkpoint.ts'
import { latestCheckpoint, storeCheckpoint } from './checkpoint-store.ts'

/** The latest one, made now unless it stands at the chain's end already; null while the chain is empty. Nothing is chained meanwhile. */
export async function makeCheckpoint(database: Database, dataDirectory: string): Promise<SignedCheckpoint | null> {
  const key = await signingKey(dataDirectory)
  const made = await database.transaction(async ({ client }) => {
    await client.query('select pg_advisory_xact_lock($1)', [CHAIN_LOCK])
    const head = await readHead(client)
    if (head.seq === 0) return null
    const last = await latestCheckpoint(client)
    if (last && last.checkpoint.seq >= head.seq) return { checkpoint: last, isNew: false }
    const number = (last?.checkpoint.number ?? 0) + 1
    const previous = last ? signedHash(last.signed) : null
    const checkpoint = signCheckpoint({ ...head, number, previous, at: new Date().toISOString() }, key)
    await storeCheckpoint(client, checkpoint)
    return { checkpoint, isNew: true }
  })
  if (made?.isNew) await keepOutside(database.pool, dataDirectory, made.checkpoint)
  return made?.checkpoint ?? null
}

const FOLDER = 'audit-checkpoints'
const ENDING = '.ndjson'

/** A file for each chain, named by its first link: a data directory may have served several databases. */
const fileOf = async (db: Queryable): Promise<string> => `${(await headAt(db, 1))?.hash.slice(0, 16) ?? 'empty'}${ENDING}`

async function keepOutside(db: Queryable, dataDirectory: string, { signed, signature }: SignedCheckpoint): Promise<void> {
  const folder = join(dataDirectory, FOLDER)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await appendFile(join(folder, await fileOf(db)), `${JSON.stringify({ signed, signature })}\n`, { mode: 0o600, flush: true })
}

export interface Kept {
  readonly texts: readonly SignedText[]
  /** Chains that this data directory knew besides: none where there was ever one database only, or its first link was rewritten. */
  readonly otherChains: number
}

/** What this data directory saw signed of the chain; a last line that was cut off by a crash is none. */
export async function keptOutside(db: Queryable, dataDirectory: string): Promise<Kept> {
  const folder = join(dataDirectory, FOLDER)
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const own = await fileOf(db)
  const text = files.includes(own) ? await readFile(join(folder, own), 'utf8') : ''
  const texts = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as SignedText)
  return { texts, otherChains: files.filter((file) => file.endsWith(ENDING) && file !== own).length }
}
