/** Copies one registry into the replica, each row under every household that its person has been a member of, in that order. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type pg from 'pg'
import type { RegistryColumn } from '../../language/catalogue/registry-shape.ts'
import { quote } from '../registry-table.ts'
import { copyQuery } from './copy-query.ts'
import { keptAs, receivedAs, sentBy } from './replica-columns.ts'

/** A registry and the columns of it that the catalogue may read. */
export interface ReplicatedRegistry {
  readonly id: string
  readonly columns: readonly RegistryColumn[]
}

/** Persons of no household stand in buckets of their own, so that they too can be read a part at a time. */
export const BUCKETS = 64
export const bucketOf = (personRef: string): string => `(-1 - ${personRef} % ${BUCKETS})`

/** Makes the registry's table anew; `member_home (person_ref, home)` must be there. */
export async function copyRegistry(
  client: pg.ClientBase,
  connection: DuckDBConnection,
  { id, columns }: ReplicatedRegistry,
  file: string,
): Promise<void> {
  const received = [{ name: 'person_ref', type: 'BIGINT' }, ...columns.map(receivedAs)]
  const kept = ['person_ref', ...columns.map(keptAs)].join(', ')
  await copyQuery(client, connection, {
    query: `SELECT ${['r.person_ref', ...columns.map(sentBy)].join(', ')} FROM warehouse.${quote(id)} r`,
    columns: received,
    into: (source) => `CREATE OR REPLACE TABLE ${quote(id)} AS
      SELECT coalesce(h.home, ${bucketOf('r.person_ref')}) AS home, r.* FROM (SELECT ${kept} FROM ${source}) r LEFT JOIN member_home h ON h.person_ref = r.person_ref
      ORDER BY home, person_ref`,
    file,
  })
}
