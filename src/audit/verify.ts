/** Verifies the chain of the database: every link, every event, every checkpoint that is stored, kept beside it or brought along. */
import type { Queryable } from '../db/queryable.ts'
import { type Checkpoint, type CheckpointFault, openCheckpoint, signedHash, type SignedText } from './checkpoints/checkpoint.ts'
import { storedTexts } from './checkpoints/checkpoint-store.ts'
import type { TrustedKeys } from './signing-key.ts'
import { storedLinks } from './stored-links.ts'
import { readSubjectHash } from './subjects.ts'
import { type BreakReason, type ChainHead, walkChain } from './walk-chain.ts'

export interface ChainReport {
  readonly intact: boolean
  readonly links: number
  /** Events that the sequencer has not taken up yet. */
  readonly waiting: number
  readonly head: ChainHead
  /** Checkpoints that the chain was held against. */
  readonly checkpoints: number
  readonly broken: { readonly seq: number; readonly reason: BreakReason | 'unlinked'; readonly provedTo: number } | null
  /** What is wrong with checkpoints themselves; `place` counts from one. */
  readonly doubtful: readonly DoubtfulCheckpoint[]
}

export interface DoubtfulCheckpoint {
  readonly source: 'stored' | 'kept' | 'sent'
  readonly place: number
  readonly reason: CheckpointFault | 'gap'
}

/** What the chain is held against besides itself. */
export interface Witnesses {
  readonly trusted: TrustedKeys
  /** Of the data directory. */
  readonly kept?: readonly SignedText[]
  /** Of whoever asks. */
  readonly sent?: readonly SignedText[]
  /** A head that somebody wrote down: not signed, and believed. */
  readonly head?: ChainHead
}

const NOBODY: Witnesses = { trusted: new Map() }

export async function verifyChain(db: Queryable, witnesses: Witnesses = NOBODY): Promise<ChainReport> {
  const { heads, doubtful } = await believed(db, witnesses)
  const { links, head, checkpoints, broken } = await walkChain(storedLinks(db, await readSubjectHash(db)), heads)
  const { waiting, unlinked } = await strayEvents(db)
  const stray = unlinked > 0 ? ({ seq: head.seq + 1, reason: 'unlinked', provedTo: head.seq } as const) : null
  const found = broken ?? stray
  return { intact: found === null && doubtful.length === 0, links, waiting, head, checkpoints, broken: found, doubtful }
}

async function believed(
  db: Queryable,
  { trusted, kept = [], sent = [], head }: Witnesses,
): Promise<{ readonly heads: ChainHead[]; readonly doubtful: DoubtfulCheckpoint[] }> {
  const stored = await storedTexts(db)
  const heads = new Map<string, ChainHead>(head ? [['written down', head]] : [])
  const doubtful: DoubtfulCheckpoint[] = []
  for (const [source, texts] of [
    ['stored', stored],
    ['kept', kept],
    ['sent', sent],
  ] as const) {
    let before: { readonly number: number; readonly signed: string } | null = null
    for (const [index, text] of texts.entries()) {
      const opened = openCheckpoint(text, trusted)
      if (typeof opened === 'string') {
        doubtful.push({ source, place: index + 1, reason: opened })
        continue
      }
      if (source === 'stored' && !follows(opened, before)) doubtful.push({ source, place: index + 1, reason: 'gap' })
      before = { number: opened.number, signed: text.signed }
      heads.set(text.signed, opened)
    }
  }
  return { heads: [...heads.values()], doubtful }
}

/** Stored checkpoints are without gaps, and each names the one before. */
const follows = ({ number, previous }: Checkpoint, before: { readonly number: number; readonly signed: string } | null): boolean =>
  number === (before?.number ?? 0) + 1 && previous === (before ? signedHash(before.signed) : null)

/** In one statement: an event is linked in the same transaction in which it stops waiting. */
async function strayEvents(db: Queryable): Promise<{ readonly waiting: number; readonly unlinked: number }> {
  const { rows } = await db.query<{ waiting: number; unlinked: number }>(
    `select (select count(*) from audit_pending) as waiting,
       (select count(*) from audit_event e where not exists (select from audit_link l where l.event_id = e.id)
          and not exists (select from audit_pending p where p.event_id = e.id)) as unlinked`,
  )
  return rows[0] ?? { waiting: 0, unlinked: 0 }
}
