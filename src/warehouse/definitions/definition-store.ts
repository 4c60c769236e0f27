/** SQL on registry definitions: versions by content, the newest of each in force. */
import type { Queryable } from '../../db/queryable.ts'
import { canonicalJson, contentHash } from '../../kernel/canonical.ts'
import type { RegistryFile } from '../registry-schema.ts'

export interface DefinitionVersion {
  readonly id: string
  readonly version: number
  readonly hash: string
  /** RFC 8785 text. */
  readonly source: string
  readonly origin: string
  readonly entity: string | null
  readonly definedAt: string
}

export const SHIPPED = 'shipped'

const columns = `id, version, hash, source, origin, entity, to_char(defined_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "definedAt"`

/** Changes with every version that is added. */
export async function readDefinitionStamp(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ changes: number }>({
    name: 'registry-definition-stamp',
    text: 'SELECT changes FROM warehouse.registry_definition_stamp',
  })
  return rows[0]?.changes ?? 0
}

/** The newest version of every registry that has one. */
export async function readNewest(db: Queryable): Promise<DefinitionVersion[]> {
  const { rows } = await db.query<DefinitionVersion>(
    `SELECT DISTINCT ON (id) ${columns} FROM warehouse.registry_definition ORDER BY id, version DESC`,
  )
  return rows
}

/** All versions of a registry, the newest first. */
export async function readDefinitionVersions(db: Queryable, id: string): Promise<DefinitionVersion[]> {
  const { rows } = await db.query<DefinitionVersion>(
    `SELECT ${columns} FROM warehouse.registry_definition WHERE id = $1 ORDER BY version DESC`,
    [id],
  )
  return rows
}

export interface NewVersion {
  readonly file: RegistryFile
  readonly origin: string
  readonly entity: string | null
}

export async function addDefinition(client: Queryable, version: number, { file, origin, entity }: NewVersion): Promise<string> {
  const hash = contentHash(file)
  await client.query(
    `INSERT INTO warehouse.registry_definition (id, version, hash, source, origin, entity) VALUES ($1, $2, $3, $4, $5, $6)`,
    [file.id, version, hash, canonicalJson(file), origin, entity],
  )
  return hash
}

/** Whoever defines registries or makes their tables holds it to the end of the transaction. */
export const lockDefinitions = async (client: Queryable): Promise<void> =>
  void (await client.query("SELECT pg_advisory_xact_lock(hashtext('registry tables'))"))

/** The product's files as versions where they are new; a registry that somebody else defined is theirs. Resolves to how many were added. */
export async function keepShipped(client: Queryable, files: readonly RegistryFile[]): Promise<number> {
  const newest = new Map((await readNewest(client)).map((one) => [one.id, one]))
  let added = 0
  for (const file of files) {
    const held = newest.get(file.id)
    if (held && (held.origin !== SHIPPED || held.hash === contentHash(file))) continue
    await addDefinition(client, (held?.version ?? 0) + 1, { file, origin: SHIPPED, entity: null })
    added++
  }
  return added
}
