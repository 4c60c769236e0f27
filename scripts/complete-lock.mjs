/** Adds to package-lock.json the binaries of platforms whose packages the registry at hand did not offer, so that `npm ci` finds it complete. */
// npm drops an optional package that it cannot fetch from the lock file, and `npm ci` then refuses that file. Such packages are pinned by
// their parent to an exact version; their names say for which platform they are, so that npm skips them where they do not fit.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const systems = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  freebsd: 'freebsd',
  android: 'android',
  openharmony: 'openharmony',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  sunos: 'sunos',
  aix: 'aix',
}
const processors = {
  x64: 'x64',
  arm64: 'arm64',
  ia32: 'ia32',
  x86: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
}

const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const added = []
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`
    if (Object.keys(lock.packages).some((known) => known === path || known.endsWith(`/${path}`))) continue
    if (!/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
      throw new Error(`${name}@${version} is no exact version: install it where the registry has it`)
    const words = name.toLowerCase().split(/[^a-z0-9]+/)
    const os = words.map((word) => systems[word]).find((value) => value !== undefined)
    const cpu = words.map((word) => processors[word]).find((value) => value !== undefined)
    if (os === undefined && cpu === undefined) throw new Error(`${name}: its name tells no platform`)
    const libc =
      os !== 'linux'
        ? undefined
        : words.some((word) => word.startsWith('musl'))
          ? 'musl'
          : words.some((word) => word.startsWith('gnu'))
            ? 'glibc'
            : undefined
    lock.packages[path] = {
      version,
      ...(cpu === undefined ? {} : { cpu: [cpu] }),
      ...(entry.dev ? { dev: true } : {}),
      ...(libc === undefined ? {} : { libc: [libc] }),
      optional: true,
      ...(os === undefined ? {} : { os: [os] }),
    }
    added.push(`${name}@${version}`)
  }
}
const { '': root, ...packages } = lock.packages
lock.packages = { '': root, ...Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))) }
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added.length === 0 ? 'package-lock.json is complete.' : `Added to package-lock.json:\n  ${added.join('\n  ')}`)
