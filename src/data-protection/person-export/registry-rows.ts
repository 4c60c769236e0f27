/** A person's own rows of a registry, as they may be given away: other persons whom they name are not told apart. */
import type { Queryable } from '../../db/queryable.ts'
import type { RegistryDefinition } from '../../warehouse/registry-definition.ts'
import { quote, tableName } from '../../warehouse/registry-table.ts'
import type { Subject } from './subject.ts'

type Cell = string | number | boolean | null
export type RegistryRow = Readonly<Record<string, Cell>>

const OTHER = 'another person'
const SELF = 'this person'

/** `keepsAddresses`: of a sheltered person, unless whoever exports may see them. */
export async function registryRows(
  db: Queryable,
  definition: RegistryDefinition,
  { personRefs }: Subject,
  keepsAddresses: boolean,
): Promise<RegistryRow[]> {
  const columns = definition.columns.filter(({ address }) => !(keepsAddresses && address === true))
  if (columns.length === 0) return []
  const { rows } = await db.query<Record<string, Cell>>(
    `SELECT ${columns.map(({ name }) => quote(name)).join(', ')} FROM ${tableName(definition)} WHERE person_ref = ANY ($1::bigint[])
     ORDER BY ${['person_ref', ...definition.key].map(quote).join(', ')}`,
    [personRefs],
  )
  const persons = columns.filter(({ type }) => type === 'person').map(({ name }) => name)
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(persons.map((name) => [name, named(row[name] ?? null, personRefs)])),
  }))
}

const named = (ref: Cell, own: readonly number[]): string | null => (ref === null ? null : own.includes(ref as number) ? SELF : OTHER)
