/** A checkpoint: where the chain ended at some moment, signed, so that whoever keeps it can prove later that nothing before it was rewritten. */
import { sign, verify } from 'node:crypto'
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import type { SigningKey, TrustedKeys } from '../signing-key.ts'
import type { ChainHead } from '../walk-chain.ts'

const KIND = 'mizan audit checkpoint'

export interface Checkpoint extends ChainHead {
  /** Counted from one, without gaps. */
  readonly number: number
  /** SHA-256 of the text that was signed before; null of the first. */
  readonly previous: string | null
  readonly at: string
  readonly keyId: string
}

export interface SignedText {
  /** Canonical JSON: the bytes that are signed, as UTF-8. */
  readonly signed: string
  /** Ed25519, base64. */
  readonly signature: string
}

export interface SignedCheckpoint extends SignedText {
  readonly checkpoint: Checkpoint
  /** SPKI PEM: tells nothing about who signed unless it is compared with the one that the installation published. */
  readonly publicKey: string
}

export function signCheckpoint(checkpoint: Omit<Checkpoint, 'keyId'>, { privateKey, publicKey, keyId }: SigningKey): SignedCheckpoint {
  const whole = { ...checkpoint, keyId }
  const signed = canonicalJson({ kind: KIND, ...whole })
  return { checkpoint: whole, signed, signature: sign(null, Buffer.from(signed), privateKey).toString('base64'), publicKey }
}

export const signedHash = (signed: string): string => sha256(signed)

export type CheckpointFault = 'form' | 'key' | 'signature'

/** What was signed, or why it is not believed: `form` is not a checkpoint's text, `key` is signed by nobody that is trusted. */
export function openCheckpoint({ signed, signature }: SignedText, trusted: TrustedKeys): Checkpoint | CheckpointFault {
  const checkpoint = readSigned(signed)
  if (!checkpoint) return 'form'
  const key = trusted.get(checkpoint.keyId)
  if (!key) return 'key'
  return verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64')) ? checkpoint : 'signature'
}

/** Only what we would have written ourselves: another text with another meaning, such as a signed list, is none. */
function readSigned(signed: string): Checkpoint | null {
  try {
    const { kind, number, seq, hash, previous, at, keyId } = JSON.parse(signed) as Checkpoint & { kind: string }
    const checkpoint = { number, seq, hash, previous, at, keyId }
    if (canonicalJson({ kind: KIND, ...checkpoint }) !== signed || kind !== KIND) return null
    const hex = (text: unknown): boolean => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text)
    const whole = [number, seq].every((count) => Number.isSafeInteger(count) && count > 0)
    return whole && hex(hash) && (previous === null || hex(previous)) && typeof keyId === 'string' ? checkpoint : null
  } catch {
    return null
  }
}
