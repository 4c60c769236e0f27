/** The body of an upload, written to a file of its own as it comes in: it is never in memory as a whole. */
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../kernel/problem.ts'

export const UPLOAD_BYTES_MAX = 64 * 1024 * 1024
/** Files of a process that was killed are left behind for this long. */
const LEFTOVER_MS = 6 * 3_600_000

export interface ReceivedFile {
  readonly path: string
  readonly hash: string
  readonly bytes: number
  readonly remove: () => Promise<void>
}

/** Leaves nothing behind when it throws: the body is too large or empty, or whoever sent it hung up. */
export async function receiveFile(body: Readable, folder: string): Promise<ReceivedFile> {
  await removeLeftovers(folder)
  const own = join(folder, randomUUID())
  const remove = (): Promise<void> => rm(own, { recursive: true, force: true })
  const hash = createHash('sha256')
  let bytes = 0
  try {
    await mkdir(own, { recursive: true, mode: 0o700 })
    const path = join(own, 'rows')
    const measured = async function* (): AsyncGenerator<Buffer> {
      // Whoever sends too much is still there to be told.
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.byteLength
        if (bytes > UPLOAD_BYTES_MAX) throw problem('body-too-large', { expected: `at most ${UPLOAD_BYTES_MAX} bytes` })
        hash.update(chunk)
        yield chunk
      }
    }
    await pipeline(measured, createWriteStream(path, { mode: 0o600 }))
    if (bytes === 0) throw problem('body-missing', { expected: 'the rows of the sample' })
    return { path, hash: hash.digest('hex'), bytes, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(path, { recursive: true, force: true })
  }
}
