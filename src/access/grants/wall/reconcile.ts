/** Makes PostgreSQL's side of an entity's grants equal to them: its login, and a view for each registry; in the transaction of whatever changed them. */
import { createHash, randomBytes } from 'node:crypto'
import { escapeIdentifier as quote, escapeLiteral } from 'pg'
import type { Queryable } from '../../../db/queryable.ts'
import { type HeldGrant, heldGrants, readGrantStamp } from '../grant-store.ts'
import { type EntityLogin, readLogin, writeLogin } from './entity-login.ts'
import { passwordHashOf, passwordOf, personKeyOf, scramVerifier } from './login-secret.ts'
import { roleOf } from './role-name.ts'
import { viewedTables } from './viewed-tables.ts'
import { factsView, type View, viewOf } from './view-sql.ts'

export interface WallSettings {
  readonly secret: Uint8Array
  readonly timeZone: string
}

/** What an entity's schema should hold today. */
export interface WantedViews {
  readonly stamp: number
  readonly held: readonly HeldGrant[]
  readonly views: readonly View[]
  readonly goodUntil: string | null
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export async function wantedViews(client: Queryable, entity: string, timeZone: string): Promise<WantedViews> {
  const { stamp, day } = await readGrantStamp(client, entity, timeZone)
  const held = await heldGrants(client, entity, day)
  const registries = [...new Set(held.flatMap(({ registry, from }) => (from <= day ? (registry ?? []) : [])))].toSorted()
  const tables = await viewedTables(client, registries)
  const views = [factsView(held, day, timeZone), ...tables.map((table) => viewOf(table, held, day, timeZone))]
  const turns = held.flatMap(({ from, to }) => [from, to]).filter((turn): turn is string => turn !== null && turn > day)
  return { stamp, held, views, goodUntil: turns.toSorted()[0] ?? null }
}

/** Resolves to the login, or null for an entity that was never granted anything. */
export async function reconcile(client: Queryable, entity: string, { secret, timeZone }: WallSettings): Promise<EntityLogin | null> {
  // One at a time: roles are the server's, and two that make the same one would stumble over each other.
  await client.query(`select pg_advisory_xact_lock(hashtext('entity logins'))`)
  const known = await readLogin(client, entity)
  const wanted = await wantedViews(client, entity, timeZone)
  if (!known && wanted.held.length === 0) return null
  const { rows } = await client.query<{ database: string }>('select current_database() as database')
  const role = roleOf(rows[0]?.database ?? '', entity)
  const passwordHash = passwordHashOf(secret, role)
  await ensureRole(client, role, passwordOf(secret, role), known?.role === role && known.passwordHash === passwordHash)
  if (known && known.role !== role) await client.query(`drop schema if exists ${quote(known.role)} cascade`)
  await makeViews(client, role, wanted.views)
  const programmes = [...new Set(wanted.held.flatMap(({ rows }) => (rows?.kind === 'applicants' ? rows.programmes : [])))].toSorted()
  const login = { role, passwordHash, programmes, stamp: wanted.stamp, goodUntil: wanted.goodUntil }
  await writeLogin(client, entity, { ...login, personKey: personKeyOf(secret, role) })
  return login
}

/** Whether login and views are what the grants say today. */
export async function isHeld(client: Queryable, entity: string, { secret, timeZone }: WallSettings): Promise<boolean> {
  const [login, wanted] = [await readLogin(client, entity), await wantedViews(client, entity, timeZone)]
  if (!login) return wanted.held.length === 0
  const { rowCount } = await client.query(
    'select from pg_roles where rolname = $1 and rolcanlogin and not (rolsuper or rolcreaterole or rolbypassrls)',
    [login.role],
  )
  const isCurrent = login.stamp === wanted.stamp && login.passwordHash === passwordHashOf(secret, login.role)
  return (
    rowCount === 1 && isCurrent && isSound(await differenceIn(client, login.role, wanted.views)) && !(await hasMore(client, login.role))
  )
}

const isSound = ({ obsolete, missing }: Difference): boolean => obsolete.length === 0 && missing.length === 0

/** Whether the role was given anything besides its own schema and the three functions: by hand, or by membership. */
async function hasMore(client: Queryable, role: string): Promise<boolean> {
  const { rows } = await client.query<{ more: boolean }>(
    `select exists (select from pg_auth_members m where m.member = r.oid)
       or exists (select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
         and d.dbid = (select oid from pg_database where datname = current_database())
         and not (d.classid = 'pg_namespace'::regclass and d.objid = n.oid)
         and not (d.classid = 'pg_class'::regclass and exists (select from pg_class c where c.oid = d.objid and c.relnamespace = n.oid))
         and not (d.classid = 'pg_proc'::regclass and d.objid = any (array['public.person_asked()'::regprocedure,
           'public.persons_in_reach(text[])'::regprocedure, 'public.applicants_of(text[])'::regprocedure]::oid[]))) as more
     from pg_roles r left join pg_namespace n on n.nspname = r.rolname where r.rolname = $1`,
    [role],
  )
  return rows[0]?.more !== false
}

/** Connections that the service opens for an entity, in all its processes. */
const CONNECTIONS_MAX = 32

async function ensureRole(client: Queryable, role: string, password: string, hasPassword: boolean): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
  const isNew = rowCount === 0
  if (isNew)
    await client.query(
      `do $$ begin execute format('revoke temporary on database %I from public', current_database()); exception when insufficient_privilege then null; end $$;
       create role ${quote(role)} login nosuperuser nocreatedb nocreaterole noreplication noinherit connection limit ${CONNECTIONS_MAX};
       alter role ${quote(role)} set default_transaction_read_only = on;
       grant ${quote(role)} to current_user`,
    )
  if (isNew || !hasPassword)
    await client.query(`alter role ${quote(role)} login password ${escapeLiteral(scramVerifier(password, randomBytes(16)))}`)
}

/** What stands in the entity's schema besides what should, and what should and does not, name by name. */
interface Difference {
  readonly obsolete: readonly string[]
  readonly missing: readonly View[]
}

/** A view carries the hash of what it was made of; who may read which of its columns is asked of PostgreSQL. */
async function differenceIn(client: Queryable, role: string, views: readonly View[]): Promise<Difference> {
  const { rows } = await client.query<{ name: string; made: string | null; readable: string[] | null }>(
    `select c.relname as name, obj_description(c.oid, 'pg_class') as made,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
         and not a.attisdropped and has_column_privilege(r.oid, c.oid, a.attnum, 'select')) as readable
     from pg_class c, pg_roles r where r.rolname = $1 and c.relnamespace = to_regnamespace(quote_ident($1)) order by c.relname`,
    [role],
  )
  const wanted = new Map(views.map((view) => [view.name, view]))
  const sound = rows.filter(({ name, made, readable }) => {
    const view = wanted.get(name)
    return view !== undefined && made === madeOfView(view) && JSON.stringify(readable ?? []) === JSON.stringify(view.readable)
  })
  return {
    obsolete: rows.filter((row) => !sound.includes(row)).map(({ name }) => name),
    missing: views.filter(({ name }) => !sound.some((row) => row.name === name)),
  }
}

const madeOfView = ({ text, readable }: View): string => hashOf(JSON.stringify([text, readable]))

async function makeViews(client: Queryable, role: string, views: readonly View[]): Promise<void> {
  const schema = quote(role)
  await client.query(`create schema if not exists ${schema}; revoke all on schema ${schema} from public; grant usage on schema ${schema} to ${schema};
    grant execute on function public.person_asked(), public.persons_in_reach(text[]), public.applicants_of(text[]) to ${schema}`)
  const { obsolete, missing } = await differenceIn(client, role, views)
  if (obsolete.length > 0) {
    // What the entity is reading at this moment would hold its own revocation up; it gets 503 and asks again.
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and datname = current_database() and state = 'active'`,
      [role],
    )
    // Made anew: replacing one in place would keep columns that are gone.
    await client.query(`drop view ${obsolete.map((name) => `${schema}.${quote(name)}`).join(', ')}`)
  }
  const statements = missing.flatMap((view) => [
    `create view ${schema}.${quote(view.name)} with (security_barrier) as ${view.text}`,
    `comment on view ${schema}.${quote(view.name)} is ${escapeLiteral(madeOfView(view))}`,
    `grant select (${view.readable.map(quote).join(', ')}) on ${schema}.${quote(view.name)} to ${schema}`,
  ])
  if (statements.length > 0) await client.query(statements.join(';\n'))
}
