/** Registries as the catalogue may read them: a definition that changes at run time becomes the next version, which holds at once and for every day. */
import type { Queryable } from '../db/queryable.ts'
import { canonicalJson, contentHash } from '../kernel/canonical.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'
import { brokenFrom, errorsFrom } from './holds-together.ts'
import { ALWAYS } from './version.ts'

/** Resolves to what no longer compiles: then whoever called rolls back. `all`: on every day that has versions, not from today on. */
export async function putRegistryShape(
  transaction: Queryable,
  shape: RegistryShape,
  { origin, all }: { readonly origin: string; readonly all: boolean },
): Promise<readonly Diagnostic[]> {
  await transaction.query('lock table object_version in share row exclusive mode')
  const hash = contentHash(shape)
  const { rows } = await transaction.query<{ version: number; hash: string; active: boolean }>(
    "select version, hash, status = 'active' as active from object_version where kind = 'registry' and id = $1 order by version",
    [shape.id],
  )
  if (rows.some((row) => row.active && row.hash === hash)) return []
  const before = all ? await everyError(transaction) : []
  await transaction.query("update object_version set status = 'retired' where kind = 'registry' and id = $1 and status = 'active'", [
    shape.id,
  ])
  await transaction.query(
    `insert into object_version (kind, id, version, hash, source, effective_from, status, origin) values ('registry', $1, $2, $3, $4, $5, 'active', $6)`,
    [shape.id, (rows.at(-1)?.version ?? 0) + 1, hash, canonicalJson(shape), ALWAYS, origin],
  )
  if (!all) return brokenFrom(transaction, new Date().toISOString().slice(0, 10))
  // Of days long past something may not hold together for reasons of its own.
  const known = new Set(before.map(({ pointer, code }) => `${code} ${pointer}`))
  return (await everyError(transaction)).filter(({ pointer, code }) => !known.has(`${code} ${pointer}`))
}

async function everyError(db: Queryable): Promise<Diagnostic[]> {
  const found: Diagnostic[] = []
  for await (const errors of errorsFrom(db, ALWAYS)) found.push(...errors)
  return found
}
