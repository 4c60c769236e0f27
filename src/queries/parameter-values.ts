/** The values of one call's parameters: each read by its type, a National ID resolved in the vault, none of them ever text of a statement. */
import type { Queryable } from '../db/queryable.ts'
import { isoOfDay } from '../kernel/date.ts'
import { formatDecimal } from '../kernel/decimal.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { at } from '../kernel/diagnostic.ts'
import { isNationalId } from '../kernel/national-id.ts'
import { problem } from '../kernel/problem.ts'
import { expectedOf, isFailure, readValue } from '../language/condition/literal.ts'
import type { FactType } from '../language/fact-space.ts'
import { personOf } from '../warehouse/identity-vault.ts'
import { keptAddressOf, personsWithKeptAddress } from '../warehouse/sheltered.ts'
import type { CheckedQuery, QueryParameter } from './checked-query.ts'

export type GivenValues = Readonly<Record<string, unknown>>
export type BoundValue = string | number | boolean | null

export interface Values {
  readonly byId: ReadonlyMap<string, BoundValue>
  /** Of the National ID; null when there is none or the vault does not know it. */
  readonly personRef: number | null
  /** Sheltered persons, and who lives with them, whose rows the query may come upon; empty where it reads no address. */
  readonly sheltered: readonly number[]
}

/** INVARIANT: a refusal says where and what was expected, never what was sent. */
export async function parameterValues(db: Queryable, query: CheckedQuery, given: GivenValues): Promise<Values> {
  const known = new Set(query.parameters.map(({ id }) => id))
  const unknown = Object.keys(given).filter((id) => !known.has(id))
  const errors: Diagnostic[] = unknown.map(() => refusal('query-parameter-unknown', null, [...known].join(', ') || 'no parameters'))
  const byId = new Map<string, BoundValue>()
  let number: string | null = null
  for (const parameter of query.parameters) {
    const value = Object.hasOwn(given, parameter.id) ? given[parameter.id] : undefined
    if (value === undefined) errors.push(refusal('query-parameter-missing', parameter.id, expected(parameter)))
    else if (parameter.kind === 'person') {
      if (isNationalId(value)) number = value
      else errors.push(refusal('national-id-malformed', parameter.id, expected(parameter)))
    } else {
      const literal = readValue(parameter.type, value, '')
      if (isFailure(literal)) errors.push(refusal('query-parameter-value', parameter.id, expected(parameter)))
      else byId.set(parameter.id, boundOf(parameter.type, literal.value))
    }
  }
  if (errors.length > 0) throw problem('query-parameters-refused', { errors })
  const { personRef, sheltered } = await whose(db, query, number)
  for (const { id, kind } of query.parameters) if (kind === 'person') byId.set(id, personRef)
  return { byId, personRef, sheltered }
}

/** Whose rows the query is about, and of whom of them no address is told: all such, unless it is about one person. */
async function whose(db: Queryable, query: CheckedQuery, number: string | null): Promise<Pick<Values, 'personRef' | 'sheltered'>> {
  if (number === null) return { personRef: null, sheltered: query.readsAddresses ? await personsWithKeptAddress(db) : [] }
  if (!query.readsAddresses) return { personRef: await personOf(db, number), sheltered: [] }
  const found = await keptAddressOf(db, number)
  return { personRef: found?.personRef ?? null, sheltered: found?.isKept === true ? [found.personRef] : [] }
}

const messages = {
  'query-parameter-unknown': 'The query has no such parameter.',
  'query-parameter-missing': 'The parameter has no value.',
  'query-parameter-value': 'The value is not of the type of the parameter.',
  'national-id-malformed': 'This is not a National ID.',
} as const

const refusal = (code: keyof typeof messages, id: string | null, wanted: string): Diagnostic => ({
  code,
  pointer: id === null ? '/parameters' : at('/parameters', id),
  message: messages[code],
  expected: wanted,
  severity: 'error',
})

const expected = (parameter: QueryParameter): string =>
  parameter.kind === 'person' ? 'text of ten ASCII digits, such as "0123456789"' : expectedOf(parameter.type)

function boundOf(type: FactType, value: number): BoundValue {
  switch (type.type) {
    case 'boolean':
      return value === 1
    case 'date':
      return isoOfDay(value)
    case 'category':
      return type.codes?.[value] ?? null
    case 'decimal':
      return formatDecimal(value, type.scale)
    case 'integer':
      return value
  }
}
