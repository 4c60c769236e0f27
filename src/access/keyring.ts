/** What the installation's secret is used for: keyed hashes of codes and names, and sealing of secrets that must be read again. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { installationSecret } from './installation-secret.ts'

export interface Keyring {
  /** Keyed hash of a text that is short enough to be guessed: a code, a name somebody typed. `use` keeps uses apart. */
  readonly digest: (use: 'name' | 'code', text: string) => string
  /** AES-256-GCM; `use` is authenticated, so that what was sealed for one is not opened for another. */
  readonly seal: (use: string, text: string) => Buffer
  /** Null for what was sealed with another secret, or changed. */
  readonly open: (use: string, sealed: Uint8Array) => string | null
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

export function keyringOf(secret: Uint8Array): Keyring {
  const derived = (label: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', `mizan access ${label}`, 32))
  const sealing = derived('sealing')
  const hashing = { name: derived('name'), code: derived('code') }
  return {
    digest: (use, text) => createHmac('sha256', hashing[use]).update(text).digest('hex'),
    seal(use, text) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(use))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open(use, sealed) {
      const bytes = Buffer.from(sealed)
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(use))
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return null
      }
    },
  }
}

/** The keyring of a data folder, read when it is first needed; a failure is tried again. */
export function lazyKeyring(dataDirectory: string): () => Promise<Keyring> {
  let keyring: Promise<Keyring> | null = null
  return () =>
    (keyring ??= installationSecret(dataDirectory, 'access-secret')
      .then(keyringOf)
      .catch((error: unknown) => {
        keyring = null
        throw error
      }))
}
