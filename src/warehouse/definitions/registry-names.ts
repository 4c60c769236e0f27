/** The one place where a name that somebody chose may become an identifier of PostgreSQL and DuckDB: which names a registry, its columns and its indexes can have. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import { fault } from '../registry-diagnostics.ts'
import type { RegistryFile } from '../registry-schema.ts'

/** PostgreSQL cuts longer names without a word, so that two could become one. */
const IDENTIFIER_MAX = 63
/** Room for the names of indexes and for the answers of a pulled registry. */
const REGISTRY_NAME = /^[a-z][a-z0-9_]{2,39}$/
const COLUMN_NAME = /^[a-z][a-z0-9_]{0,40}$/

/** Columns that every table has or that PostgreSQL and DuckDB keep for themselves, the person's field of a delivery, and names that every JavaScript object has. */
const COLUMNS_TAKEN = new Set(
  (
    'person_ref load_id seq national_number home household_ref row_key position source_day is_new tableoid xmin cmin xmax ' +
    'cmax ctid oid rowid constructor prototype'
  ).split(' '),
)

/** Tables of the replica and steps of assembly, which stand beside registries under their bare names, and the warehouse's own tables. */
const REGISTRIES_TAKEN = new Set(
  (
    'members member persons person pair own everybody home parent relative kin load synthetic touched arriving ' +
    'arriving_member rehomed member_home extra_home new_home old_home household_basis household_member membership_scope ' +
    'parents_listed changed_home changed_relative changed_person replica_state replica_refresh replica_change ' +
    'declared_household declared_person registry_state registry_definition registry_definition_stamp change_stream ' +
    'change_position removed_row'
  ).split(' '),
)
const PREFIXES_TAKEN = /^(m|pair|load|replica)_/

/** Every name of a definition that cannot be an identifier; its shape is known to be right. Look-alikes fail: names are ASCII. */
export function nameFaults(definition: Pick<RegistryFile, 'id' | 'columns' | 'indexes'>): Diagnostic[] {
  const { id, columns } = definition
  const found: Diagnostic[] = []
  if (!REGISTRY_NAME.test(id) || REGISTRIES_TAKEN.has(id) || PREFIXES_TAKEN.test(id) || id.endsWith(ANSWERS))
    found.push(
      fault('registry-name', '/id', `${quote(id)} cannot name a registry`, {
        expected: `3 to 40 small letters, digits and _, not ending in ${ANSWERS}`,
      }),
    )
  for (const [index, { name }] of columns.entries())
    if (!isColumnName(name))
      found.push(
        fault('column-name', at(at('/columns', index), 'name'), `${quote(name)} cannot name a column`, { expected: 'such as birth_date' }),
      )
  return [...found, ...indexFaults(definition)]
}

/** A registry that is defined at run time is named after its custodian, so that no later release ships another of its name. */
export function prefixFaults({ id, custodian }: Pick<RegistryFile, 'id' | 'custodian'>): Diagnostic[] {
  const prefix = `${custodian.toLowerCase()}_`
  if (id.startsWith(prefix)) return []
  return [fault('registry-name', '/id', `${quote(id)} does not begin with its custodian`, { expected: `${prefix}…` })]
}

export const isColumnName = (name: string): boolean => COLUMN_NAME.test(name) && !COLUMNS_TAKEN.has(name)

/** Of a pulled registry, the registry of who was asked and answered. */
export const ANSWERS = '_answers'

export const indexName = (id: string, columns: readonly string[]): string => `${id}_${columns.join('_')}`

function indexFaults({ id, indexes = [] }: Pick<RegistryFile, 'id' | 'indexes'>): Diagnostic[] {
  const taken = new Set([`${id}_pkey`, `${id}_seq`])
  return indexes.flatMap((columns, index) => {
    const name = indexName(id, columns)
    if (name.length <= IDENTIFIER_MAX && !taken.has(name)) {
      taken.add(name)
      return []
    }
    return [
      fault('index-name', at('/indexes', index), `the index would be named ${quote(name)}`, {
        expected: `a name of at most ${IDENTIFIER_MAX} characters that no other index has`,
      }),
    ]
  })
}
