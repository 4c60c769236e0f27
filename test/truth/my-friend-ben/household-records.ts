/** Turns described households into typed records: one assembly of them all. */
import type { Records } from '../../../src/households/assemble-records.ts'
import { dayNumber } from '../../../src/kernel/date.ts'
import { catalogue } from './programmes.ts'

/** As the outside cases describe it; null is unknown. */
export interface DescribedHousehold {
  readonly household: {
    readonly city: string | null
    readonly county: string | null
    readonly current_benefits: readonly (string | null)[]
  }
  readonly members: readonly DescribedMember[]
}
export interface DescribedMember extends Readonly<Record<string, unknown>> {
  readonly relationship: string
  readonly insurance: readonly (string | null)[]
  readonly incomes: readonly { readonly type?: string; readonly amount: number | null; readonly frequency: string | null }[]
}

type Row = Record<string, unknown>
const MOST_MEMBERS = 100

/** Records in which the household at position i has the reference i + 1. */
export function recordsOf(households: readonly DescribedHousehold[]): Records {
  const persons = households.flatMap((described, index) =>
    described.members.map((member, place) => ({
      member,
      described,
      household_ref: index + 1,
      person_ref: (index + 1) * MOST_MEMBERS + place,
      is_head: place === 0,
    })),
  )
  const rows = (make: (person: (typeof persons)[number]) => Row[]): Row[] =>
    persons.flatMap((person) => make(person).map((row) => ({ person_ref: person.person_ref, ...row })))
  return {
    asOf: dayNumber('2025-06-15') ?? 0,
    members: persons.map(({ member, household_ref, person_ref, is_head }) => ({
      household_ref,
      person_ref,
      is_head,
      relationship_code: member.relationship,
      basis_code: 'declaration',
      is_jordanian: false,
    })),
    registries: new Map([
      ['people', rows(({ member }) => [Object.fromEntries(columnsOf('people').map(({ name }) => [name, member[name] ?? null]))])],
      ['incomes', rows(({ member }) => member.incomes.map(({ type, amount, frequency }) => ({ kind: type ?? null, amount, frequency })))],
      [
        'insurances',
        rows(({ member }) =>
          member.insurance.filter((kind) => kind !== 'none').map((kind) => ({ kind: listed('insurances', 'kind', kind) })),
        ),
      ],
      [
        'household_benefits',
        rows(({ is_head, described }) =>
          is_head
            ? described.household.current_benefits.map((name) => ({ programme: listed('household_benefits', 'programme', name) }))
            : [],
        ),
      ],
      [
        'homes',
        rows(({ is_head, described: { household } }) =>
          is_head ? [{ city: listed('homes', 'city', household.city), county: listed('homes', 'county', household.county) }] : [],
        ),
      ],
    ]),
    declared: new Map(),
  }
}

const columnsOf = (registry: string) => catalogue.registries.get(registry)?.columns ?? []

/** A name that the closed list does not have is `other`: known, and none of those listed. */
function listed(registry: string, column: string, name: string | null): string | null {
  const codes = columnsOf(registry).find((c) => c.name === column)?.codes ?? []
  return name === null || codes.includes(name) ? name : 'other'
}
