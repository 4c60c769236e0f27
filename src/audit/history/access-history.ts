/** The events that are about one person, or about the household while the person belonged to it. */
import type { Queryable } from '../../db/queryable.ts'

export interface Belonging {
  readonly householdRef: number
  /** Half-open, as YYYY-MM-DD; null: until now. */
  readonly from: string
  readonly to: string | null
}

/** Whose history: every reference the person was known by, every household with its days. */
export interface Subject {
  readonly personRefs: readonly number[]
  readonly households: readonly Belonging[]
}

export interface Access {
  readonly id: string
  readonly at: string
  readonly action: string
  readonly actor: string
  readonly entity: string
  readonly purpose: string
  readonly about: 'person' | 'household'
  /** Columns, facts and kinds of records; what else the event names may be about others, and is not told. */
  readonly read: readonly string[]
}

interface Row {
  readonly id: string
  readonly body: string
  readonly subjects: string[]
}

/** The newest first; at most `limit` that are older than the one named `before`. */
export async function accessHistory(
  db: Queryable,
  { personRefs, households }: Subject,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<Access[]> {
  const persons = personRefs.map((ref) => `person:${ref}`)
  const { rows } = await db.query<Row>(
    `with belonging (subject, from_day, to_day) as (select 'household:' || h, f, t from unnest($2::bigint[], $3::date[], $4::date[]) as b (h, f, t))
     select e.id, e.body, audit_subjects(e.body::jsonb) as subjects from audit_event e
     where audit_subjects(e.body::jsonb) && ($1::text[] || array(select subject from belonging)) and ($5::uuid is null or e.id < $5)
       and (audit_subjects(e.body::jsonb) && $1::text[] or exists (select from belonging b where b.subject = any (audit_subjects(e.body::jsonb))
         and (e.body::jsonb ->> 'at')::timestamptz >= b.from_day and (b.to_day is null or (e.body::jsonb ->> 'at')::timestamptz < b.to_day)))
     order by e.id desc limit $6`,
    [
      persons,
      households.map(({ householdRef }) => householdRef),
      households.map(({ from }) => from),
      households.map(({ to }) => to),
      before ?? null,
      limit,
    ],
  )
  const own = new Set(persons)
  return rows.map((row) => accessOf(row, own))
}

type Told = Pick<Access, 'at' | 'action' | 'actor' | 'entity' | 'purpose'> & { readonly read?: readonly string[] }

function accessOf({ id, body, subjects }: Row, own: ReadonlySet<string>): Access {
  const { at, action, actor, entity, purpose, read = [] } = JSON.parse(body) as Told
  const about = subjects.some((subject) => own.has(subject)) ? 'person' : 'household'
  return { id, at, action, actor, entity, purpose, about, read: read.filter((item) => !/^(person|reader|household):/.test(item)) }
}
