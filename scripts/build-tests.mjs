/**
 * Makes build/test from test/ for the whole suite: each file stripped of its types once, beside a link to dist/ where its
 * imports expect src/. Under tsx each of some two hundred files would do that again in a process of its own, and the suite
 * would try other code than is shipped. Types are checked elsewhere (`npm run typecheck`).
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const build = join(root, 'build')
const fresh = `${build}.new-${process.pid}`
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)

for (const file of readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.ts')) continue
  const source = join(root, 'test', file)
  const target = join(fresh, 'test', file.replace(/\.ts$/, '.js'))
  const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
    fileName: source,
    compilerOptions: { ...options, module: ts.ModuleKind.ESNext, sourceMap: false, inlineSourceMap: true, sourceRoot: dirname(source) },
  })
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, outputText)
}
symlinkSync(join('..', 'dist'), join(fresh, 'src'))
rmSync(build, { recursive: true, force: true })
renameSync(fresh, build)
