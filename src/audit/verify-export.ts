/** Verifies an exported chain with nothing but the file, checkpoints and public keys: no database, no service. */
import { createPublicKey } from 'node:crypto'
import { type Checkpoint, type CheckpointFault, openCheckpoint, type SignedText } from './checkpoints/checkpoint.ts'
import { EXPORT_KIND, type ExportBegin } from './export-chain.ts'
import { keyIdOf, type TrustedKeys } from './signing-key.ts'
import { type ChainHead, type Link, walkChain, type Walked } from './walk-chain.ts'

/** A file that is not an export, or is cut off, with the line where that shows. */
export class ExportFault extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.name = 'ExportFault'
    this.line = line
  }
}

export interface ExportReport extends Walked {
  readonly from: ChainHead
  readonly doubtful: readonly { readonly place: number; readonly reason: CheckpointFault }[]
}

/** `text`: the file, in pieces of any size. */
export async function verifyExport(
  text: AsyncIterable<string | Uint8Array>,
  checkpoints: readonly SignedText[],
  trusted: TrustedKeys,
): Promise<ExportReport> {
  const opened = checkpoints.map((text) => openCheckpoint(text, trusted))
  const doubtful = opened.flatMap((found, index) => (typeof found === 'string' ? [{ place: index + 1, reason: found }] : []))
  const heads = opened.filter((found): found is Checkpoint => typeof found !== 'string')
  const lines = linesOf(text)
  try {
    const from = beginOf((await lines.next()).value ?? undefined).after
    return { ...(await walkChain(linksOf(lines), heads, from)), from, doubtful }
  } finally {
    await lines.return()
  }
}

const LINE_CHARACTERS_MAX = 4_000_000

/** Lines without their ends; what follows the last end is a line, too. */
async function* linesOf(text: AsyncIterable<string | Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  let line = 1
  for await (const piece of text) {
    const lines = (rest + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }))).split('\n')
    rest = lines.pop() ?? ''
    for (const whole of lines) {
      yield whole
      line++
    }
    if (rest.length > LINE_CHARACTERS_MAX) throw new ExportFault(line, 'the line is too long')
  }
  if (rest !== '') yield rest
}

function beginOf(line: string | undefined): ExportBegin {
  const begin = parsed(line ?? '', 1) as Partial<ExportBegin>
  const { seq, hash } = begin.after ?? {}
  if (begin.kind !== EXPORT_KIND || begin.version !== 1 || !Number.isSafeInteger(seq) || typeof hash !== 'string')
    throw new ExportFault(1, 'not the first line of an exported audit log of version 1')
  return begin as ExportBegin
}

async function* linksOf(lines: AsyncIterator<string>): AsyncGenerator<Link, void, void> {
  let links = 0
  for (let line = 2; ; line++) {
    const { value, done } = await lines.next()
    if (done) throw new ExportFault(line, 'the file is cut off: its last line is missing')
    const read = parsed(value, line) as Record<string, unknown>
    if (read['end'] === true) {
      if (read['links'] !== links) throw new ExportFault(line, `the file holds ${links} events, its last line says another number`)
      if (!(await lines.next()).done) throw new ExportFault(line + 1, 'something follows the last line')
      return
    }
    links++
    yield linkOf(read, line)
  }
}

function linkOf({ seq, id, previous, hash, event }: Record<string, unknown>, line: number): Link {
  const texts = [id, previous, hash].every((text) => typeof text === 'string')
  if (!Number.isSafeInteger(seq) || !texts || (event !== null && typeof event !== 'string')) throw new ExportFault(line, 'not an event')
  return { seq: seq as number, id: id as string, previous: previous as string, hash: hash as string, text: event as string | null }
}

function parsed(text: string, line: number): object {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // said below
  }
  throw new ExportFault(line, 'not a line of JSON')
}

/** The keys that checkpoints bring along: they prove that one hand signed them, not whose. */
export function carriedKeys(checkpoints: readonly { readonly publicKey?: string }[]): TrustedKeys {
  const keys = checkpoints.flatMap(({ publicKey }) => (publicKey === undefined ? [] : [createPublicKey(publicKey)]))
  return new Map(keys.map((key) => [keyIdOf(key), key]))
}
