/** Registry definitions as files in the layout of src/warehouse/registries: shipped ones and those defined here, all versions of them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Queryable } from '../../db/queryable.ts'
import { loadRegistryFiles } from '../registry-definition.ts'
import type { RegistryFile } from '../registry-schema.ts'
import { readDefinitionVersions, readNewest, SHIPPED } from './definition-store.ts'

/** Resolves to the paths written; the version in force stands under its registry's name, earlier ones under their numbers. */
export async function exportDefinitions(db: Queryable, folder: string): Promise<string[]> {
  const written: string[] = []
  const write = (path: string, file: RegistryFile): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${JSON.stringify(file, null, 2)}\n`)
    written.push(path)
  }
  const newest = await readNewest(db)
  const defined = new Set(newest.filter(({ origin }) => origin !== SHIPPED).map(({ id }) => id))
  for (const file of loadRegistryFiles()) if (!defined.has(file.id)) write(pathOf(file), file)
  for (const id of defined) {
    const [inForce, ...earlier] = (await readDefinitionVersions(db, id)).map(({ version, source }) => ({
      version,
      file: JSON.parse(source) as RegistryFile,
    }))
    if (inForce) write(pathOf(inForce.file), inForce.file)
    for (const { version, file } of earlier) write(pathOf(file, version), file)
  }
  return written
}

/** Ids and custodians are names that were checked, never paths. */
const pathOf = ({ id, custodian }: RegistryFile, version?: number): string =>
  `registries/${custodian.toLowerCase()}/${version === undefined ? '' : `versions/${version}/`}${id}.json`
