/** A registry defined or changed at run time: checked, its table made or altered, its version kept and its shape put before the catalogue, in one transaction. */
import type { AuditEvent } from '../../audit/audit-event.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { contentHash } from '../../kernel/canonical.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { problem } from '../../kernel/problem.ts'
import { quote as said } from '../../language/diagnostic-codes.ts'
import type { RegistryShape } from '../../language/catalogue/registry-shape.ts'
import { checkRegistry } from '../check-registry.ts'
import { loadRegistryFiles, type RegistryDefinition, resolveDefinition } from '../registry-definition.ts'
import { fault } from '../registry-diagnostics.ts'
import { withAnswers } from '../pulled/answers-registry.ts'
import type { RegistryFile } from '../registry-schema.ts'
import { registryShape } from '../registry-shape.ts'
import { createKeys, createTable } from '../registry-table.ts'
import { codeLists } from '../shared-lists.ts'
import { changeTable, columnsLeft, incompatibilities } from './compatible-change.ts'
import { addDefinition, type DefinitionVersion, keepShipped, lockDefinitions, readDefinitionVersions, SHIPPED } from './definition-store.ts'
import type { Registries } from './registries-in-force.ts'
import { indexName, prefixFaults } from './registry-names.ts'

/** Somebody who reads a column: a saved query, a grant. */
export interface ColumnUse {
  readonly column: string
  /** As it is told, such as `saved query 7`. */
  readonly by: string
}

export interface DefineDeps {
  readonly database: Database
  readonly registries: Registries
  readonly entities: () => Promise<readonly { readonly id: string }[]>
  /** Who, besides facts, speaks of these columns. */
  readonly usesOf: (transaction: Queryable, registry: string, columns: readonly string[]) => Promise<readonly ColumnUse[]>
  /** Puts the registry before the catalogue; resolves to what no longer compiles with it. `all`: on every day, not from today on. */
  readonly putShape: (
    transaction: Queryable,
    shape: RegistryShape,
    version: { readonly origin: string; readonly all: boolean },
  ) => Promise<readonly Diagnostic[]>
  /** A table was made or got columns: whoever may read it is told to PostgreSQL. */
  readonly onTable: (transaction: Queryable, definition: RegistryDefinition) => Promise<void>
}

export interface Definer {
  readonly origin: string
  readonly entity: string
  readonly audit: (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent
}

type Defined = Pick<DefinitionVersion, 'id' | 'version' | 'hash'>

/** A registry that was not there. */
export async function defineRegistry(deps: DefineDeps, json: unknown, definer: Definer): Promise<Defined> {
  const file = await checked(deps, json)
  const prefix = prefixFaults(file)
  if (prefix.length > 0) throw refused(prefix)
  return inTransaction(deps, async (client) => {
    if (await heldVersion(client, file.id)) throw problem('registry-exists')
    const definition = resolveDefinition(file, codeLists)
    await refuseTaken(client, deps, definition, null)
    for (const one of withAnswers([definition]).toReversed()) {
      await refuseBroken(deps, client, one, { origin: originOf(file.id, 1), all: false })
      await client.query([createTable(one), ...createKeys(one)].join(';\n'))
      if (one !== definition) await deps.onTable(client, one)
    }
    return keep(deps, client, { file, definition, version: 1 }, definer)
  })
}

/** The next version of a registry; `ifMatch` is the hash of the one that it follows. The same definition again changes nothing. */
export async function redefineRegistry(
  deps: DefineDeps,
  { id, json, ifMatch }: { readonly id: string; readonly json: unknown; readonly ifMatch: string | undefined },
  definer: Definer,
): Promise<Defined> {
  const file = await checked(deps, json)
  if (file.id !== id) throw refused([fault('registry-name', '/id', 'the definition is of another registry', { expected: said(id) })])
  return inTransaction(deps, async (client) => {
    const held = await heldVersion(client, id)
    if (!held) throw problem('registry-not-found')
    if (ifMatch === undefined) throw problem('if-match-missing', { pointer: 'If-Match' })
    if (held.hash !== ifMatch) throw problem('registry-changed', { pointer: 'If-Match' })
    if (contentHash(file) === held.hash) {
      await recordEvent(
        client,
        definer.audit({ action: 'registry.defined', outcome: `version ${held.version} stands`, objects: [`registry:${id}`] }),
      )
      return held
    }
    const before = resolveDefinition(JSON.parse(held.source) as RegistryFile, codeLists)
    const definition = resolveDefinition(file, codeLists)
    const wrong = incompatibilities(before, definition)
    if (wrong.length > 0) throw refused(wrong)
    const left = columnsLeft(before, definition).map(({ name }) => name)
    await refuseTaken(client, deps, definition, before)
    await refuseUsed(deps, client, id, left)
    const version = held.version + 1
    await refuseBroken(deps, client, definition, { origin: originOf(id, version), all: left.length > 0 })
    const statements = changeTable(before, definition)
    if (statements.length > 0) await client.query(statements.join(';\n'))
    return keep(deps, client, { file, definition, version }, definer)
  })
}

/** The version in force; a shipped one that is not stored yet is stored. */
async function heldVersion(client: Queryable, id: string): Promise<DefinitionVersion | undefined> {
  const [held] = await readDefinitionVersions(client, id)
  if (held) return held
  const shipped = loadRegistryFiles().filter((file) => file.id === id)
  await keepShipped(client, shipped)
  return shipped.length > 0 ? (await readDefinitionVersions(client, id))[0] : undefined
}

async function checked({ entities }: DefineDeps, json: unknown): Promise<RegistryFile> {
  const found = checkRegistry(json, { entities: await entities(), codeLists })
  if (found.length > 0) throw refused(found)
  return json as RegistryFile
}

const ERRORS_SHOWN = 200
const refused = (errors: readonly Diagnostic[]) =>
  problem('registry-definition-refused', { pointer: errors[0]?.pointer ?? '', errors: errors.slice(0, ERRORS_SHOWN) })

const originOf = (id: string, version: number): string => `registry-definition:${id}/${version}`

/** Names are shared with everything else in the schema, and changes name registries by their source. */
async function refuseTaken(
  client: Queryable,
  { registries }: DefineDeps,
  definition: RegistryDefinition,
  before: RegistryDefinition | null,
): Promise<void> {
  const source = definition.sourceName.toLowerCase()
  const others = (await registries.all()).filter(({ id }) => id !== definition.id)
  if (others.some(({ sourceName }) => sourceName.toLowerCase() === source))
    throw refused([fault('registry-name-taken', '/sourceName', `another registry comes from ${said(definition.sourceName)}`)])
  const indexesBefore = new Set((before?.indexes ?? []).map((columns) => indexName(definition.id, columns)))
  const indexes = (definition.indexes ?? []).map((columns) => indexName(definition.id, columns)).filter((name) => !indexesBefore.has(name))
  const names = before ? indexes : [...withAnswers([definition]).flatMap(({ id }) => [id, `${id}_pkey`, `${id}_seq`]), ...indexes]
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS wanted (name)
     WHERE EXISTS (SELECT FROM pg_class WHERE relnamespace = 'warehouse'::regnamespace AND relname = name)
        OR EXISTS (SELECT FROM pg_type WHERE typnamespace = 'warehouse'::regnamespace AND typname = name)`,
    [names],
  )
  if (rows.length > 0)
    throw refused([
      fault('registry-name-taken', indexes.includes(rows[0]?.name ?? '') ? '/indexes' : '/id', `${said(rows[0]?.name)} is there already`),
    ])
}

async function refuseUsed({ usesOf }: DefineDeps, client: Queryable, id: string, left: readonly string[]): Promise<void> {
  if (left.length === 0) return
  const uses = await usesOf(client, id, left)
  if (uses.length > 0)
    throw refused(uses.map(({ column, by }) => fault('column-in-use', '/columns', `${said(column)} is left out, and ${by} reads it`)))
}

/** Facts, rules and formulas were checked against the registry as it was. */
async function refuseBroken(
  { putShape }: DefineDeps,
  client: Queryable,
  definition: RegistryDefinition,
  version: { readonly origin: string; readonly all: boolean },
): Promise<void> {
  const broken = await putShape(client, registryShape(definition), version)
  if (broken.length === 0) return
  throw refused(
    broken.map(({ pointer, message }) =>
      fault(version.all ? 'column-in-use' : 'change-incompatible', '/columns', `${pointer}: ${message}`),
    ),
  )
}

interface Kept {
  readonly file: RegistryFile
  readonly definition: RegistryDefinition
  readonly version: number
}

async function keep({ onTable }: DefineDeps, client: Queryable, { file, definition, version }: Kept, definer: Definer): Promise<Defined> {
  await onTable(client, definition)
  const { origin, entity, audit } = definer
  // INVARIANT: what nobody signed is the product's own.
  if (origin === SHIPPED) throw new Error('a definition needs whoever defined it')
  const hash = await addDefinition(client, version, { file, origin, entity })
  await recordEvent(
    client,
    audit({ action: 'registry.defined', outcome: `version ${version}`, objects: [`registry:${file.id}`, `definition:${hash}`] }),
  )
  return { id: file.id, version, hash }
}

async function inTransaction({ database, registries }: DefineDeps, work: (client: Queryable) => Promise<Defined>): Promise<Defined> {
  const defined = await database.transaction(async ({ client }) => {
    await lockDefinitions(client)
    return work(client)
  })
  registries.forget()
  return defined
}
