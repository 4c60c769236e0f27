/** The only SQL on groups of users. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'

export interface Group {
  readonly id: string
  readonly entity: string
  readonly name: { readonly en: string; readonly ar: string }
  readonly roles: readonly string[]
  readonly members: readonly string[]
}

const columns = `g.id, g.entity, json_build_object('en', g.name_en, 'ar', g.name_ar) as name, g.roles,
  array(select m.user_id::text from user_group_member m where m.group_id = g.id order by 1) as members`

const GROUPS_MAX = 1_000

export async function listGroups(queryable: Queryable, entity: string | null): Promise<Group[]> {
  const { rows } = await queryable.query<Group>(
    `select ${columns} from user_group g where $1::text is null or g.entity = $1 order by g.id limit ${GROUPS_MAX}`,
    [entity],
  )
  return rows
}

/** Held until the transaction ends. */
export async function lockGroup(transaction: Queryable, id: string): Promise<Group | null> {
  await transaction.query('select from user_group where id = $1 for update', [id])
  const { rows } = await transaction.query<Group>(`select ${columns} from user_group g where g.id = $1`, [id])
  return rows[0] ?? null
}

export type NewGroup = Pick<Group, 'entity' | 'name' | 'roles'>

export async function insertGroup(transaction: Queryable, { entity, name, roles }: NewGroup): Promise<string> {
  const id = newId()
  const values = [id, entity, name.en, name.ar, [...roles]]
  await transaction.query('insert into user_group (id, entity, name_en, name_ar, roles) values ($1, $2, $3, $4, $5)', values)
  return id
}

export async function updateGroup(transaction: Queryable, id: string, { name, roles }: Partial<NewGroup>): Promise<void> {
  await transaction.query(
    'update user_group set name_en = coalesce($2, name_en), name_ar = coalesce($3, name_ar), roles = coalesce($4, roles) where id = $1',
    [id, name?.en ?? null, name?.ar ?? null, roles ? [...roles] : null],
  )
}

export async function addMember(transaction: Queryable, group: string, user: string): Promise<void> {
  await transaction.query('insert into user_group_member (group_id, user_id) values ($1, $2) on conflict do nothing', [group, user])
}

export async function removeMember(transaction: Queryable, group: string, user: string): Promise<void> {
  await transaction.query('delete from user_group_member where group_id = $1 and user_id = $2', [group, user])
}
