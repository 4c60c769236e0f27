/** The chain as lines of JSON: a line that says what follows, a line for each event, a last line without which the file is cut off. */
import type { Queryable } from '../db/queryable.ts'
import { problem } from '../kernel/problem.ts'
import { readHead } from './sequencer.ts'
import { headAt, storedLinks } from './stored-links.ts'
import { readSubjectHash } from './subjects.ts'
import { type ChainHead, GENESIS, type Link } from './walk-chain.ts'

export const EXPORT_KIND = 'mizan audit export'

export interface ExportBegin {
  readonly kind: typeof EXPORT_KIND
  readonly version: 1
  /** The link before the first line. */
  readonly after: ChainHead
  readonly through: ChainHead
}

/** What the last line says. */
export interface ExportEnd {
  readonly end: true
  readonly links: number
}

/** From after a place in the chain to its present end. Throws `audit-place-unknown` for a place that is not there. */
export async function beginExport(db: Queryable, afterSeq: number): Promise<ExportBegin> {
  const after = afterSeq === 0 ? { seq: 0, hash: GENESIS } : await headAt(db, afterSeq)
  if (!after) throw problem('audit-place-unknown', { pointer: 'querystring/after' })
  return { kind: EXPORT_KIND, version: 1, after, through: await readHead(db) }
}

const LINES_AT_ONCE = 200

/** Text of many lines at a time. */
export async function* exportLines(db: Queryable, begin: ExportBegin): AsyncGenerator<string, void, void> {
  yield `${JSON.stringify(begin)}\n`
  const hash = await readSubjectHash(db)
  let links = 0
  let lines: string[] = []
  for await (const link of storedLinks(db, hash, { after: begin.after.seq, through: begin.through.seq })) {
    lines.push(lineOf(link))
    links++
    if (lines.length < LINES_AT_ONCE) continue
    yield lines.join('')
    lines = []
  }
  yield `${lines.join('')}${JSON.stringify({ end: true, links } satisfies ExportEnd)}\n`
}

/** The event is text within the JSON: its bytes are what was hashed. */
const lineOf = ({ seq, id, previous, hash, text }: Link): string => `${JSON.stringify({ seq, id, previous, hash, event: text })}\n`
