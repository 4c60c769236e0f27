/** Assembles given records by SQL, by the compiled program, and by the same program in bulk, and demands the same values: every test of one is a test of the other. */
import assert from 'node:assert/strict'
import type { Database } from '../../src/db/database.ts'
import { assembleRecords, type Records } from '../../src/households/assemble-records.ts'
import type { AssembledHousehold } from '../../src/households/assembled.ts'
import { declaredRows } from '../../src/households/declared.ts'
import { type Fetched, householdRows } from '../../src/households/household-rows.ts'
import type { FetchedRow } from '../../src/households/row-text.ts'
import { isUsable } from '../../src/households/registry-state.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { type AssembledValues, compileAssembly } from '../../src/language/catalogue/assembly/compile-assembly.ts'
import type { HouseholdRows } from '../../src/language/catalogue/assembly/rows.ts'
import { assembleChunk } from './assemble-chunk.ts'
import { type Reads, readsOf } from '../../src/language/catalogue/assembly/reads.ts'
import type { Catalogue } from '../../src/language/catalogue/catalogue.ts'
import type { RegistryColumn } from '../../src/language/catalogue/registry-shape.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'

type Dependencies = { readonly database: Database; readonly catalogue: Catalogue }
type Row = Readonly<Record<string, string | number | boolean | null>>

/** What `assembleRecords` answers, after the compiled program has given the same. */
export async function assembleBoth(dependencies: Dependencies, records: Records): Promise<AssembledHousehold[]> {
  const bySql = await assembleRecords(dependencies, records)
  const { catalogue } = dependencies
  const reads = readsOf(catalogue, null)
  const usable = new Set([...records.registries.keys()].filter((id) => isUsable(records.states?.get(id) ?? 'fresh')))
  const assembly = compileAssembly(catalogue, { wanted: null, usable, asOfDay: records.asOf })
  const differences: Difference[] = []
  const fetched = bySql.map(({ householdRef }) => fetchedOf(catalogue, reads, records, householdRef))
  const rows = fetched.map((own) => householdRows(reads, own))
  const chunk = assembleChunk(catalogue, { wanted: null, usable, asOfDay: records.asOf }, rows)
  for (const [at, { householdRef, household, members }] of bySql.entries()) {
    const own = fetched[at] as Fetched
    const compiled = assembly(rows[at] as HouseholdRows)
    const inBulk = chunk[at] as AssembledValues
    differences.push(...differing(catalogue.household, household, inBulk.household, `in bulk, household ${householdRef}`))
    inBulk.members.forEach((facts, index) =>
      differences.push(
        ...differing(catalogue.person, compiled.members[index] as FactValues, facts, `in bulk, person of household ${householdRef}`),
      ),
    )
    differences.push(...differing(catalogue.household, household, compiled.household, `household ${householdRef}`))
    own.members.forEach(({ personRef }, index) => {
      const facts = members.find((member) => member.personRef === personRef)?.facts
      assert(facts, `person ${personRef}`)
      const where = `person ${personRef} of household ${householdRef}`
      differences.push(...differing(catalogue.person, facts, compiled.members[index] as FactValues, where))
    })
    assert.equal(members.length, own.members.length)
  }
  if (differences.length > 0) throw new FormsDiffer(catalogue, differences)
  return bySql
}

interface Difference {
  readonly fact: string
  readonly text: string
}

export class FormsDiffer extends Error {
  /** Facts that differ although nothing that they are computed from does. */
  readonly facts: readonly string[]
  constructor(catalogue: Catalogue, differences: readonly Difference[]) {
    const all = new Set(differences.map(({ fact }) => fact))
    const facts = [...all].filter((id) => !catalogue.facts.get(id)?.inputs.some((input) => all.has(input)))
    super(differences.flatMap(({ fact, text }) => (facts.includes(fact) ? [text] : [])).join('\n'))
    this.facts = facts
  }
}

function differing(space: FactSpace, sql: FactValues, compiled: FactValues, where: string): Difference[] {
  const shown = ({ lo, hi }: FactValues, slot: number): string => `${lo[slot]}..${hi[slot]}`
  return space.types.flatMap(({ id }, slot) => {
    const [bySql, byCode] = [shown(sql, slot), shown(compiled, slot)]
    return bySql === byCode ? [] : [{ fact: id, text: `${where} ${id}: SQL ${bySql}, generated code ${byCode}` }]
  })
}

function fetchedOf(catalogue: Catalogue, reads: Reads, records: Records, householdRef: number): Fetched {
  // In the order of the warehouse's statement: the head first.
  const members = records.members
    .filter(({ household_ref }) => household_ref === householdRef)
    .toSorted((a, b) => Number(b.is_head) - Number(a.is_head) || a.person_ref - b.person_ref)
  const own = new Set(members.map(({ person_ref }) => person_ref))
  const rows = (registry: string): readonly Row[] => (records.registries.get(registry) as readonly Row[] | undefined) ?? []
  const lineage = rows('cspd_lineage')
  const shares = (a: Row, b: Row, column: string): boolean => typeof a[column] === 'number' && a[column] === b[column]
  const pairs = new Map<string, Fetched['pairs'][number]>()
  const pair = (relation: string, personRef: unknown, relativeRef: unknown): void => {
    if (!own.has(Number(personRef)) || typeof relativeRef !== 'number') return
    pairs.set(`${relation} ${String(personRef)} ${relativeRef}`, { relation, personRef: Number(personRef), relativeRef })
  }
  for (const one of lineage) {
    for (const parent of [one['father_ref'], one['mother_ref']]) {
      pair('parents', one['person_ref'], parent)
      pair('children', parent, one['person_ref'])
    }
    for (const other of lineage)
      if (other['person_ref'] !== one['person_ref'] && (shares(one, other, 'father_ref') || shares(one, other, 'mother_ref')))
        pair('siblings', one['person_ref'], other['person_ref'])
  }
  for (const one of rows('cspd_marriage_info')) if ((one['end_date'] ?? null) === null) pair('spouse', one['person_ref'], one['spouse_ref'])
  const named = [...records.members, ...(records.relatives ?? [])]
  const isJordanian = (ref: number): boolean | null => {
    const told = named.filter(({ person_ref }) => person_ref === ref)
    if (told.length === 0 || told.some(({ is_jordanian }) => is_jordanian === true)) return true
    return told.some(({ is_jordanian }) => is_jordanian === false) ? false : null
  }
  const relations = new Set<string>([...reads.anywhere, ...reads.within])
  const found = [...pairs.values()].filter(({ relation }) => relations.has(relation))
  const declared = declaredRows(catalogue, householdRef, records.declared.get(householdRef) ?? null)
  return {
    asOf: records.asOf,
    members: members.map(({ person_ref, is_head, relationship_code, basis_code, is_jordanian }) => ({
      personRef: person_ref,
      isHead: is_head,
      relationship: relationship_code,
      basis: basis_code,
      isJordanian: is_jordanian,
    })),
    relatives: [...new Set(found.map(({ relativeRef }) => relativeRef))].map((personRef) => ({
      personRef,
      isJordanian: isJordanian(personRef),
    })),
    pairs: found,
    parentsListed: lineage.flatMap((row) =>
      typeof row['father_ref'] === 'number' && typeof row['mother_ref'] === 'number' ? [Number(row['person_ref'])] : [],
    ),
    registries: reads.registries.map(({ registry, columns }) =>
      rows(registry.id).map((row): FetchedRow => [Number(row['person_ref']), ...columns.map((column) => cell(column, row[column.name]))]),
    ),
    declaredHousehold: declared.household[0],
    declaredPersons: new Map(declared.person.map((row) => [Number(row['person_ref']), row])),
  }
}

/** A cell as the warehouse's statement sends it. */
function cell({ type, scale }: RegistryColumn, value: Row[string] | undefined): FetchedRow[number] {
  if (value === null || value === undefined) return null
  if (type === 'date') return dayNumber(String(value))
  if (type !== 'decimal') return value
  const [whole = '', fraction = ''] = String(value).split('.')
  assert(fraction.length <= scale && !fraction.includes('e'), `${String(value)} has more places than its column`)
  return Number(whole + fraction.padEnd(scale, '0'))
}
