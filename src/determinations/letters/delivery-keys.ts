/** The only SQL on the keys of those who deliver letters. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import type { Words } from '../../language/fact-space.ts'

export interface PublicKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

export interface DeliveryKey {
  readonly id: string
  readonly entity: string
  readonly name: Words
  readonly publicKey: PublicKey
  readonly addedBy: string
}

export async function addDeliveryKey(db: Queryable, { entity, name, publicKey, addedBy }: Omit<DeliveryKey, 'id'>): Promise<string> {
  const id = newId()
  await db.query(
    'insert into letter_delivery_key (id, entity, name_en, name_ar, public_x, public_y, added_by) values ($1, $2, $3, $4, $5, $6, $7)',
    [id, entity, name.en, name.ar, publicKey.x, publicKey.y, addedBy],
  )
  return id
}

/** Those that may be used, the oldest first; one of them by its id. */
export async function deliveryKeys(db: Queryable, id: string | null = null): Promise<DeliveryKey[]> {
  const { rows } = await db.query<{ id: string; entity: string; en: string; ar: string; x: string; y: string; addedBy: string }>(
    `select id, entity, name_en as en, name_ar as ar, public_x as x, public_y as y, added_by as "addedBy" from letter_delivery_key
     where revoked_at is null and ($1::uuid is null or id = $1) order by id`,
    [id],
  )
  return rows.map(({ id, entity, en, ar, x, y, addedBy }) => ({
    id,
    entity,
    name: { en, ar },
    publicKey: { kty: 'EC', crv: 'P-256', x, y },
    addedBy,
  }))
}

/** False for one that is not there, or was revoked before. */
export async function revokeDeliveryKey(db: Queryable, id: string, by: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update letter_delivery_key set revoked_by = $2, revoked_at = now() where id = $1 and revoked_at is null',
    [id, by],
  )
  return rowCount === 1
}
