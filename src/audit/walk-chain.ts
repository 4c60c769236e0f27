/** Walks a chain of events from wherever it lies, a database or a file, and says where it breaks first. */
import { sha256 } from '../kernel/canonical.ts'

export const GENESIS = '0'.repeat(64)

/** The end of a chain: to be kept outside the database, or a rewritten tail passes unseen. */
export interface ChainHead {
  readonly seq: number
  readonly hash: string
}

/** Neither an id nor canonical JSON holds a line break: no two triples give the same text. */
export const linkHash = (previous: string, eventId: string, text: string): string => sha256(`${previous}\n${eventId}\n${text}`)

export interface Link extends ChainHead {
  readonly id: string
  readonly previous: string
  /** What was hashed; null when the event is gone. */
  readonly text: string | null
}

export type BreakReason = 'gap' | 'order' | 'fork' | 'previous' | 'missing' | 'hash' | 'checkpoint' | 'truncated'

export interface Break {
  /** The first link that cannot be believed. */
  readonly seq: number
  readonly reason: BreakReason
  /** Everything up to here is as a checkpoint says; a chain that was rewritten with new hashes begins to differ after it, at or before `seq`. */
  readonly provedTo: number
}

export interface Walked {
  readonly links: number
  readonly head: ChainHead
  /** Checkpoints that the walk came past and found right. */
  readonly checkpoints: number
  readonly broken: Break | null
}

/** `from`: where the links begin; `checkpoints`: heads that the chain must contain, in any order. Stops at the first break. */
export async function walkChain(
  links: AsyncIterable<Link> | Iterable<Link>,
  checkpoints: readonly ChainHead[] = [],
  from: ChainHead = { seq: 0, hash: GENESIS },
): Promise<Walked> {
  const wanted = checkpoints.filter(({ seq }) => seq >= from.seq).toSorted((a, b) => a.seq - b.seq)
  let head = from
  let passed = 0
  let provedTo = from.seq
  const stop = (seq: number, reason: BreakReason): Walked => ({
    links: head.seq - from.seq,
    head,
    checkpoints: passed,
    broken: { seq, reason, provedTo },
  })
  const agrees = (): boolean => {
    for (; wanted[passed]?.seq === head.seq; passed++) if (wanted[passed]?.hash !== head.hash) return false
    if (passed > 0) provedTo = Math.max(provedTo, wanted[passed - 1]?.seq ?? 0)
    return true
  }
  if (!agrees()) return stop(from.seq, 'checkpoint')
  for await (const link of links) {
    const reason = faultOf(link, head)
    if (reason) return stop(link.seq, reason)
    const before = head
    head = { seq: link.seq, hash: link.hash }
    if (!agrees()) {
      head = before
      return stop(link.seq, 'checkpoint')
    }
  }
  if (passed < wanted.length) return stop(head.seq + 1, 'truncated')
  return { links: head.seq - from.seq, head, checkpoints: passed, broken: null }
}

function faultOf({ seq, id, previous, hash, text }: Link, head: ChainHead): BreakReason | null {
  if (seq > head.seq + 1) return 'gap'
  if (seq === head.seq) return 'fork'
  if (seq < head.seq) return 'order'
  if (previous !== head.hash) return 'previous'
  if (text === null) return 'missing'
  return hash === linkHash(head.hash, id, text) ? null : 'hash'
}
