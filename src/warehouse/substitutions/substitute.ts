/** Substitutions that merge two persons: everything current of the old reference moves to the current one, and back. Snapshots and determinations are history and stay. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import { problem } from '../../kernel/problem.ts'
import { supersede } from '../identity-vault.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { noteChangedPersons } from '../changes/change-store.ts'
import { personColumns, tableName } from '../registry-table.ts'
import { lockWarehouse } from '../write-lock.ts'
import { movePositions, movePositionsBack } from './move-positions.ts'
import { type Move, moveRows, moveRowsBack, type PersonRelation } from './move-rows.ts'
import { insertSubstitution, type KeptSubstitution, lockSubstitution, markUndone, referencesOf, renumber } from './substitution-store.ts'

export interface SubstitutionDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  /** Tables of higher rooms that speak of persons as they are now. */
  readonly relations: readonly PersonRelation[]
}

export interface SubstitutionRequest {
  readonly number: string
  readonly currentNumber: string
  readonly reason: string
  readonly actor: string
  readonly entity: string
  /** In the same transaction. */
  readonly onDone: (client: Queryable, done: Substituted) => Promise<void>
}

export interface Substituted {
  /** Null when there was nobody to merge: at most one of the numbers was known, or both meant one person. */
  readonly id: string | null
  readonly oldRef: number | null
  readonly currentRef: number
  readonly moved: number
  readonly setAside: number
}

// Rows of a place in the sequence are found by bitmaps; the pool's settings are for the rows of one household.
const SETTINGS = 'SET LOCAL statement_timeout = 0; SET LOCAL enable_bitmapscan = on'

export async function substitute(
  { database, registries, relations }: SubstitutionDeps,
  request: SubstitutionRequest,
): Promise<Substituted> {
  const { number, currentNumber, reason, actor, entity } = request
  if (number === currentNumber) throw problem('substitution-refused', { detail: 'both numbers are the same' })
  return database.transaction(async ({ client }) => {
    await client.query(SETTINGS)
    await lockWarehouse(client)
    const { old, current } = await referencesOf(client, number, currentNumber)
    if (old?.supersededBy && old.supersededBy !== currentNumber)
      throw problem('substitution-refused', { detail: 'the number was replaced by another one already' })
    if (current?.supersededBy) throw problem('substitution-refused', { detail: 'the current number was replaced itself' })
    if (old === null || current === null || old.personRef === current.personRef) {
      await supersede(client, number, currentNumber)
      const { current: now } = await referencesOf(client, number, currentNumber)
      const done = { id: null, oldRef: null, currentRef: (now as { personRef: number }).personRef, moved: 0, setAside: 0 }
      await request.onDone(client, done)
      return done
    }
    const seq = await nextPlace(client)
    const numbers = await renumber(client, old.personRef, current.personRef, { number, supersededBy: currentNumber })
    const kept: KeptSubstitution = { id: newId(), number, currentNumber, oldRef: old.personRef, currentRef: current.personRef, numbers }
    await insertSubstitution(client, { ...kept, reason, actor, entity, seq })
    const move = { substitutionId: kept.id, from: kept.oldRef, to: kept.currentRef, seq }
    const definitions = await registries()
    const counts = await moveAll(client, definitions, relations, move, moveRows, -1)
    await movePositions(client, definitions, move)
    const done = { id: kept.id, oldRef: kept.oldRef, currentRef: kept.currentRef, ...counts }
    await request.onDone(client, done)
    return done
  })
}

/** Numbers and rows go back to the person whose they were; rows that came under any of the numbers since stay with the current one. */
export async function undoSubstitution(
  { database, registries, relations }: SubstitutionDeps,
  id: string,
  actor: string,
  onDone: SubstitutionRequest['onDone'],
): Promise<Substituted> {
  return database.transaction(async ({ client }) => {
    await client.query(SETTINGS)
    await lockWarehouse(client)
    const kept = await lockSubstitution(client, id)
    const seq = await nextPlace(client)
    await renumber(client, kept.currentRef, kept.oldRef, { number: kept.number, supersededBy: null }, kept.numbers)
    const move = { substitutionId: id, from: kept.oldRef, to: kept.currentRef, seq }
    const definitions = await registries()
    await movePositionsBack(client, definitions, move)
    const counts = await moveAll(client, [...definitions].reverse(), [...relations].reverse(), move, moveRowsBack, 1)
    await markUndone(client, id, actor, seq)
    const done = { id, oldRef: kept.oldRef, currentRef: kept.currentRef, ...counts }
    await onDone(client, done)
    return done
  })
}

async function nextPlace(client: Queryable): Promise<number> {
  const { rows } = await client.query<{ seq: number }>("SELECT nextval('change_seq') AS seq")
  return (rows[0] as { seq: number }).seq
}

/** `sign`: what a row that is set aside does to the registry's count. */
async function moveAll(
  client: Queryable,
  definitions: readonly RegistryDefinition[],
  relations: readonly PersonRelation[],
  move: Move,
  work: typeof moveRows,
  sign: 1 | -1,
): Promise<{ moved: number; setAside: number }> {
  const total = { moved: 0, setAside: 0 }
  const add = (one: { readonly moved: number; readonly setAside: number }): void => {
    total.moved += one.moved
    total.setAside += one.setAside
  }
  for (const definition of definitions) {
    let touched = 0
    let setAside = 0
    // Whoever undoes goes the other way round: a row may have moved by two of its columns.
    const places = sign < 0 ? relationsOf(definition) : relationsOf(definition).reverse()
    for (const relation of places) {
      const one = await work(client, relation, move)
      add(one)
      touched += one.moved + one.setAside
      setAside += one.setAside
    }
    if (touched === 0) continue
    await client.query('UPDATE warehouse.registry_state SET seq = $2, row_count = row_count + $3 WHERE registry = $1', [
      definition.id,
      move.seq,
      sign * setAside,
    ])
    // Rows have left the one reference or the other: replica and re-evaluation look at both.
    await client.query(
      `INSERT INTO warehouse.removed_row (registry, person_ref, seq) VALUES ($1, $2, $4), ($1, $3, $4) ON CONFLICT (registry, person_ref) DO UPDATE SET seq = EXCLUDED.seq`,
      [definition.id, move.from, move.to, move.seq],
    )
  }
  for (const relation of relations) add(await work(client, relation, move))
  await noteConcerned(client, definitions, move)
  return total
}

/** Both persons, and whose rows name one of them: their households are determined again, and membership is looked at even if nobody lives to do it now. */
async function noteConcerned(client: Queryable, definitions: readonly RegistryDefinition[], { from, to, seq }: Move): Promise<void> {
  const owners = definitions
    .filter((definition) => personColumns(definition).length > 0)
    .map((definition) => `SELECT person_ref FROM ${tableName(definition)} WHERE seq = ${seq}`)
  const { rows } = owners.length === 0 ? { rows: [] } : await client.query<{ person_ref: number }>(owners.join(' UNION '))
  await noteChangedPersons(client, [{ persons: [from, to, ...rows.map(({ person_ref: ref }) => ref)], civil: true }], seq)
}

/** Whose row it is first, then whom it names. */
const relationsOf = (definition: RegistryDefinition): PersonRelation[] =>
  ['person_ref', ...personColumns(definition)].map((field) => ({
    relation: tableName(definition),
    field,
    key: ['person_ref', ...definition.key],
    hasSeq: true,
  }))
