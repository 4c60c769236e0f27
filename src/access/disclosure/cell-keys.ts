/**
 * One random-looking number for each household, the same for ever, from a secret of the installation. The sum over the households of a cell
 * is the cell's key: the same contents give the same noise whoever asks and however, so that asking twice tells nothing new.
 * Source: the cell key method of the Australian Bureau of Statistics (Fraser and Wooton 2005; Thompson, Broadfoot and Elazar 2013).
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type RecordKey = (reference: number) => number

const BYTES = 7

/** Tabulation hashing: one table of words for each byte of the reference, drawn from the secret. */
export function recordKeys(secret: Uint8Array): RecordKey {
  const tables = Array.from({ length: BYTES }, (_, byte) => tableOf(secret, byte))
  return (reference) => {
    let key = 0
    for (let rest = reference, byte = 0; byte < BYTES; byte++, rest = Math.floor(rest / 256)) key ^= tables[byte]?.[rest % 256] as number
    return key >>> 0
  }
}

function tableOf(secret: Uint8Array, byte: number): Uint32Array {
  const words = new Uint32Array(256)
  for (let block = 0; block < 32; block++) {
    const digest = createHmac('sha256', secret).update(`cell key ${byte} ${block}`).digest()
    for (let word = 0; word < 8; word++) words[block * 8 + word] = digest.readUInt32BE(word * 4)
  }
  return words
}

const SECRET_BYTES = 32

/** The installation's secret, made when it is first asked for; only its own user may read it. */
export async function cellSecret(dataDirectory: string): Promise<Uint8Array> {
  const path = join(dataDirectory, 'keys', 'cell-secret')
  const found = await readSecret(path)
  if (found) return found
  await mkdir(join(dataDirectory, 'keys'), { recursive: true, mode: 0o700 })
  // Whole or not there at all: another process must never read half of it.
  const own = `${path}.${randomUUID()}`
  await writeFile(own, randomBytes(SECRET_BYTES), { mode: 0o600, flag: 'wx', flush: true })
  await link(own, path).catch((error: NodeJS.ErrnoException) => {
    // Another process was first: its secret is everybody's.
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(own)
  const made = await readSecret(path)
  if (!made) throw new Error('the secret of the cells cannot be read back')
  return made
}

async function readSecret(path: string): Promise<Uint8Array | null> {
  const bytes = await readFile(path).catch(() => null)
  return bytes?.byteLength === SECRET_BYTES ? bytes : null
}
