/** Versions as files, byte for byte as they were written, in the layout of rules/ and formulas/: for a ministry that keeps them in git. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Queryable } from '../db/queryable.ts'
import { readActive } from './version-store.ts'
import type { StoredVersion } from './version-store.ts'

/** Resolves to the paths written. Registries are left out: their definitions are warehouse/definitions/export-definitions.ts. */
export async function exportVersions(db: Queryable, folder: string, day: string): Promise<string[]> {
  const written: string[] = []
  for (const row of await readActive(db, day)) {
    const path = pathOf(row)
    if (path === null) continue
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, row.source)
    written.push(path)
  }
  return written
}

type Named = Pick<StoredVersion, 'kind' | 'id' | 'version'>

/** Where the text of a version stands; null for a registry. */
export function pathOf({ kind, id, version }: Named): string | null {
  const [of = '', name = ''] = kind === 'cases' ? id.split('/') : ['', id]
  // INVARIANT: an id is a name, never a path.
  if (!/^[A-Za-z][\w-]*$/.test(name)) throw new Error(`${kind} ${JSON.stringify(id)} has no name for a file`)
  switch (kind) {
    case 'registry':
      return null
    case 'rule':
      return `rules/${name}/${version}.json`
    case 'programme':
      return `rules/${name}/programme.json`
    case 'formula':
      return `formulas/${name}/${version}.json`
    case 'cases':
      return `${of === 'formula' ? 'formulas' : 'rules'}/${name}/cases.json`
    case 'definition':
      return `rules/definitions/${name}.json`
    case 'parameter':
      return `rules/parameters/${name}.json`
    case 'catalogue':
    case 'codeLists':
      return `rules/catalogue/${name}.json`
  }
}

const SHARED = { definitions: 'definition', parameters: 'parameter', catalogue: 'catalogue' } as const

/** What a file is of, by its place in that layout, wherever that begins; null for any other place. */
export function objectAt(path: string): { readonly kind: Exclude<StoredVersion['kind'], 'registry'>; readonly id: string } | null {
  const [, top, folder = '', name = ''] = /(?:^|[\\/])(rules|formulas)[\\/]([\w-]+)[\\/]([\w-]+)\.json$/.exec(path) ?? []
  if (top === undefined) return null
  if (name === 'cases') return { kind: 'cases', id: `${top === 'rules' ? 'programme' : 'formula'}/${folder}` }
  if (top === 'formulas') return { kind: 'formula', id: folder }
  if (folder === 'catalogue' && name === 'code-lists') return { kind: 'codeLists', id: name }
  if (Object.hasOwn(SHARED, folder)) return { kind: SHARED[folder as keyof typeof SHARED], id: name }
  return { kind: name === 'programme' ? 'programme' : 'rule', id: folder }
}
