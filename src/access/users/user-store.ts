/** The only SQL on accounts of users; who belongs to which group is read along. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'

export interface User {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly entity: string
  /** The user's own; those of the groups are in `groupRoles`. */
  readonly roles: readonly string[]
  readonly groups: readonly string[]
  readonly groupRoles: readonly string[]
  readonly contact: string
  readonly language: 'ar' | 'en'
  readonly secondFactor: 'sent' | 'totp'
  readonly hasPassword: boolean
  readonly mustChangePassword: boolean
  readonly createdAt: Date
  readonly lastSignInAt: Date | null
  readonly disabledAt: Date | null
}

const columns = `u.id, u.login, u.name, u.entity, u.roles, u.contact, u.language,
  case when u.totp_secret is null then 'sent' else 'totp' end as "secondFactor", u.password_hash is not null as "hasPassword",
  u.must_change_password as "mustChangePassword", u.created_at as "createdAt", u.last_sign_in_at as "lastSignInAt", u.disabled_at as "disabledAt",
  array(select m.group_id::text from user_group_member m where m.user_id = u.id order by 1) as groups,
  array(select distinct r from user_group_member m join user_group g on g.id = m.group_id, unnest(g.roles) r where m.user_id = u.id order by 1) as "groupRoles"`

export async function findUser(queryable: Queryable, id: string): Promise<User | null> {
  const { rows } = await queryable.query<User>(`select ${columns} from user_account u where u.id = $1`, [id])
  return rows[0] ?? null
}

/** Held until the transaction ends, so that what was judged of the user is still so when it is written. */
export async function lockUser(transaction: Queryable, id: string): Promise<void> {
  await transaction.query('select from user_account where id = $1 for update', [id])
}

/** What only signing in needs. */
export interface Credentials {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly entity: string
  readonly contact: string
  readonly language: 'ar' | 'en'
  readonly passwordHash: string | null
  readonly totpSecret: Uint8Array | null
  readonly totpOffered: Uint8Array | null
  readonly totpStep: number
  readonly disabled: boolean
}

const credentials = `select id, login, name, entity, contact, language, password_hash as "passwordHash", totp_secret as "totpSecret",
  totp_offered as "totpOffered", totp_step::int as "totpStep", disabled_at is not null as disabled from user_account`

export async function credentialsByLogin(queryable: Queryable, login: string): Promise<Credentials | null> {
  const { rows } = await queryable.query<Credentials>({ name: 'credentials', text: `${credentials} where login = $1`, values: [login] })
  return rows[0] ?? null
}

export async function credentialsOf(queryable: Queryable, id: string): Promise<Credentials | null> {
  const { rows } = await queryable.query<Credentials>(`${credentials} where id = $1`, [id])
  return rows[0] ?? null
}

/**
 * Held until the transaction ends: what signs somebody in, and what takes that away, wait for each other here, before any other row of the user is
 * touched, so that neither slips past the other and none deadlocks.
 */
export async function lockCredentials(transaction: Queryable, id: string): Promise<Credentials | null> {
  const { rows } = await transaction.query<Credentials>(`${credentials} where id = $1 for update`, [id])
  return rows[0] ?? null
}

/** In order of ids, which is the order of making. */
export async function listUsers(
  queryable: Queryable,
  { entity, after, limit }: { readonly entity: string | null; readonly after: string | null; readonly limit: number },
): Promise<User[]> {
  const { rows } = await queryable.query<User>(
    `select ${columns} from user_account u where ($1::text is null or u.entity = $1) and ($2::uuid is null or u.id > $2) order by u.id limit $3`,
    [entity, after, limit],
  )
  return rows
}

export type NewUser = Pick<User, 'login' | 'name' | 'entity' | 'roles' | 'contact' | 'language'>

/** Null when the login is taken. */
export async function insertUser(transaction: Queryable, user: NewUser): Promise<string | null> {
  const { rows } = await transaction.query<{ id: string }>(
    `insert into user_account (id, login, name, entity, roles, contact, language) values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (login) do nothing returning id`,
    [newId(), user.login, user.name, user.entity, [...user.roles], user.contact, user.language],
  )
  return rows[0]?.id ?? null
}

export type UserChange = Partial<Pick<User, 'name' | 'roles' | 'contact' | 'language'>> & {
  readonly disabled?: boolean
  /** With `disabled`: the keys and systems that the user made end too; otherwise they are the entity's and go on. */
  readonly endKeys?: true
  /** Back to codes that are sent, for a user who lost the authenticator. */
  readonly secondFactor?: 'sent'
}

export async function updateUser(transaction: Queryable, id: string, change: UserChange): Promise<void> {
  await transaction.query(
    `update user_account set name = coalesce($2, name), roles = coalesce($3, roles), contact = coalesce($4, contact), language = coalesce($5, language),
        disabled_at = case when $6::boolean is null then disabled_at when $6 then coalesce(disabled_at, now()) end,
        totp_secret = case when $7 then null else totp_secret end, totp_offered = case when $7 then null else totp_offered end
      where id = $1`,
    [
      id,
      change.name ?? null,
      change.roles ? [...change.roles] : null,
      change.contact ?? null,
      change.language ?? null,
      change.disabled ?? null,
      change.secondFactor === 'sent',
    ],
  )
}

/** An authenticator that was offered to whoever had the old password is no longer waited for. */
export async function setPassword(transaction: Queryable, id: string, hash: string, mustChange: boolean): Promise<void> {
  await transaction.query('update user_account set password_hash = $2, must_change_password = $3, totp_offered = null where id = $1', [
    id,
    hash,
    mustChange,
  ])
}

export async function noteSignIn(transaction: Queryable, id: string): Promise<void> {
  await transaction.query('update user_account set last_sign_in_at = now() where id = $1', [id])
}

export async function offerTotpSecret(transaction: Queryable, id: string, sealed: Uint8Array): Promise<void> {
  await transaction.query('update user_account set totp_offered = $2 where id = $1', [id, sealed])
}

/** The offered secret is the user's from now on; false when another one was offered meanwhile. */
export async function acceptTotpSecret(transaction: Queryable, id: string, sealed: Uint8Array, step: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'update user_account set totp_secret = totp_offered, totp_offered = null, totp_step = $3 where id = $1 and totp_offered = $2',
    [id, sealed, step],
  )
  return rowCount === 1
}

/** Spends the code of a step; false when it, or a later one, was spent before. */
export async function spendTotpStep(transaction: Queryable, id: string, step: number): Promise<boolean> {
  const { rowCount } = await transaction.query('update user_account set totp_step = $2 where id = $1 and totp_step < $2', [id, step])
  return rowCount === 1
}
