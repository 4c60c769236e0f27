/** Removes snapshots that nothing stands on any more, with the inputs of their runs and what runs that ended left unfinished. */
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { holdLock } from '../../jobs/held-lock.ts'
import { NATION_LOCK } from './nation-lock.ts'
import { inputsFolder } from './run-inputs.ts'
import { snapshotsFolder } from './run-nation.ts'
import { type Prunable, prunable } from './run-store.ts'
import { BUILDING } from './snapshot.ts'

export interface Retention {
  /** Folder of the snapshots and the inputs. */
  readonly folder: string
  /** How many are kept of the newest that published runs stand on, besides those in force and frozen. */
  readonly snapshotsKept: number
}

const REMOVED = 'removed-'
const KEY_FILE = /^([0-9a-f]{64})\.hash$/

/** Returns the names of what was removed; null when somebody reads or builds snapshots now: the next publication looks again. */
export async function pruneSnapshots(
  database: Database,
  { folder, snapshotsKept }: Retention,
  signal: AbortSignal,
): Promise<string[] | null> {
  const lock = await holdLock(database.pool, NATION_LOCK, { waitMs: 0, signal })
  if (!lock) return null
  try {
    const names = await prunable(database.pool, snapshotsKept)
    return [...(await pruneFolder(snapshotsFolder(folder), names)), ...(await pruneInputs(inputsFolder(folder), names))]
  } finally {
    await lock.release()
  }
}

/** Only what the database knows is removed: another database's snapshots may lie in the same folder. */
async function pruneFolder(snapshots: string, { snapshots: pruned, building }: Prunable): Promise<string[]> {
  const names = await list(snapshots)
  const removed = names.filter(
    (name) => pruned.has(name) || name.startsWith(REMOVED) || (name.startsWith(BUILDING) && building.has(name.slice(BUILDING.length))),
  )
  for (const name of names.filter((one) => KEY_FILE.test(one))) {
    const path = join(snapshots, name)
    if (pruned.has(await readFile(path, 'utf8'))) await rm(path, { force: true })
  }
  for (const name of removed) {
    // Out of its name first: whoever opens it by that finds all of it or nothing.
    const away = name.startsWith(REMOVED) ? name : `${REMOVED}${name}`
    if (away !== name) await rename(join(snapshots, name), join(snapshots, away))
    await rm(join(snapshots, away), { recursive: true, force: true })
  }
  return removed
}

/** Whoever holds the lock knows that nobody is writing: what is half written was left by somebody who died. */
async function pruneInputs(folder: string, { inputs }: Prunable): Promise<string[]> {
  const removed = (await list(folder)).filter((name) => inputs.has(name) || name.endsWith('.part'))
  for (const name of removed) await rm(join(folder, name), { force: true })
  return removed
}

/** Empty where the folder is not there. */
async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}
