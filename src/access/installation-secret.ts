/** Secrets of the installation, each a file of the data folder that only its own user may read. */
import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const SECRET_BYTES = 32

/** Made when it is first asked for; the same for every process of the data folder. */
export async function installationSecret(dataDirectory: string, name: string): Promise<Uint8Array> {
  const path = join(dataDirectory, 'keys', name)
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
  if (!made) throw new Error(`the secret in keys/${name} cannot be read, or is not of ${SECRET_BYTES} bytes: put it back from the backup`)
  return made
}

async function readSecret(path: string): Promise<Uint8Array | null> {
  const bytes = await readFile(path).catch(() => null)
  return bytes?.byteLength === SECRET_BYTES ? bytes : null
}
