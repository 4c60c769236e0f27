/** Writes files that are generated from the code, or, with --check, says which of them differ. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from '../kernel/project-root.ts'
import { tell } from './command.ts'

/** `files` maps paths in the project to their texts; resolves to the exit code. */
export function writeOrCompare(files: Readonly<Record<string, string>>, args: readonly string[], command: string): number {
  const stale = Object.entries(files).filter(([path, text]) => present(path) !== text)
  if (args.includes('--check')) {
    for (const [path] of stale) tell(`${path} is not up to date: run ${command}`, `الملف ${path} غير محدَّث: شغّل ${command}`)
    return stale.length === 0 ? 0 : 1
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true })
    writeFileSync(join(projectRoot, path), text)
  }
  return 0
}

function present(path: string): string | undefined {
  try {
    return readFileSync(join(projectRoot, path), 'utf8')
  } catch {
    return undefined
  }
}
