/** Assembly: every fact of one household, from the warehouse or from records that somebody gives. */
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
import { type AssemblyStatement, epochKey, recordsStatement, registryOrder, warehouseStatement } from './assembly-statement.ts'
import { type DeclaredAnswers, declaredRows } from './declared.ts'
import { type Freshness, isUsable, readSourceStates } from './registry-state.ts'

export interface AssemblyDependencies {
  readonly database: Database
  readonly catalogue: Catalogue
  readonly freshness: readonly Freshness[]
}

/**
 * Computes the facts of one household as of a day, in one snapshot of the database; null when nobody lives in it. With
 * `facts` (a set closed under inputs) only those are read and the others stay unknown: no more data than the purpose needs.
 */
export async function assembleHousehold(
  { database, catalogue, freshness }: AssemblyDependencies,
  request: {
    readonly householdRef: number
    readonly asOf: number
    readonly declared?: DeclaredAnswers | null
    readonly facts?: ReadonlySet<string>
  },
): Promise<AssembledHousehold | null> {
  const declared = request.declared ?? null
  const answers = declaredRows(catalogue, request.householdRef, declared)
  return database.transaction(
    async ({ client }) => {
      const sources = await readSourceStates(client, freshness, request.asOf)
      const usable = sources.filter(({ state }) => isUsable(state)).map(({ registry }) => registry)
      const statement = cached(
        within(statementsOf, request.facts ?? catalogue),
        `${epochKey(catalogue, request.asOf)} ${usable.join(' ')}`,
        () => warehouseStatement(catalogue, request.asOf, request.facts ?? null, new Set(usable)),
      )
      const values = [request.householdRef, isoOfDay(request.asOf), JSON.stringify(answers.household), JSON.stringify(answers.person)]
      const { rows } = await client.query<Cell[]>({ name: statement.name, text: statement.text, values, rowMode: 'array' })
      const households = readRows(catalogue, statement, rows, {
        asOf: request.asOf,
        sources,
        applicationId: declared?.applicationId ?? null,
      })
      return households[0] ?? null
    },
    { isolation: 'repeatable read' },
  )
}

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
  { database, catalogue }: Omit<AssemblyDependencies, 'freshness'>,
  records: Records,
): Promise<AssembledHousehold[]> {
  const statement = cached(within(recordStatementsOf, catalogue), epochKey(catalogue, records.asOf), () =>
    recordsStatement(catalogue, records.asOf),
  )
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

type Statements = Map<string, AssemblyStatement>
/** By the object that says which facts: the set of those wanted, or the catalogue for all. */
const statementsOf = new WeakMap<object, Statements>()
const recordStatementsOf = new WeakMap<Catalogue, Statements>()

function cached(statements: Statements, key: string, write: () => AssemblyStatement): AssemblyStatement {
  const statement = statements.get(key) ?? write()
  statements.set(key, statement)
  return statement
}

function within<K extends object>(cache: WeakMap<K, Statements>, key: K): Statements {
  const statements = cache.get(key) ?? new Map<string, AssemblyStatement>()
  cache.set(key, statements)
  return statements
}
