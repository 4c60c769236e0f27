/** The project's own sources as text, with what they import, for the tests that watch over the whole. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from '../../src/kernel/project-root.ts'

/** One file of src/; paths use slashes and are relative to src/. */
export interface SourceFile {
  readonly path: string
  /** First folder, or the file's own name without `.ts` at the top level. */
  readonly room: string
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
}

/** A target inside src/ as a path relative to it, any other as written. */
export interface Import {
  readonly target: string
  readonly own: boolean
  readonly typeOnly: boolean
}

export function sourceFiles(): SourceFile[] {
  const src = join(projectRoot, 'src')
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
  return paths.toSorted().map((path) => {
    const text = readFileSync(join(src, path), 'utf8')
    return { path, room: roomOf(path), text, lines: text.split('\n').length - 1, imports: importsOf(path, text) }
  })
}

export const roomOf = (path: string): string => (path.split('/')[0] as string).replace(/\.tsx?$/, '')

const importPattern = /^\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

export function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(importPattern)].map(([, type, from, bare, dynamic]) => {
    const target = (from ?? bare ?? dynamic) as string
    const own = target.startsWith('.')
    return { target: own ? join(dirname(path), target) : target, own, typeOnly: type !== undefined }
  })
}
