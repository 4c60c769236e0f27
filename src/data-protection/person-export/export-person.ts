/** Everything that is kept about one person as pieces of one JSON text, from one moment of the database. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { RegistryDefinition } from '../../warehouse/registry-definition.ts'
import { shelteredPersons } from '../../warehouse/sheltered.ts'
import { accessesOf } from './accesses.ts'
import { ownAnswers } from './own-answers.ts'
import { ownDeterminations } from './own-determinations.ts'
import { keptRecords, ownRecords } from './own-records.ts'
import { registryRows } from './registry-rows.ts'
import { type Subject, subjectOfPerson } from './subject.ts'

export interface ExportDeps {
  readonly database: Database
  readonly versions: Versions
  readonly registries: () => Promise<readonly RegistryDefinition[]>
}

export interface PersonExport {
  readonly personRef: number
  readonly mayReadAddresses: boolean
  /** Aborts when nobody wants it any more. */
  readonly signal: AbortSignal
}

/** One section at a time is read, written and forgotten; the transaction ends with the text, or when nobody reads on. */
export async function* exportPerson({ database, versions, registries }: ExportDeps, asked: PersonExport): AsyncGenerator<string> {
  const client = await database.pool.connect()
  let isDone = false
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const subject = await subjectOfPerson(client, asked.personRef)
    const keepsAddresses = !asked.mayReadAddresses && (await hasSheltered(client, subject))
    yield `{\n"exportedAt": ${JSON.stringify(new Date().toISOString())},\n"addressesWithheld": ${keepsAddresses}`
    for (const kept of keptRecords) {
      asked.signal.throwIfAborted()
      yield* section(kept.name, await ownRecords(client, kept, subject))
    }
    yield* section('declaredAnswers', await ownAnswers(client, subject, keepsAddresses))
    yield* section('determinations', ownDeterminations(client, versions, subject, asked.mayReadAddresses))
    yield ',\n"registries": {'
    let separator = '\n'
    for (const definition of await registries()) {
      asked.signal.throwIfAborted()
      const rows = await registryRows(client, definition, subject, keepsAddresses)
      if (rows.length === 0) continue
      yield `${separator}${JSON.stringify(definition.id)}: ${JSON.stringify({ label: definition.label, custodian: definition.custodian, rows })}`
      separator = ',\n'
    }
    yield '\n}'
    yield* section('accesses', accessesOf(client, subject))
    yield '\n}\n'
    await client.query('COMMIT')
    isDone = true
  } finally {
    client.release(!isDone)
  }
}

/** The person, or somebody of the household where the person lives now. */
async function hasSheltered(db: Queryable, { personRefs, households }: Subject): Promise<boolean> {
  const present = households.filter(({ to }) => to === null).map(({ householdRef }) => householdRef)
  const { rows } = await db.query<{ person: number }>(
    'select person_ref as person from household_member where household_ref = any ($1::bigint[]) and valid_to is null',
    [present],
  )
  return (await shelteredPersons(db, [...personRefs, ...rows.map(({ person }) => person)])).size > 0
}

async function* section(name: string, rows: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  yield `,\n${JSON.stringify(name)}: [`
  let separator = '\n'
  for await (const row of rows) {
    yield `${separator}${JSON.stringify(row)}`
    separator = ',\n'
  }
  yield ']'
}
