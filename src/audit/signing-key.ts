/** The Ed25519 key that signs checkpoints of the audit chain and lists that are handed over: one file of the data directory, made at the first signature. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface SigningKey {
  readonly privateKey: KeyObject
  /** SPKI PEM: what a receiver verifies with. */
  readonly publicKey: string
  readonly keyId: string
}

/** Public halves by id: whose signatures are believed. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>

const FILE = 'list-signing.pem'
const RETIRED = '.retired.pem'

/** The first half of SHA-256 over the public key's DER, in hex. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32)

/** Two processes that come at once get the same key: the first file under the name stays. */
export async function signingKey(dataDirectory: string): Promise<SigningKey> {
  const folder = join(dataDirectory, 'keys')
  const path = join(folder, FILE)
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
  const publicKey = createPublicKey(privateKey)
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string, keyId: keyIdOf(publicKey) }
}

/** The key that signs now and those that did before: files of the folder whose name ends in `.retired.pem`, private or public. */
export async function trustedKeys(dataDirectory: string): Promise<TrustedKeys> {
  const { publicKey } = await signingKey(dataDirectory)
  const folder = join(dataDirectory, 'keys')
  const retired = (await readdir(folder)).filter((name) => name.endsWith(RETIRED))
  return keysOf([publicKey, ...(await Promise.all(retired.map((name) => readFile(join(folder, name), 'utf8'))))])
}

/** Keys by their ids; of a private key the public half. Throws for text that is no PEM of Ed25519. */
export function keysOf(pems: readonly string[]): TrustedKeys {
  const keys = pems.map((pem) => createPublicKey(pem))
  if (keys.some(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519')) throw new Error('expected an Ed25519 key')
  return new Map(keys.map((key) => [keyIdOf(key), key]))
}
