/** The only SQL on what persons ask about their data, and on the steps that answered them. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import type { PersonRelation } from '../../warehouse/substitutions/move-rows.ts'

export type RequestKind = 'objection' | 'correction'
export type RequestStatus = 'received' | 'accepted' | 'refused' | 'carried-out' | 'withdrawn'

/** Each status and those that may follow it. */
export const NEXT: Readonly<Record<RequestStatus, readonly RequestStatus[]>> = {
  received: ['accepted', 'refused', 'withdrawn'],
  accepted: ['carried-out', 'withdrawn'],
  refused: [],
  'carried-out': [],
  withdrawn: [],
}

export interface NewRequest {
  readonly kind: RequestKind
  readonly personRef: number
  readonly processing: string | null
  readonly registry: string | null
  readonly column: string | null
  readonly statement: string
  readonly claimed: string | null
  /** The entity that answers. */
  readonly responsible: string
  readonly receivedBy: string
  readonly entity: string
  /** ISO date. */
  readonly dueOn: string
}

export interface RequestStep {
  readonly status: RequestStatus
  readonly takenAt: string
  readonly takenBy: string
  readonly entity: string
  readonly reason: string
}

export interface SubjectRequest extends NewRequest {
  readonly id: string
  readonly receivedAt: Date
  readonly status: RequestStatus
  readonly steps: readonly RequestStep[]
}

export async function addRequest(client: Queryable, request: NewRequest): Promise<string> {
  const id = newId()
  const { kind, personRef, processing, registry, column, statement, claimed, responsible, receivedBy, entity, dueOn } = request
  await client.query(
    `insert into subject_request (id, kind, person_ref, processing, registry, column_name, statement, claimed, responsible, received_by, entity, due_on, status)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'received')`,
    [id, kind, personRef, processing, registry, column, statement, claimed, responsible, receivedBy, entity, dueOn],
  )
  return id
}

/** Of two that answer at once one finds the status as it was; false for the other. */
export async function takeStep(client: Queryable, id: string, from: RequestStatus, step: Omit<RequestStep, 'takenAt'>): Promise<boolean> {
  const { rowCount } = await client.query('update subject_request set status = $3, changed_at = now() where id = $1 and status = $2', [
    id,
    from,
    step.status,
  ])
  if (rowCount === 0) return false
  await client.query(
    `insert into subject_request_step (id, request_id, status, taken_by, entity, reason) values ($1, $2, $3, $4, $5, $6)`,
    [newId(), id, step.status, step.takenBy, step.entity, step.reason],
  )
  return true
}

const REQUEST = `select r.id, r.kind, r.person_ref as "personRef", r.processing, r.registry, r.column_name as "column", r.statement, r.claimed, r.responsible,
    r.received_at as "receivedAt", r.received_by as "receivedBy", r.entity, r.due_on as "dueOn", r.status,
    coalesce((select json_agg(json_build_object('status', s.status, 'takenAt', to_char(s.taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'takenBy', s.taken_by, 'entity', s.entity, 'reason', s.reason) order by s.id) from subject_request_step s where s.request_id = r.id), '[]') as steps
  from subject_request r`

/** `entity` sees what it received or has to answer; null sees all. */
export interface RequestFilter {
  readonly entity: string | null
  readonly status: RequestStatus | null
  /** ISO date: open ones that were due before it. */
  readonly dueBefore: string | null
  readonly after: string | null
  readonly limit: number
}

const OF_ENTITY = '($1::text is null or r.entity = $1 or r.responsible = $1)'

export async function readRequest(db: Queryable, id: string, entity: string | null): Promise<SubjectRequest | null> {
  const { rows } = await db.query<SubjectRequest>(`${REQUEST} where ${OF_ENTITY} and r.id = $2`, [entity, id])
  return rows[0] ?? null
}

/** The oldest first: what waits longest. */
export async function listRequests(db: Queryable, { entity, status, dueBefore, after, limit }: RequestFilter): Promise<SubjectRequest[]> {
  const { rows } = await db.query<SubjectRequest>(
    `${REQUEST} where ${OF_ENTITY} and ($2::text is null or r.status = $2)
       and ($3::date is null or (r.due_on < $3 and r.status in ('received', 'accepted'))) and ($4::uuid is null or r.id > $4)
     order by r.id limit $5`,
    [entity, status, dueBefore, after, limit],
  )
  return rows
}

/** For substitutions of numbers. */
export const requestsOfPersons: PersonRelation = { relation: 'subject_request', field: 'person_ref', key: ['id'], hasSeq: false }
