/** A copy of a file that is on the disk before it has its name. */
import { copyFile, open, rename } from 'node:fs/promises'

export async function copyFlushed(from: string, path: string): Promise<void> {
  await copyFile(from, `${path}.part`)
  const file = await open(`${path}.part`, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
}
