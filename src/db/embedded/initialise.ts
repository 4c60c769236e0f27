/** Makes a new database cluster with initdb, in a folder beside its place, so that a half-made one never counts. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunAs } from './run-as.ts'

/** Folder of the cluster and the file with its superuser's password, both inside the data folder. */
export const clusterFolder = (dataDirectory: string): string => join(dataDirectory, 'postgres')
const passwordFile = (dataDirectory: string): string => join(dataDirectory, 'postgres-password')

/** The password of user postgres, made at initialisation. */
export const clusterPassword = (dataDirectory: string): string => readFileSync(passwordFile(dataDirectory), 'utf8').trim()

/** Runs initdb unless the cluster exists: ICU root collation, checksums, scram; `durable: false` skips its fsync (tests). */
export function initialise(dataDirectory: string, binaries: string, runAs: RunAs, durable: boolean): void {
  const cluster = clusterFolder(dataDirectory)
  if (existsSync(join(cluster, 'PG_VERSION'))) return
  const unfinished = mkdtempSync(join(dataDirectory, 'postgres-new-'))
  const password = join(unfinished, 'password')
  writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  const target = join(unfinished, 'cluster')
  mkdirSync(target, { mode: 0o700 })
  if (runAs.ids !== undefined) for (const path of [unfinished, password, target]) chownSync(path, runAs.ids.uid, runAs.ids.gid)
  const locale = ['--locale-provider=icu', '--icu-locale=und', '--locale=C.UTF-8', '-E', 'UTF8']
  const security = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${password}`, '--data-checksums', '--no-instructions']
  const command = [...runAs.prefix, join(binaries, 'bin', 'initdb'), '-D', target, ...locale, ...security, ...(durable ? [] : ['-N'])]
  const outcome = spawnSync(command[0] as string, command.slice(1), { ...runAs.ids, cwd: '/', env: serverEnvironment, encoding: 'utf8' })
  if (outcome.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new Error(`initdb failed (${runAs.kind}): ${outcome.error?.message ?? outcome.stderr.trim()}`)
  }
  renameSync(password, passwordFile(dataDirectory))
  rmSync(cluster, { recursive: true, force: true })
  renameSync(target, cluster)
  rmSync(unfinished, { recursive: true, force: true })
}

/** PostgreSQL inherits nothing from us: neither secrets nor the host's locale and time zone. */
export const serverEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8', LC_MESSAGES: 'C', TZ: 'UTC' }
