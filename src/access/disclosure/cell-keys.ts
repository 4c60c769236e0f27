/**
 * One random-looking number for each household, the same for ever, from a secret of the installation. The sum over the households of a cell
 * is the cell's key: the same contents give the same noise whoever asks and however, so that asking twice tells nothing new.
 * Source: the cell key method of the Australian Bureau of Statistics (Fraser and Wooton 2005; Thompson, Broadfoot and Elazar 2013).
 */
import { createHmac } from 'node:crypto'
import { installationSecret } from '../installation-secret.ts'

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

/** The installation's secret of the cells. */
export const cellSecret = (dataDirectory: string): Promise<Uint8Array> => installationSecret(dataDirectory, 'cell-secret')
