/** The only SQL that writes whose address is kept from others by an officer's word. */
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import type { PersonRelation } from '../../warehouse/substitutions/move-rows.ts'

interface Officer {
  readonly by: string
  readonly entity: string
}

/** Saying it twice is no fault: two officers may know of it, and each ends what he said. */
export async function shelter(client: Queryable, personRef: number, { by, entity }: Officer): Promise<void> {
  await client.query(
    `insert into warehouse.sheltered_person (id, person_ref, sheltered_by, entity)
     select $1, $2, $3, $4 where not exists (select from warehouse.sheltered_person where person_ref = $2 and entity = $4 and ended_at is null)`,
    [newId(), personRef, by, entity],
  )
}

/** Ends what officers of this entity said; false when they had said nothing. */
export async function endShelter(client: Queryable, personRef: number, { by, entity }: Officer): Promise<boolean> {
  const { rowCount } = await client.query(
    'update warehouse.sheltered_person set ended_at = now(), ended_by = $3 where person_ref = $1 and entity = $2 and ended_at is null',
    [personRef, entity, by],
  )
  return rowCount !== 0
}

/** For substitutions of numbers. */
export const shelterOfPersons: PersonRelation = { relation: 'warehouse.sheltered_person', field: 'person_ref', key: ['id'], hasSeq: false }
