/** The numbers of a whole delivery at once: new persons are made, kinds told, numbers of another kind refused, by a few statements over the staged rows. */
import { once } from 'node:events'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Database } from '../../db/database.ts'
import { addPersonsOf } from '../add-persons.ts'
import { type IdentifierKind, kindsTold, vaultKey } from '../identity-vault.ts'
import { personPermutation } from '../person-permutation.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { quote } from '../registry-table.ts'
import { rejectStaged } from './reject-staged.ts'
import type { Staging } from './staging.ts'

/** A registry of Jordanians tells that a number is a National ID, one of non-Jordanians that it is a personal ID. */
export const kindOf = ({ population }: Pick<RegistryDefinition, 'population'>): IdentifierKind =>
  population === 'jordanians' ? 'national' : population === 'nonJordanians' ? 'personal' : null

/** Returns how many rows were refused. What it makes known of persons is committed at once, so that no other load waits for this one to end. */
export async function resolveNumbers(
  database: Database,
  client: pg.PoolClient,
  definition: RegistryDefinition,
  staging: Staging,
  loadId: number,
): Promise<number> {
  const kind = kindOf(definition)
  await client.query(`ANALYZE ${staging.left}`)
  const named = definition.columns.filter(({ type }) => type === 'person').map(({ name }) => quote(name))
  const numbers = [
    `SELECT _number AS number, true AS own FROM ${staging.left}`,
    ...named.map((name) => `SELECT ${name}, false FROM ${staging.left} WHERE ${name} IS NOT NULL`),
  ].join(' UNION ALL ')
  await client.query(
    `CREATE UNLOGGED TABLE ${staging.unknown} AS SELECT nextval('identity.person_counter') AS counter, number, own FROM (
       SELECT given.number, bool_or(given.own) AS own FROM (${numbers}) AS given
       WHERE NOT EXISTS (SELECT FROM identity.identifier i WHERE i.number = given.number) GROUP BY given.number) AS missing`,
  )
  await addPersonsOf(client, {
    unknown: staging.unknown,
    references: staging.references,
    kind,
    makeReferences: (first, last) => makeReferences(database, client, staging, first, last),
  })
  if (kind === null) return 0
  await kindsTold(client, `(SELECT _number AS number FROM ${staging.left})`, kind)
  return rejectStaged(client, {
    staging,
    loadId,
    reason: 'national_number: number-of-other-kind',
    which: `JOIN identity.identifier i ON i.number = raw._number AND i.kind IS DISTINCT FROM '${kind}'`,
  })
}

/** A permutation is ten lines here and slow in SQL: references of the counters first to last are sent as a table. */
async function makeReferences(database: Database, client: pg.PoolClient, staging: Staging, first: number, last: number): Promise<void> {
  const permute = personPermutation(await vaultKey(database.pool))
  await client.query(`CREATE UNLOGGED TABLE ${staging.references} (counter bigint NOT NULL, person_ref bigint NOT NULL)`)
  const stream = client.query(copyFrom(`COPY ${staging.references} FROM STDIN`))
  const failed = new Promise<never>((_, reject) => stream.on('error', reject))
  failed.catch(() => {})
  for (let from = first; from <= last; from += 10_000) {
    let text = ''
    for (let counter = from; counter < from + 10_000 && counter <= last; counter++) text += `${counter}\t${permute(counter)}\n`
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed])
    else await new Promise(setImmediate)
  }
  stream.end()
  await Promise.race([once(stream, 'finish'), failed])
}
