/** Makes a checkout ready to run: installs what package-lock.json lists and is missing, builds dist/ when sources changed. Plain Node only. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const withDevelopment = process.argv.includes('--dev')

main()

function main() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Mizan needs Node 20.19 or newer; this is ${process.versions.node}.`,
      `يحتاج ميزان إلى Node 20.19 أو أحدث؛ والإصدار الحالي ${process.versions.node}.`,
    )
  }
  const digest = digestOfSources()
  const built = isBuilt(digest)
  if (!isInstalled(withDevelopment || !built)) install()
  if (!built) build(digest)
}

/** Whether node_modules holds every package of the lock file, as npm's own record of the last install says. */
function isInstalled(withDevelopment) {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.startsWith('node_modules/') || entry.optional || entry.devOptional) return true
    if (entry.dev && !withDevelopment) return true
    const found = present[path]
    return found !== undefined && found.version === entry.version && existsSync(join(root, path))
  })
}

function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return {}
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {}
}

function install() {
  say('Installing packages…', 'جارٍ تثبيت الحزم…')
  // Through npm this is npm's own script; without it, the npm on the path.
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  // No package needs its install script: the launcher links PostgreSQL's libraries itself.
  run([...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error'], {
    en: 'npm ci failed: is the package registry reachable?',
    ar: 'تعذّر تثبيت الحزم: هل يمكن الوصول إلى سجل الحزم؟',
  })
}

/** One hash over everything that the build reads. */
function digestOfSources() {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'src'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
  for (const file of [...files.sort().map((file) => join('src', file)), 'tsconfig.json', 'package-lock.json']) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function isBuilt(digest) {
  const stamp = join(root, 'dist', '.built')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
}

/** Builds beside dist/ and switches, so that a second process never sees half a build. */
function build(digest) {
  say('Building…', 'جارٍ البناء…')
  const dist = join(root, 'dist')
  const fresh = `${dist}.new-${process.pid}`
  const old = `${dist}.old-${process.pid}`
  // For development `npm run typecheck` checks src/ with its tests: doing both takes longer than all else that happens here.
  const options = ['-p', root, '--outDir', fresh, ...(withDevelopment ? ['--noCheck'] : [])]
  run([process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...options], {
    en: 'The build failed; see the errors above.',
    ar: 'فشل البناء؛ انظر الأخطاء أعلاه.',
    cleanUp: () => rmSync(fresh, { recursive: true, force: true }),
  })
  writeFileSync(join(fresh, '.built'), digest)
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
}

function run(command, message) {
  const outcome = spawnSync(command[0], command.slice(1), { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: false })
  if (outcome.status === 0) return
  message.cleanUp?.()
  if (outcome.error) console.error(outcome.error.message)
  fail(message.en, message.ar)
}

function say(en, ar) {
  console.log(`${en}  ${ar}`)
}

function fail(en, ar) {
  console.error(`${en}\n${ar}`)
  process.exit(1)
}
