/** Rows of any relation that speak of a person, moved from one reference to another with a record that lets exactly these be moved back. */
import type { Queryable } from '../../db/queryable.ts'
import { quote } from '../registry-table.ts'

/** Where a person reference stands; declared by the room whose table it is. */
export interface PersonRelation {
  /** As SQL names it. */
  readonly relation: string
  readonly field: string
  /** Columns that tell its rows apart. */
  readonly key: readonly string[]
  /** Whether its rows carry their place in the change sequence. */
  readonly hasSeq: boolean
  /** Of these rows alone: an SQL condition on `r`. Others are history. */
  readonly only?: string
  /** Columns that tell the rows of `only` apart, where others than the key do. */
  readonly apart?: readonly string[]
}

export interface Move {
  readonly substitutionId: string
  readonly from: number
  readonly to: number
  readonly seq: number
}

export interface Moved {
  readonly moved: number
  /** Rows of a key that the other person had too: kept aside. */
  readonly setAside: number
}

/** The current person's own row stands where both have one of the same key. */
export async function moveRows(
  client: Queryable,
  { relation, field, key, hasSeq, only = 'true', apart = key }: PersonRelation,
  move: Move,
): Promise<Moved> {
  const { substitutionId, from, to, seq } = move
  const others = apart.filter((name) => name !== field)
  const isOther = only.replaceAll(/\br\./g, 'other.')
  const same = [`other.${quote(field)} = $3`, isOther, ...others.map((name) => `other.${quote(name)} = r.${quote(name)}`)].join(' AND ')
  const keyOf = (row: string): string => `jsonb_build_object(${key.map((name) => `'${name}', ${row}.${quote(name)}`).join(', ')})`
  let setAside = 0
  if (apart.includes(field)) {
    const { rowCount } = await client.query(
      `WITH gone AS (DELETE FROM ${relation} r WHERE r.${quote(field)} = $2 AND ${only} AND EXISTS (SELECT FROM ${relation} other WHERE ${same}) RETURNING r.*)
       INSERT INTO identity.substituted_row (substitution_id, relation, field, key, content) SELECT $1, $4, $5, ${keyOf('gone')}, to_jsonb(gone) FROM gone`,
      [substitutionId, from, to, relation, field],
    )
    setAside = rowCount ?? 0
  }
  const { rowCount } = await client.query(
    `WITH moved AS (UPDATE ${relation} r SET ${quote(field)} = $3${hasSeq ? `, seq = ${seq}` : ''} WHERE r.${quote(field)} = $2 AND ${only} RETURNING r.*)
     INSERT INTO identity.substituted_row (substitution_id, relation, field, key) SELECT $1, $4, $5, ${keyOf('moved')} FROM moved`,
    [substitutionId, from, to, relation, field],
  )
  return { moved: rowCount ?? 0, setAside }
}

/** Gives back what `moveRows` moved and is still there; what came since stays where it is. */
export async function moveRowsBack(
  client: Queryable,
  { relation, field, key, hasSeq, only = 'true' }: PersonRelation,
  { substitutionId, from, to, seq }: Move,
): Promise<Moved> {
  const matches = key.map((name) => `r.${quote(name)} = k.${quote(name)}`).join(' AND ')
  const { rowCount } = await client.query(
    `UPDATE ${relation} r SET ${quote(field)} = $2${hasSeq ? `, seq = ${seq}` : ''}
     FROM identity.substituted_row s CROSS JOIN LATERAL jsonb_populate_record(NULL::${relation}, s.key) k
     WHERE s.substitution_id = $1 AND s.relation = $4 AND s.field = $5 AND s.content IS NULL AND r.${quote(field)} = $3 AND ${only} AND ${matches}`,
    [substitutionId, from, to, relation, field],
  )
  const { rowCount: restored } = await client.query(
    `INSERT INTO ${relation} SELECT k.* FROM identity.substituted_row s
       CROSS JOIN LATERAL jsonb_populate_record(NULL::${relation}, s.content${hasSeq ? ` || '{"seq": ${seq}}'` : ''}) k
     WHERE s.substitution_id = $1 AND s.relation = $2 AND s.field = $3 AND s.content IS NOT NULL ON CONFLICT DO NOTHING`,
    [substitutionId, relation, field],
  )
  return { moved: rowCount ?? 0, setAside: restored ?? 0 }
}
