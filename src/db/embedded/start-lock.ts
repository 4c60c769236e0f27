/** A lock file that lets one process at a time start a folder's server; a dead holder's lock is taken over. */
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './postmaster.ts'

const limitMs = 90_000

/** Waits for the folder's lock and returns the function that gives it back. */
export async function lockStart(folder: string): Promise<() => void> {
  const lock = join(folder, 'start.lock')
  const mine = join(folder, `start.lock.${process.pid}-${randomBytes(4).toString('hex')}`)
  // A link appears with its content at once; a file made by open would be empty for a moment.
  writeFileSync(mine, String(process.pid))
  const deadline = Date.now() + limitMs
  try {
    while (!take(mine, lock)) {
      if (Date.now() > deadline) throw new Error(`Another process has been starting PostgreSQL for too long: see ${lock}`)
      await sleep(20)
    }
  } finally {
    unlinkSync(mine)
  }
  return () => rmSync(lock, { force: true })
}

function take(mine: string, lock: string): boolean {
  try {
    linkSync(mine, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  try {
    if (!isAlive(Number(readFileSync(lock, 'utf8')))) unlinkSync(lock)
  } catch {
    // The holder gave it back in between.
  }
  return false
}
