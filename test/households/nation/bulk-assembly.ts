/** Every fact of every household by bulk assembly from a replica, and as the same household has them alone. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { assembleHousehold } from '../../../src/households/assemble.ts'
import type { DeclaredAnswers } from '../../../src/households/declared.ts'
import { columnsFrom } from '../../../src/households/nation/elsewhere-columns.ts'
import { type HomeRange, readChunk, readElsewhere } from '../../../src/households/nation/read-chunk.ts'
import type { Database } from '../../../src/db/database.ts'
import type { ValueColumn, ValueColumns } from '../../../src/language/catalogue/assembly/chunk.ts'
import { compileChunk } from '../../../src/language/catalogue/assembly/compile-chunk.ts'
import type { Catalogue } from '../../../src/language/catalogue/catalogue.ts'
import { type FactSpace, type FactValues, unknownValues } from '../../../src/language/fact-space.ts'
import { BUCKETS } from '../../../src/warehouse/replica/refresh-registry.ts'
import { freshness } from '../seeded-warehouse.ts'

export interface BulkRequest {
  readonly catalogue: Catalogue
  readonly asOf: number
  readonly usable: ReadonlySet<string>
  readonly declared?: ReadonlyMap<number, DeclaredAnswers>
  /** Homes of one chunk. */
  readonly size: number
}

export interface BulkHousehold {
  readonly household: FactValues
  readonly members: ReadonlyMap<number, FactValues>
}

/** By household reference. */
export async function assembleNation(
  connection: DuckDBConnection,
  { catalogue, asOf, usable, declared = new Map(), size }: BulkRequest,
): Promise<Map<number, BulkHousehold>> {
  const assembly = compileChunk(catalogue, { wanted: null, usable, asOfDay: asOf })
  const { reads } = assembly
  const count = async (sql: string): Promise<number> => Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0)
  const elsewhere = columns(catalogue, catalogue.person, await count('SELECT count(*) FROM relative'))
  const last = (await count('SELECT max(home) FROM member')) + 1
  const ranges: HomeRange[] = [{ from: -BUCKETS, to: 0 }]
  for (let from = 0; from < last; from += size) ranges.push({ from, to: from + size })
  for (const range of ranges) {
    const { rows, from } = await readElsewhere(connection, { reads, asOf, range })
    assembly.elsewhere(rows, columnsFrom(elsewhere, from, rows.persons))
  }
  const nation = new Map<number, BulkHousehold>()
  for (const range of ranges.slice(1)) {
    const { rows, householdRefs, personRefs } = await readChunk(connection, { catalogue, reads, asOf, range, declared })
    const into = {
      household: columns(catalogue, catalogue.household, rows.households),
      person: columns(catalogue, catalogue.person, personRefs.length),
    }
    assembly.households(rows, elsewhere, into)
    for (const [h, ref] of householdRefs.entries()) {
      const members = new Map<number, FactValues>()
      for (let at = rows.firstMember[h] as number; at < (rows.firstMember[h + 1] as number); at++)
        members.set(personRefs[at] as number, valuesAt(catalogue.person, into.person, at))
      nation.set(ref, { household: valuesAt(catalogue.household, into.household, h), members })
    }
  }
  return nation
}

/** How the bulk form differs from each household assembled alone; empty when it does not. */
export async function differencesFromAlone(
  database: Database,
  nation: ReadonlyMap<number, BulkHousehold>,
  { catalogue, asOf, declared = new Map() }: Omit<BulkRequest, 'size' | 'usable'>,
): Promise<string[]> {
  const wrong: string[] = []
  for (const [householdRef, { household, members }] of nation) {
    const where = `household ${householdRef}`
    const one = await assembleHousehold(
      { database, catalogue, freshness },
      { householdRef, asOf, declared: declared.get(householdRef) ?? null },
    )
    if (!one) throw new Error(`nobody lives in ${householdRef}`)
    wrong.push(...differences(catalogue.household, one.household, household, where))
    if (members.size !== one.members.length) wrong.push(`${where}: ${one.members.length} members, ${members.size}`)
    for (const { personRef, facts } of one.members) {
      const own = members.get(personRef)
      if (own) wrong.push(...differences(catalogue.person, facts, own, `${where} person ${personRef}`))
      else wrong.push(`${where}: person ${personRef} is not there`)
    }
  }
  return wrong
}

const columns = (catalogue: Catalogue, space: FactSpace, rows: number): ValueColumns =>
  space.types.map(({ id }): ValueColumn => {
    const lo = new Float64Array(rows)
    return { lo, hi: catalogue.facts.get(id)?.bounded ? new Float64Array(rows) : lo }
  })

function valuesAt(space: FactSpace, from: ValueColumns, row: number): FactValues {
  const values = unknownValues(space)
  for (const slot of space.types.keys()) {
    const { lo, hi } = from[slot] as ValueColumn
    if (!Number.isNaN(lo[row])) values.lo[slot] = lo[row] as number
    if (!Number.isNaN(hi[row])) values.hi[slot] = hi[row] as number
  }
  return values
}

function differences(space: FactSpace, one: FactValues, other: FactValues, where: string): string[] {
  return space.types.flatMap(({ id }, slot) => {
    const [a, b] = [one, other].map((values) => `${values.lo[slot]}..${values.hi[slot]}`)
    return a === b ? [] : [`${where} ${id}: ${a}, ${b}`]
  })
}
