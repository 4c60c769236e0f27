/** The Ed25519 key that signs frozen lists: one file of the data directory, made at the first signature. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface SigningKey {
  readonly privateKey: KeyObject
  /** SPKI PEM: what a receiver verifies with. */
  readonly publicKey: string
}

/** Two processes that come at once get the same key: the first file under the name stays. */
export async function signingKey(dataDirectory: string): Promise<SigningKey> {
  const folder = join(dataDirectory, 'keys')
  const path = join(folder, 'list-signing.pem')
  const text = await readFile(path, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const draft = `${path}.${randomUUID()}`
    await writeFile(draft, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
    await link(draft, path).catch((failed: NodeJS.ErrnoException) => {
      if (failed.code !== 'EEXIST') throw failed
    })
    await rm(draft)
    return readFile(path, 'utf8')
  })
  const privateKey = createPrivateKey(text)
  return { privateKey, publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string }
}
