/** SQL on versions: reading what is in force, adding what is shipped, and remembering sets of versions by hash; changes of intervals are authoring/changes/version-intervals.ts. */
import type { Queryable } from '../db/queryable.ts'
import { BoundedMemory } from '../kernel/bounded-memory.ts'
import { canonicalJson, contentHash, sha256 } from '../kernel/canonical.ts'
import { compareRefs, versionText } from './version.ts'
import type { VersionKind, VersionRef, VersionText } from './version.ts'

/** Changes with every change of any version. */
export async function readStamp(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ changes: number }>({ name: 'version-stamp', text: 'select changes from object_version_stamp' })
  return rows[0]?.changes ?? 0
}

export interface StoredVersion extends VersionRef {
  readonly status: string
  readonly source: string
  readonly effectiveFrom: string
  readonly effectiveTo: string | null
  readonly origin: string
}

const columns = `kind, id, version, hash, source, status, effective_from as "effectiveFrom", effective_to as "effectiveTo", origin`

/** Active versions of all kinds whose interval holds the day. */
export async function readActive(db: Queryable, day: string): Promise<StoredVersion[]> {
  const { rows } = await db.query<StoredVersion>(
    `select ${columns} from object_version
     where status = 'active' and effective_from <= $1::date and (effective_to is null or effective_to > $1::date)
     order by kind, id, version`,
    [day],
  )
  return rows
}

/** All versions of a kind, or of one object of it, drafts left out. */
export async function readVersions(db: Queryable, kind: VersionKind, id?: string): Promise<StoredVersion[]> {
  const { rows } = await db.query<StoredVersion>(
    `select ${columns} from object_version where kind = $1 and ($2::text is null or id = $2) and status <> 'draft' order by id, version`,
    [kind, id ?? null],
  )
  return rows
}

/** Active versions of all kinds that begin to hold after the day. */
export async function readLater(db: Queryable, day: string): Promise<StoredVersion[]> {
  const { rows } = await db.query<StoredVersion>(
    `select ${columns} from object_version where status = 'active' and effective_from > $1::date order by effective_from, kind, id, version`,
    [day],
  )
  return rows
}

/** The days after a day on which what is in force changes, as far as it is known. */
export async function readLaterDays(db: Queryable, day: string): Promise<string[]> {
  const { rows } = await db.query<{ day: string }>(
    `select distinct unnest(array[effective_from, effective_to]) as day from object_version
     where status = 'active' and (effective_from > $1::date or effective_to > $1::date) order by 1`,
    [day],
  )
  return rows.map((row) => row.day).filter((later) => later !== null && later > day)
}

/** Whether anybody but the product has versions here. */
export async function hasAuthored(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query("select from object_version where status = 'active' and origin <> $1 limit 1", [SHIPPED])
  return rowCount === 1
}

/** The numbers that an object's versions have. */
export async function readNumbers(db: Queryable, kind: VersionKind, id: string): Promise<{ readonly version: number }[]> {
  const { rows } = await db.query<{ version: number }>('select version from object_version where kind = $1 and id = $2 order by version', [
    kind,
    id,
  ])
  return rows
}

/**
 * The stored rows of a set, in the set's order: where each fact stands in a snapshot follows from the order of the texts, and SQL promises
 * none. A row whose text no longer has its hash is an error.
 */
export async function readMembers(db: Queryable, refs: readonly VersionRef[]): Promise<StoredVersion[]> {
  const { rows } = await db.query<StoredVersion>(
    `select ${columns} from object_version join unnest($1::text[], $2::text[], $3::int[]) as wanted (kind, id, version) using (kind, id, version)`,
    [refs.map(({ kind }) => kind), refs.map(({ id }) => id), refs.map(({ version }) => version)],
  )
  const found = new Map(rows.map((row) => [keyOf(row), row]))
  return refs.map((ref) => {
    const row = found.get(keyOf(ref))
    if (row?.hash !== ref.hash || contentHash(JSON.parse(row.source)) !== ref.hash) {
      throw new Error(`${ref.kind} ${ref.id} ${ref.version} is not stored as it was used`)
    }
    return row
  })
}

const keyOf = ({ kind, id, version }: VersionRef): string => JSON.stringify([kind, id, version])

/** A stored row as the text it is made of. Reading and hashing a nation's texts takes ten milliseconds, and they seldom change. */
export const textOf = ({ kind, id, version, source }: Pick<StoredVersion, 'kind' | 'id' | 'version' | 'source'>): VersionText =>
  texts.of(`${kind}/${id}/${version} ${source}`, () => ({ ...versionText(kind, id, source, JSON.parse(source)), version }))

const TEXTS_KEPT = 256
const texts = new BoundedMemory<VersionText>(TEXTS_KEPT)

/** Remembers the set and returns its hash. */
export async function storeVersionSet(db: Queryable, refs: readonly VersionRef[]): Promise<string> {
  const { hash, members } = versionSet(refs)
  await db.query('insert into version_set (hash, members) values ($1, $2) on conflict do nothing', [hash, members])
  return hash
}

export function versionSet(refs: readonly VersionRef[]): { readonly hash: string; readonly members: string } {
  const members = canonicalJson(refs.toSorted(compareRefs).map(({ kind, id, version, hash }) => [kind, id, version, hash]))
  return { hash: sha256(members), members }
}

export async function readVersionSet(db: Queryable, hash: string): Promise<VersionRef[] | null> {
  const { rows } = await db.query<{ members: string }>('select members from version_set where hash = $1', [hash])
  if (!rows[0]) return null
  const members = JSON.parse(rows[0].members) as [VersionKind, string, number, string][]
  return members.map(([kind, id, version, hash]) => ({ kind, id, version, hash }))
}

/**
 * Adds the shipped texts that are new, as active versions. A text without a number of its own takes the next one and retires
 * its predecessor, unless somebody else has a version of that object; a text that is no longer shipped is retired.
 * A rule or formula that was changed without a new number is refused.
 */
export async function storeShipped(client: Queryable, texts: readonly VersionText[]): Promise<VersionRef[]> {
  await client.query('lock table object_version in share row exclusive mode')
  const { rows } = await client.query<Stored>('select kind, id, version, hash, status, origin from object_version')
  const added: VersionRef[] = []
  for (const text of texts) {
    const versions = rows.filter(({ kind, id }) => kind === text.kind && id === text.id)
    const version = text.version ?? numberFor(text, versions)
    const same = versions.find((row) => row.version === version)
    // A number that a ministry took is the ministry's.
    if (same && same.origin !== SHIPPED) continue
    if (same && same.hash !== text.hash) {
      throw new Error(`${text.kind} ${text.id} version ${version} was changed, but a version never changes: give it the next number`)
    }
    if (same || version === null) continue
    if (text.version === null) await retire(client, text)
    await client.query(
      `insert into object_version (kind, id, version, hash, source, effective_from, effective_to, status, origin)
       values ($1, $2, $3, $4, $5, $6, $7, 'active', $8)`,
      [text.kind, text.id, version, text.hash, text.source, text.effectiveFrom, text.effectiveTo, SHIPPED],
    )
    added.push({ kind: text.kind, id: text.id, version, hash: text.hash })
  }
  const shipped = new Set(texts.map(({ kind, id }) => `${kind}/${id}`))
  const taken = new Set(
    rows.filter(({ status, origin }) => status === 'active' && origin !== SHIPPED).map(({ kind, id }) => `${kind}/${id}`),
  )
  const gone = rows.filter(({ kind, id, status }) => status === 'active' && !shipped.has(`${kind}/${id}`) && !taken.has(`${kind}/${id}`))
  for (const row of gone) await retire(client, row)
  return added
}

const SHIPPED = 'shipped'
type Stored = Pick<StoredVersion, 'kind' | 'id' | 'version' | 'hash' | 'status' | 'origin'>

const retire = (client: Queryable, { kind, id }: Pick<VersionRef, 'kind' | 'id'>): Promise<unknown> =>
  client.query("update object_version set status = 'retired' where kind = $1 and id = $2 and status = 'active' and origin = $3", [
    kind,
    id,
    SHIPPED,
  ])

/** The active version's own number when its text is the same, the next when only shipped ones hold or will; null when the object is not ours to replace. */
function numberFor({ hash }: VersionText, versions: readonly Stored[]): number | null {
  const active = versions.filter(({ status }) => status === 'active')
  if (active.some(({ origin }) => origin !== SHIPPED)) return null
  const same = active.find((row) => row.hash === hash)
  return same ? same.version : Math.max(0, ...versions.map(({ version }) => version)) + 1
}
