/** Seals a letter for the one who delivers it: JSON Web Encryption (RFC 7516), to be opened with any library that knows it. */
import { CompactEncrypt, importJWK } from 'jose'
import type { DeliveryKey, PublicKey } from './delivery-keys.ts'

/** Letters are of a few lengths only: how much there is to tell is told to nobody. */
export const STEP_BYTES = 128 * 1024

export async function sealLetter(
  html: string,
  { id, publicKey }: Pick<DeliveryKey, 'id' | 'publicKey'>,
  determination: string,
): Promise<string> {
  const text = new TextEncoder().encode(html)
  const padded = new Uint8Array(Math.ceil(text.byteLength / STEP_BYTES) * STEP_BYTES).fill(0x20)
  padded.set(text)
  return new CompactEncrypt(padded)
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: id, cty: 'text/html', determination })
    .encrypt(await importJWK(publicKey, 'ECDH-ES+A256KW'))
}

/** Whether the two numbers are a point of the curve: others would give the letter away. */
export const isPublicKey = (key: PublicKey): Promise<boolean> =>
  importJWK(key, 'ECDH-ES+A256KW').then(
    () => true,
    () => false,
  )
