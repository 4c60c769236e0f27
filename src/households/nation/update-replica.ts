/** Opens the replica of the data folder and brings it up to date; what is no replica of this database is set aside and built anew. */
import { rename, rm, stat } from 'node:fs/promises'
import type { Database } from '../../db/database.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { isDamaged, openReplica, type Replica, type ReplicaSettings } from '../../warehouse/replica/open-replica.ts'
import { hasTables, readHeld, REPLICA_FORM } from '../../warehouse/replica/replica-state.ts'
import { type OnReplicaProgress, refreshReplica, type ReplicaRefresh } from './refresh-replica.ts'
import { inSnapshot, sourceOf } from './source-snapshot.ts'

export interface ReplicaUpdate extends ReplicaRefresh {
  /** Why the file that was there was set aside, and where it is; null: it was not. */
  readonly setAside: { readonly reason: SetAsideReason; readonly path: string } | null
}

/** Unreadable: no DuckDB file, or a broken one. Foreign: some other file of DuckDB, or the replica of another database. */
export type SetAsideReason = 'unreadable' | 'foreign'

export interface ReplicaDeps {
  readonly database: Database
  readonly catalogue: Catalogue
  readonly settings: ReplicaSettings
}

/**
 * A whole copy is built in a file beside and moved into its place at the end: one that breaks off leaves what was there.
 * Rejects when another process uses the replica.
 */
export async function updateReplica(
  deps: ReplicaDeps,
  { rebuild = false, onProgress = () => {} }: { readonly rebuild?: boolean; readonly onProgress?: OnReplicaProgress } = {},
): Promise<ReplicaUpdate> {
  const { database, catalogue, settings } = deps
  const { file } = settings
  const { replica, holds, setAside } = await openOwn(deps)
  try {
    if (!rebuild && holds) {
      const refreshed = await refreshReplica({ database, catalogue, connection: replica.connection, file }, { onProgress })
      return { ...refreshed, setAside }
    }
    // The file in its place stays open meanwhile: nobody else builds.
    const refreshed = await buildBeside(deps, onProgress)
    return { ...refreshed, setAside }
  } catch (error) {
    if (!isDamaged(error) || setAside !== null) throw error
    replica.close()
    const path = await moveAside(file)
    return { ...(await updateReplica(deps, { rebuild: true, onProgress })), setAside: { reason: 'unreadable', path } }
  } finally {
    replica.close()
  }
}

interface OwnReplica {
  readonly replica: Replica
  /** False: an empty file, or of a form that is no longer kept up. */
  readonly holds: boolean
  readonly setAside: ReplicaUpdate['setAside']
}

async function openOwn({ database, settings }: ReplicaDeps): Promise<OwnReplica> {
  const source = await inSnapshot(database, sourceOf)
  const fresh = async (reason: SetAsideReason): Promise<OwnReplica> => {
    const path = await moveAside(settings.file)
    return { replica: await openReplica(settings, 'write'), holds: false, setAside: { reason, path } }
  }
  let replica: Replica
  try {
    replica = await openReplica(settings, 'write')
  } catch (error) {
    if (!isDamaged(error)) throw error
    return fresh('unreadable')
  }
  try {
    const state = await readHeld(replica.connection)
    if (state.source === source) return { replica, holds: state.held !== null, setAside: null }
    const isForeign = state.source === null ? await hasTables(replica.connection) : state.source.startsWith(REPLICA_FORM)
    if (!isForeign) return { replica, holds: false, setAside: null }
    replica.close()
    return await fresh('foreign')
  } catch (error) {
    replica.close()
    if (!isDamaged(error)) throw error
    return fresh('unreadable')
  }
}

async function buildBeside({ database, catalogue, settings }: ReplicaDeps, onProgress: OnReplicaProgress): Promise<ReplicaRefresh> {
  const building = `${settings.file}.building`
  await removeReplica(building)
  try {
    const replica = await openReplica({ ...settings, file: building }, 'write')
    const refreshed = await refreshReplica(
      { database, catalogue, connection: replica.connection, file: building },
      { rebuild: true, onProgress },
    ).finally(() => replica.close())
    await rename(building, settings.file)
    await rm(`${settings.file}.wal`, { force: true })
    return refreshed
  } catch (error) {
    await removeReplica(building)
    throw error
  }
}

/** One file is kept aside, the latest: a broken disk must not fill up as well. */
async function moveAside(file: string): Promise<string> {
  const path = `${file}.set-aside`
  await removeReplica(path)
  await rename(file, path)
  if (await stat(`${file}.wal`).catch(() => null)) await rename(`${file}.wal`, `${path}.wal`)
  return path
}

async function removeReplica(file: string): Promise<void> {
  for (const path of [file, `${file}.wal`, `${file}.tmp`]) await rm(path, { recursive: true, force: true })
}
