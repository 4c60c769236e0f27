/** Where the project lies: the folder with package.json above the running file, from src/ and from dist/ alike. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const findRoot = (from: string): string => {
  if (existsSync(join(from, 'package.json'))) return from
  const parent = dirname(from)
  if (parent === from) throw new Error('No package.json above the running file: Mizan runs from its project folder')
  return findRoot(parent)
}

/** Absolute path of the project folder; rules/, formulas/, migrations/ and registry definitions are found from here. */
export const projectRoot: string = findRoot(import.meta.dirname)
