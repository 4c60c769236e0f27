/** Members and registry rows of a request, aggregated to facts by the same SQL as the warehouse's, over typed record sets. */
import type { Database } from '../../db/database.ts'
import { assembleRecords } from '../../households/assemble-records.ts'
import type { Records } from '../../households/assemble-records.ts'
import type { AssembledHousehold } from '../../households/assembled.ts'
import { dayNumber } from '../../kernel/date.ts'
import { parseDecimal, scaledOfNumber } from '../../kernel/decimal.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { problem } from '../../kernel/problem.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import type { RegistryColumn, RegistryShape } from '../../language/catalogue/registry-shape.ts'
import type { EvaluationClock } from './limits.ts'
import type { HouseholdRecordsBody } from './schema.ts'

/** Each household by itself: which registries were read is its own. Throws `facts-refused` with every finding. */
export async function givenRecords(
  database: Database,
  catalogue: Catalogue,
  given: readonly HouseholdRecordsBody[],
  { asOf, isInline, clock }: { readonly asOf: number; readonly isInline: boolean; readonly clock: EvaluationClock },
): Promise<AssembledHousehold[]> {
  const found: Diagnostic[] = []
  const records = given.map((household, index) => recordsOf(catalogue, household, asOf, at('/households', index), found))
  if (found.length > 0) throw problem('facts-refused', { errors: found.slice(0, MOST_FINDINGS), pointer: found[0]?.pointer ?? '' })
  // The statement of somebody's own catalogue must not stay prepared: its connection is not used again.
  const client = isInline ? await database.pool.connect() : null
  try {
    const db = client ? { ...database, pool: client as never } : database
    const households: AssembledHousehold[] = []
    for (const one of records) {
      clock.check()
      households.push(...(await assembleRecords({ database: db, catalogue }, one)))
    }
    return households
  } finally {
    client?.release(true)
  }
}

const MOST_FINDINGS = 100
const HOUSEHOLD = 1

function recordsOf(catalogue: Catalogue, household: HouseholdRecordsBody, asOf: number, pointer: string, found: Diagnostic[]): Records {
  const refs = new Map<string | number, number>()
  // Relatives outside the household are persons too: the first mention of a name makes a reference.
  const refOf = (label: string | number): number => {
    const ref = refs.get(label) ?? refs.size + 1
    refs.set(label, ref)
    return ref
  }
  const { members, basis = 'booklet', registries = {}, declared } = household
  const hasHead = members.some(({ isHead }) => isHead === true)
  const rows = members.map(({ person, isHead, relationship, isJordanian = true }, index) => ({
    household_ref: HOUSEHOLD,
    person_ref: refOf(person),
    is_head: isHead ?? (!hasHead && index === 0),
    relationship_code: relationship ?? ((isHead ?? (!hasHead && index === 0)) ? 'head' : 'other'),
    basis_code: basis,
    is_jordanian: isJordanian,
  }))
  if (new Set(rows.map(({ person_ref }) => person_ref)).size < rows.length)
    found.push(refusal(at(pointer, 'members'), 'a person is named twice', 'each member once'))
  if (members.filter(({ isHead }) => isHead === true).length > 1)
    found.push(refusal(at(pointer, 'members'), 'two members are head', 'one head at most'))
  const read = new Map(
    Object.entries(registries).map(([id, list]) => {
      const place = at(at(pointer, 'registries'), id)
      const registry = catalogue.registries.get(id)
      if (!registry) found.push(refusal(place, 'there is no such registry', 'a registry of GET /v1/catalogue'))
      const read = registry ? list.map((row, index) => rowOf(registry, row, at(place, index), refOf, found)) : []
      if (registry?.rowsPerPerson === 'one') refuseSecondRows(read, place, found)
      return [id, read] as const
    }),
  )
  const answers = { ...declared, members: members.map((member) => member.declared ?? {}) }
  const hasAnswers = declared !== undefined || members.some((member) => member.declared !== undefined)
  return {
    asOf,
    members: rows,
    registries: read,
    declared: hasAnswers
      ? new Map([[HOUSEHOLD, { applicationId: null, answers, members: rows.map(({ person_ref }) => person_ref) }]])
      : new Map(),
  }
}

type Row = Readonly<Record<string, unknown>>

function rowOf(
  registry: RegistryShape,
  { person, ...row }: Row,
  pointer: string,
  refOf: (label: string | number) => number,
  found: Diagnostic[],
): Row {
  if (!isLabel(person)) found.push(refusal(at(pointer, 'person'), 'a row names its person', 'the name of a person'))
  const cells = Object.entries(row).map(([name, value]) => {
    const column = registry.columns.find((one) => one.name === name)
    const place = at(pointer, name)
    if (!column) found.push(refusal(place, `${registry.id} has no such column`, registry.columns.map((one) => one.name).join(', ')))
    else if (value !== null && !suits(column, value)) found.push(refusal(place, 'the value does not suit the column', expectation(column)))
    return [name, column?.type === 'person' && isLabel(value) ? refOf(value) : value]
  })
  return { ...Object.fromEntries(cells), person_ref: isLabel(person) ? refOf(person) : 0 }
}

/** The warehouse holds one row a person there; a second one would count the person twice. */
function refuseSecondRows(rows: readonly Row[], pointer: string, found: Diagnostic[]): void {
  const met = new Set<unknown>()
  for (const [index, { person_ref }] of rows.entries()) {
    if (met.has(person_ref)) found.push(refusal(at(pointer, index), 'this registry has one row a person', 'each person once'))
    met.add(person_ref)
  }
}

const isLabel = (value: unknown): value is string | number =>
  (typeof value === 'string' && value.length <= 60) || Number.isSafeInteger(value)

function suits({ type, scale, codes }: RegistryColumn, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value)
    case 'decimal':
      return typeof value === 'number' ? scaledOfNumber(value, scale).ok : typeof value === 'string' && parseDecimal(value, scale).ok
    case 'boolean':
      return typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && dayNumber(value) !== null
    case 'category':
      return typeof value === 'string' && (codes === null || codes.includes(value))
    case 'text':
      return typeof value === 'string'
    case 'person':
      return isLabel(value)
  }
}

const expectation = ({ type, scale, codes }: RegistryColumn): string =>
  type === 'category'
    ? `one of ${(codes ?? []).join(', ')}`
    : type === 'decimal'
      ? `a decimal of at most ${scale} places`
      : `${type} or null`

const refusal = (pointer: string, message: string, expected: string): Diagnostic => ({
  code: 'record-refused',
  pointer,
  message,
  expected,
  severity: 'error',
})
