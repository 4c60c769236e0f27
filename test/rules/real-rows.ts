/** Families as rows of the shipped registries, assembled by the shipped catalogue on PostgreSQL and judged by the shipped rules. */
import type { Database } from '../../src/db/database.ts'
import { determine, type UnitOutcome } from '../../src/determinations/determine.ts'
import type { Records } from '../../src/households/assemble-records.ts'
import { assembleBoth } from '../support/assemble-both.ts'
import { dayNumber } from '../../src/kernel/date.ts'
import { formatDecimal } from '../../src/kernel/decimal.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'
import type { Bundle } from '../../src/programmes/bundle.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'

export type Row = Readonly<Record<string, unknown>>

export const shipped: Bundle = (() => {
  const { bundle, diagnostics } = shippedBundle()
  if (!bundle) throw new Error(JSON.stringify(diagnostics, null, 1))
  return bundle
})()

/** The as-of day where a test says nothing else. */
export const today = '2026-11-23'
export const day = (iso: string): number => dayNumber(iso) ?? NaN

export interface Family {
  readonly asOf?: string
  /** Persons 1, 2, ... of household 1; the first is the head. Jordanian unless said otherwise. */
  readonly members: readonly { readonly jordanian?: boolean; readonly relationship?: string }[]
  readonly rows: Readonly<Record<string, readonly Row[]>>
  /** Registries that were never loaded; every other one is loaded, with these rows or none. */
  readonly missing?: readonly string[]
  readonly answers?: unknown
}

export function recordsOf({ asOf = today, members, rows, missing = [], answers }: Family): Records {
  const unknownRegistry = Object.keys(rows).find((id) => !shipped.catalogue.registries.has(id))
  if (unknownRegistry !== undefined) throw new Error(`no registry ${unknownRegistry}`)
  return {
    asOf: day(asOf),
    members: members.map(({ jordanian = true, relationship }, index) => ({
      household_ref: 1,
      person_ref: index + 1,
      is_head: index === 0,
      relationship_code: relationship ?? (index === 0 ? 'head' : 'other'),
      basis_code: 'booklet',
      is_jordanian: jordanian,
    })),
    registries: new Map([...shipped.catalogue.registries.keys()].filter((id) => !missing.includes(id)).map((id) => [id, rows[id] ?? []])),
    declared: answers === undefined ? new Map() : new Map([[1, { applicationId: null, answers, members: members.map((_, index) => index + 1) }]]),
  }
}

export interface Judged {
  /** A household fact as text: the value, or `least..greatest` with nothing where an end is open. */
  readonly fact: (id: string) => string
  readonly personFact: (person: number, id: string) => string
  /** The outcome of a household programme, on which both engines agree. */
  readonly outcome: (programme: string) => UnitOutcome['outcome']
  readonly missing: (programme: string) => readonly string[]
  /** Truth of a named node of the programme's rule: false, unknown or true. */
  readonly node: (programme: string, name: string) => 'false' | 'unknown' | 'true'
}

export async function judge(database: Database, family: Family): Promise<Judged> {
  const [assembled] = await assembleBoth({ database, catalogue: shipped.catalogue }, recordsOf(family))
  if (!assembled) throw new Error('no household was assembled')
  const { units, disagreements } = await determine(shipped, assembled)
  if (disagreements.length > 0) throw new Error(`the two engines disagree over ${disagreements.join(', ')}`)
  const unit = (programme: string): UnitOutcome => {
    const found = units.find((one) => one.programme === programme)
    if (!found) throw new Error(`no programme ${programme}`)
    return found
  }
  return {
    fact: (id) => shown(shipped.catalogue.household, assembled.household, id),
    personFact: (person, id) => shown(shipped.catalogue.person, assembled.members.find(({ personRef }) => personRef === person)?.facts as FactValues, id),
    outcome: (programme) => unit(programme).outcome,
    missing: (programme) => unit(programme).missing,
    node(programme, name) {
      const condition = shipped.programmes.find(({ id }) => id === programme)?.rule.condition
      const found = condition?.nodes.find(({ annotations }) => annotations.name === name)
      if (!found) throw new Error(`no node ${name} in ${programme}`)
      return (['false', 'unknown', 'true'] as const)[Number(unit(programme).trace[found.id])] ?? 'unknown'
    },
  }
}

export function shown(space: FactSpace, values: FactValues, id: string): string {
  const slot = space.slot(id)
  const type = slot === undefined ? undefined : space.types[slot]
  if (slot === undefined || !type) throw new Error(`no fact ${id}`)
  const [lo, hi] = [values.lo[slot] as number, values.hi[slot] as number]
  const text = (value: number): string => {
    if (!Number.isFinite(value)) return ''
    if (type.codes) return type.codes[value] ?? ''
    return type.type === 'boolean' ? String(value === 1) : formatDecimal(value, type.scale)
  }
  return lo === hi ? text(lo) : `${text(lo)}..${text(hi)}`
}
