/** A delivery in Parquet as CSV: kept in a file, since its directory stands at its end, converted by a process of its own, read as it was written. */
import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../kernel/problem.ts'

/** `dataDirectory`: files of its size are made below it, and removed at the end. */
export async function* parquetAsCsv(body: AsyncIterable<Uint8Array>, bytesMax: number, dataDirectory: string): AsyncGenerator<Uint8Array> {
  const parent = join(dataDirectory, 'tmp', 'loads')
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(parent, 'parquet-'))
  try {
    const [file, csv] = [join(folder, 'delivery.parquet'), join(folder, 'delivery.csv')]
    await pipeline(Readable.from(limited(body, bytesMax)), createWriteStream(file, { mode: 0o600 }))
    await convert(file, csv, folder)
    await rm(file)
    yield* createReadStream(csv, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* limited(body: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const piece of body) {
    total += piece.length
    if (total > bytesMax) throw problem('body-too-large', { expected: `at most ${bytesMax} bytes` })
    yield piece
  }
}

function convert(file: string, csv: string, folder: string): Promise<void> {
  const own = import.meta.filename
  const script = join(import.meta.dirname, `parquet-child${own.slice(own.lastIndexOf('.'))}`)
  const child = spawn(process.execPath, [...process.execArgv, script, file, csv, folder], { stdio: 'ignore', env: {} })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(problem('load-unreadable'))))
  })
}
