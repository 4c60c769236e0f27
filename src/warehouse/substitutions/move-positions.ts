/** Positions of changes whose row is told apart by a person whom it names: that name moves in the row's key as it does in the row. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { personColumns } from '../registry-table.ts'
import { type Move, moveRows, moveRowsBack, type Moved, type PersonRelation } from './move-rows.ts'

/** Of the persons whose rows changed. */
const POSITIONS: PersonRelation = {
  relation: 'warehouse.change_position',
  field: 'person_ref',
  key: ['registry', 'person_ref', 'row_key'],
  hasSeq: false,
}

/** The later of two positions of one key would make events of the current person's own row old: that row's position stands, as the row does. */
export async function movePositions(client: Queryable, definitions: readonly RegistryDefinition[], move: Move): Promise<void> {
  await moveRows(client, POSITIONS, move)
  for (const { registry, place } of namedInKeys(definitions)) await moveName(client, registry, place, move)
}

export async function movePositionsBack(client: Queryable, definitions: readonly RegistryDefinition[], move: Move): Promise<void> {
  for (const { registry, place } of namedInKeys(definitions).toReversed()) await moveNameBack(client, registry, place, move)
  await moveRowsBack(client, POSITIONS, move)
}

const namedInKeys = (definitions: readonly RegistryDefinition[]) =>
  definitions.flatMap((definition) =>
    personColumns(definition)
      .filter((name) => definition.key.includes(name))
      .map((name) => ({ registry: definition.id, place: definition.key.indexOf(name) })),
  )

/** The key of row `row` with another reference at a place; as text, byte for byte what `settleBatch` writes. */
const keyWith = (row: string, place: number, reference: string): string =>
  `(SELECT '[' || string_agg(to_json(CASE n WHEN ${place + 1} THEN ${reference} ELSE v END)::text, ',' ORDER BY n) || ']'
    FROM jsonb_array_elements_text(${row}.row_key::jsonb) WITH ORDINALITY AS e (v, n))`

const field = (place: number): string => `row_key ${place}`
const KEPT = `jsonb_build_object('registry', p.registry, 'person_ref', p.person_ref, 'row_key', p.row_key)`

async function moveName(client: Queryable, registry: string, place: number, { substitutionId, from, to }: Move): Promise<Moved> {
  const values = [substitutionId, registry, field(place), String(from), String(to)]
  const named = `p.registry = $2 AND p.row_key::jsonb ->> ${place} = $4`
  const { rowCount: setAside } = await client.query(
    `WITH p AS (DELETE FROM warehouse.change_position p WHERE ${named} AND EXISTS (SELECT FROM warehouse.change_position o
         WHERE o.registry = p.registry AND o.person_ref = p.person_ref AND o.row_key = ${keyWith('p', place, '$5::text')}) RETURNING p.*)
     INSERT INTO identity.substituted_row (substitution_id, relation, field, key, content)
     SELECT $1, 'warehouse.change_position', $3, ${KEPT}, to_jsonb(p) FROM p`,
    values,
  )
  const { rowCount: moved } = await client.query(
    `WITH p AS (UPDATE warehouse.change_position p SET row_key = ${keyWith('p', place, '$5::text')} WHERE ${named} RETURNING p.*)
     INSERT INTO identity.substituted_row (substitution_id, relation, field, key) SELECT $1, 'warehouse.change_position', $3, ${KEPT} FROM p`,
    values,
  )
  return { moved: moved ?? 0, setAside: setAside ?? 0 }
}

async function moveNameBack(client: Queryable, registry: string, place: number, { substitutionId, from }: Move): Promise<void> {
  const kept = `s.substitution_id = $1 AND s.relation = 'warehouse.change_position' AND s.field = $3 AND s.key ->> 'registry' = $2`
  await client.query(
    `UPDATE warehouse.change_position p SET row_key = ${keyWith('p', place, '$4::text')}
     FROM identity.substituted_row s WHERE ${kept} AND s.content IS NULL
       AND p.registry = $2 AND p.person_ref = (s.key ->> 'person_ref')::bigint AND p.row_key = s.key ->> 'row_key'`,
    [substitutionId, registry, field(place), String(from)],
  )
  await client.query(
    `INSERT INTO warehouse.change_position SELECT k.* FROM identity.substituted_row s
       CROSS JOIN LATERAL jsonb_populate_record(NULL::warehouse.change_position, s.content) k
     WHERE ${kept} AND s.content IS NOT NULL ON CONFLICT DO NOTHING`,
    [substitutionId, registry, field(place)],
  )
}
