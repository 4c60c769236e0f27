/** The tables of grants: the only SQL that writes them. Whatever changes an entity's rights moves its stamp, by trigger. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import type { Grant, GrantItem, GrantStatus, NewGrant } from './grant.ts'
import type { RowScope } from './read-rights.ts'

interface GrantRow extends Omit<Grant, 'rows'> {
  readonly rowScope: RowScope['kind'] | null
  readonly programmes: readonly string[] | null
}

const utc = (column: string, name: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${name}"`

const selected = `select g.id, g.consumer, g.custodian, g.registry, g.row_scope as "rowScope", g.programmes, g.decide_only as "decideOnly",
  g.purpose, g.legal_basis as "legalBasis", g.illustrative, g.valid_from as "from", g.valid_to as "to", g.status, g.requested_by as "requestedBy",
  ${utc('g.requested_at', 'requestedAt')}, g.decided_by as "decidedBy", ${utc('g.decided_at', 'decidedAt')}, g.decision_note as "decisionNote",
  g.revoked_by as "revokedBy", ${utc('g.revoked_at', 'revokedAt')}, g.revocation_note as "revocationNote",
  (select json_agg(json_build_object('item', i.item, 'revokedAt', to_char(i.revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by i.item)
   from data_grant_item i where i.grant_id = g.id) as items
  from data_grant g`

export const scopeOf = (kind: RowScope['kind'], programmes: readonly string[] | null): RowScope =>
  kind === 'applicants' ? { kind, programmes: programmes ?? [] } : { kind }

const granted = ({ rowScope, programmes, ...row }: GrantRow): Grant => ({
  ...row,
  items: row.items as readonly GrantItem[],
  rows: rowScope === null ? null : scopeOf(rowScope, programmes),
})

export async function insertGrant(client: Queryable, grant: NewGrant): Promise<string> {
  const id = newId()
  const { rows } = grant
  await client.query(
    `insert into data_grant (id, consumer, custodian, registry, row_scope, programmes, decide_only, purpose, legal_basis, illustrative, valid_from, valid_to, requested_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      id,
      grant.consumer,
      grant.custodian,
      grant.registry,
      rows?.kind ?? null,
      rows?.kind === 'applicants' ? rows.programmes : null,
      grant.decideOnly,
      grant.purpose,
      grant.legalBasis,
      grant.illustrative,
      grant.from,
      grant.to,
      grant.requestedBy,
    ],
  )
  await client.query('insert into data_grant_item (grant_id, item) select $1, unnest($2::text[])', [id, [...new Set(grant.items)]])
  return id
}

/** Many at once that are approved from the start: for a service that nobody uses yet. */
export async function insertApproved(client: Queryable, grants: readonly NewGrant[], by: string): Promise<void> {
  const listed = grants.map(({ rows, ...grant }) => ({
    ...grant,
    id: newId(),
    rowScope: rows?.kind ?? null,
    programmes: rows?.kind === 'applicants' ? rows.programmes : null,
  }))
  await client.query(
    `with listed as (
       select * from jsonb_to_recordset($1::jsonb) as l (id uuid, consumer text, custodian text, registry text, "rowScope" text, programmes text[],
         "decideOnly" boolean, purpose text, "legalBasis" text, illustrative boolean, "from" date, "to" date, "requestedBy" text)
     )
     insert into data_grant (id, consumer, custodian, registry, row_scope, programmes, decide_only, purpose, legal_basis, illustrative, valid_from, valid_to,
       requested_by, status, decided_by, decided_at)
     select id, consumer, custodian, registry, "rowScope", programmes, "decideOnly", purpose, "legalBasis", illustrative, "from", "to", "requestedBy",
       'approved', $2, now() from listed`,
    [JSON.stringify(listed), by],
  )
  await client.query(
    `insert into data_grant_item (grant_id, item)
     select (l ->> 'id')::uuid, jsonb_array_elements_text(l -> 'items') from jsonb_array_elements($1::jsonb) l`,
    [JSON.stringify(listed)],
  )
}

export async function readGrant(client: Queryable, id: string, lock: 'for update' | '' = ''): Promise<Grant | null> {
  const { rows } = await client.query<GrantRow>(`${selected} where g.id = $1 ${lock}`, [id])
  return rows[0] ? granted(rows[0]) : null
}

export interface GrantFilter {
  /** Grants of which one of these entities is consumer or custodian. */
  readonly parties: readonly string[]
  readonly consumer?: string | undefined
  readonly custodian?: string | undefined
  readonly registry?: string | undefined
  readonly status?: GrantStatus | undefined
  /** Id of the last grant of the page before. */
  readonly before?: string | undefined
  readonly limit: number
}

/** The newest first. */
export async function listGrants(client: Queryable, filter: GrantFilter): Promise<Grant[]> {
  const { parties, consumer = null, custodian = null, registry = null, status = null, before = null, limit } = filter
  const { rows } = await client.query<GrantRow>(
    `${selected} where (g.consumer = any ($1) or g.custodian = any ($1)) and g.consumer = coalesce($2, g.consumer) and g.custodian = coalesce($3, g.custodian)
       and ($4::text is null or g.registry = $4) and g.status = coalesce($5, g.status) and ($6::uuid is null or g.id < $6)
     order by g.id desc limit $7`,
    [parties, consumer, custodian, registry, status, before, limit],
  )
  return rows.map(granted)
}

/** All that are in force on the day, whoever's: for the records of processing. */
export async function grantsInForce(client: Queryable, day: string): Promise<Grant[]> {
  const { rows } = await client.query<GrantRow>(
    `${selected} where g.status = 'approved' and g.valid_from <= $1::date and (g.valid_to is null or g.valid_to > $1::date) order by g.consumer, g.id`,
    [day],
  )
  return rows.map(granted)
}

/** Asked for or approved of a registry, and not ended by the day: what speaks of its columns now or later. */
export async function grantsOfRegistry(client: Queryable, registry: string, day: string): Promise<Grant[]> {
  const { rows } = await client.query<GrantRow>(
    `${selected} where g.registry = $1 and g.status in ('requested', 'approved') and (g.valid_to is null or g.valid_to > $2::date) order by g.id`,
    [registry, day],
  )
  return rows.map(granted)
}

/** Approved and in force on the day, or asked for: what the matrix shows to those parties. */
export async function currentGrants(
  client: Queryable,
  filter: Pick<GrantFilter, 'parties' | 'consumer' | 'custodian' | 'registry'> & { readonly day: string },
): Promise<Grant[]> {
  const { parties, consumer = null, custodian = null, registry = null, day } = filter
  const { rows } = await client.query<GrantRow>(
    `${selected} where (g.consumer = any ($1) or g.custodian = any ($1)) and g.consumer = coalesce($2, g.consumer)
       and g.custodian = coalesce($3, g.custodian) and ($4::text is null or g.registry = $4)
       and (g.status = 'requested' or g.status = 'approved' and g.valid_from <= $5::date) and (g.valid_to is null or g.valid_to > $5::date)
     order by g.consumer, g.registry nulls last, g.id`,
    [parties, consumer, custodian, registry, day],
  )
  return rows.map(granted)
}

/** False when it was decided already: two who decide at once are told apart here. */
export async function decideGrant(
  client: Queryable,
  decision: { readonly id: string; readonly status: 'approved' | 'rejected'; readonly by: string; readonly note: string | null },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update data_grant set status = $2, decided_by = $3, decided_at = now(), decision_note = $4 where id = $1 and status = 'requested'`,
    [decision.id, decision.status, decision.by, decision.note],
  )
  return rowCount === 1
}

/** All of a grant; false when it is not in force. */
export async function revokeGrant(client: Queryable, id: string, by: string, note: string | null): Promise<boolean> {
  const { rowCount } = await client.query(
    `update data_grant set status = 'revoked', revoked_by = $2, revoked_at = now(), revocation_note = $3 where id = $1 and status = 'approved'`,
    [id, by, note],
  )
  return rowCount === 1
}

/** Some of its columns or facts; resolves to those that were taken back now. */
export async function revokeItems(client: Queryable, id: string, by: string, items: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ item: string }>(
    'update data_grant_item set revoked_by = $2, revoked_at = now() where grant_id = $1 and item = any ($3) and revoked_at is null returning item',
    [id, by, items],
  )
  return rows.map(({ item }) => item)
}

/** What is left of an approved grant that has not ended, in the order of its days. */
export interface HeldGrant {
  readonly registry: string | null
  readonly items: readonly string[]
  readonly rows: RowScope | null
  readonly decideOnly: boolean
  readonly from: string
  readonly to: string | null
}

/** Approved and not over on the day; those that begin later are among them. */
export async function heldGrants(client: Queryable, consumer: string, day: string): Promise<HeldGrant[]> {
  const { rows } = await client.query<Omit<HeldGrant, 'rows'> & Pick<GrantRow, 'rowScope' | 'programmes'>>(
    `select g.registry, array_agg(i.item order by i.item) as items, g.row_scope as "rowScope", g.programmes, g.decide_only as "decideOnly",
       g.valid_from as "from", g.valid_to as "to"
     from data_grant g join data_grant_item i on i.grant_id = g.id and i.revoked_at is null
     where g.consumer = $1 and g.status = 'approved' and (g.valid_to is null or g.valid_to > $2::date)
     group by g.id order by g.id`,
    [consumer, day],
  )
  return rows.map(({ rowScope, programmes, ...row }) => ({ ...row, rows: rowScope === null ? null : scopeOf(rowScope, programmes) }))
}

/** Where an entity's rights stand: what was read under a stamp holds on that day while the stamp stands. */
export async function readGrantStamp(client: Queryable, entity: string, timeZone: string): Promise<{ stamp: number; day: string }> {
  const { rows } = await client.query<{ stamp: number; day: string }>({
    name: 'grant-stamp',
    text: `select coalesce((select stamp from data_grant_stamp where consumer = $1), 0) as stamp, (now() at time zone $2)::date as day`,
    values: [entity, timeZone],
  })
  return rows[0] as { stamp: number; day: string }
}

/** Entities that hold a grant or once did. */
export async function consumersOfGrants(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ consumer: string }>('select consumer from data_grant_stamp order by consumer')
  return rows.map(({ consumer }) => consumer)
}
