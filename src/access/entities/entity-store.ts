/** The entities: those of the shipped list, kept up at each start, and those that operators add. */
import type { Queryable } from '../../db/queryable.ts'

export interface Entity {
  readonly id: string
  readonly names: { readonly en: string; readonly ar: string }
  readonly kind: string
  readonly origin: 'seed' | 'assumed' | 'operator'
}

const columns = "id, json_build_object('en', name_en, 'ar', name_ar) as names, kind, origin"

export async function listEntities(queryable: Queryable): Promise<Entity[]> {
  const { rows } = await queryable.query<Entity>(`select ${columns} from entity order by upper(id)`)
  return rows
}

export async function entityExists(queryable: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await queryable.query('select from entity where id = $1', [id])
  return rowCount === 1
}

/** Writes what is missing of the shipped list and what changed of it; one that an operator added is the operator's. */
export async function ensureEntities(queryable: Queryable, shipped: readonly Entity[]): Promise<void> {
  await queryable.query(
    `insert into entity as e (id, name_en, name_ar, kind, origin)
      select s->>'id', s->'names'->>'en', s->'names'->>'ar', s->>'kind', s->>'origin' from jsonb_array_elements($1::jsonb) s
      where not exists (select from entity o where upper(o.id) = upper(s->>'id') and o.id <> s->>'id')
      on conflict (id) do update set name_en = excluded.name_en, name_ar = excluded.name_ar, kind = excluded.kind, origin = excluded.origin
      where e.origin <> 'operator'
        and (e.name_en, e.name_ar, e.kind, e.origin) is distinct from (excluded.name_en, excluded.name_ar, excluded.kind, excluded.origin)`,
    [JSON.stringify(shipped)],
  )
}

/** Null when the id, or one that differs by the case of a letter, is taken. */
export async function insertEntity(transaction: Queryable, { id, names, kind }: Omit<Entity, 'origin'>): Promise<Entity | null> {
  const { rows } = await transaction.query<Entity>(
    `insert into entity (id, name_en, name_ar, kind, origin) values ($1, $2, $3, $4, 'operator') on conflict do nothing returning ${columns}`,
    [id, names.en, names.ar, kind],
  )
  return rows[0] ?? null
}
