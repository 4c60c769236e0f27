/** The same facts over records that somebody gives instead of the warehouse: the catalogue's SQL over typed record sets. */
import type { Database } from '../db/database.ts'
import { isoOfDay } from '../kernel/date.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import {
  type AssembledHousehold,
  type AssembledMember,
  factValues,
  type PackedCells,
  type RegistryState,
  type SourceState,
} from './assembled.ts'
import { type AssemblyStatement, recordsStatement, registryOrder } from './assembly-statement.ts'
import { type DeclaredAnswers, declaredRows } from './declared.ts'
import { epochKey } from './parameter-epochs.ts'
import { isUsable } from './registry-state.ts'

export interface Records {
  readonly asOf: number
  readonly members: readonly {
    readonly household_ref: number
    readonly person_ref: number
    readonly is_head: boolean
    readonly relationship_code: string
    readonly basis_code: string
    readonly is_jordanian: boolean
  }[]
  /** Persons outside the households who are known not to be Jordanians, or to be; others are taken for Jordanians. */
  readonly relatives?: readonly { readonly person_ref: number; readonly is_jordanian: boolean | null }[]
  /** Rows by registry; a registry without an entry was not loaded: what comes from it is unknown. */
  readonly registries: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>
  /** States of registries whose rows are not fresh; what stands in a stale one is unknown all the same. */
  readonly states?: ReadonlyMap<string, RegistryState>
  readonly declared: ReadonlyMap<number, DeclaredAnswers>
}

/** The same facts over given records instead of the warehouse: nothing is read or stored. */
export async function assembleRecords(
  { database, catalogue }: { readonly database: Database; readonly catalogue: Catalogue },
  records: Records,
): Promise<AssembledHousehold[]> {
  const statement = statementOf(catalogue, records.asOf)
  const asOf = isoOfDay(records.asOf)
  const sources = [...catalogue.registries.values()].map((registry): SourceState => {
    const given = records.registries.has(registry.id)
    return {
      registry: registry.id,
      custodian: registry.custodian,
      load: null,
      asOf: given ? asOf : null,
      state: given ? (records.states?.get(registry.id) ?? 'fresh') : 'missing',
    }
  })
  const declared = [...records.declared].map(([householdRef, answers]) => declaredRows(catalogue, householdRef, answers))
  const { rows } = await database.pool.query<Cell[]>({
    name: statement.name,
    text: statement.text,
    values: [
      JSON.stringify([...records.members, ...(records.relatives ?? [])]),
      asOf,
      usableFlags(catalogue, sources),
      JSON.stringify(declared.flatMap((one) => one.household)),
      JSON.stringify(declared.flatMap((one) => one.person)),
      ...registryOrder(catalogue).map((id) => JSON.stringify(records.registries.get(id) ?? [])),
    ],
    rowMode: 'array',
  })
  return readRows(catalogue, statement, rows, { asOf: records.asOf, sources, applicationId: null })
}

type Cell = string | number | boolean | PackedCells

function readRows(
  catalogue: Catalogue,
  statement: AssemblyStatement,
  rows: readonly (readonly Cell[])[],
  shared: Pick<AssembledHousehold, 'asOf' | 'sources' | 'applicationId'>,
): AssembledHousehold[] {
  const households = new Map<number, AssembledHousehold & { members: AssembledMember[] }>()
  for (const row of rows) {
    const [householdRef, personRef, isHead, relationship] = row
    const packs = row.slice(4) as PackedCells[]
    const key = Number(householdRef)
    let household = households.get(key)
    if (!household) {
      household = {
        ...shared,
        householdRef: key,
        household: factValues(catalogue.household, statement.household, packs.slice(statement.person.length * 2)),
        members: [],
      }
      households.set(key, household)
    }
    household.members.push({
      personRef: Number(personRef),
      isHead: isHead === true,
      relationship: String(relationship),
      facts: factValues(catalogue.person, statement.person, packs),
    })
  }
  return [...households.values()]
}

function usableFlags(catalogue: Catalogue, sources: readonly SourceState[]): boolean[] {
  const states = new Map(sources.map((source) => [source.registry, source.state]))
  return registryOrder(catalogue).map((id) => isUsable(states.get(id) ?? 'missing'))
}

const statements = new WeakMap<Catalogue, Map<string, AssemblyStatement>>()

/** Written once for all days on which the same parameters hold. */
function statementOf(catalogue: Catalogue, asOf: number): AssemblyStatement {
  const known = statements.get(catalogue) ?? new Map<string, AssemblyStatement>()
  statements.set(catalogue, known)
  const key = epochKey(catalogue, asOf)
  const statement = known.get(key) ?? recordsStatement(catalogue, asOf)
  known.set(key, statement)
  return statement
}
