/** What a request is about, and who answers for it: a correction goes to the custodian of the column, an objection to the controller. */
import { problem } from '../../kernel/problem.ts'
import { didYouMean } from '../../language/nearest.ts'
import type { RequestKind } from './request-store.ts'

export interface KnownRegistry {
  readonly id: string
  readonly custodian: string
  readonly columns: readonly { readonly name: string }[]
}

export interface KnownProcessing {
  readonly id: string
  readonly controller: string
}

export interface Asked {
  readonly kind: RequestKind
  readonly processing?: string
  readonly registry?: string
  readonly column?: string
  readonly claimed?: string
}

export interface Subject {
  readonly processing: string | null
  readonly registry: string | null
  readonly column: string | null
  readonly claimed: string | null
  readonly responsible: string
}

export function subjectOf(asked: Asked, registries: readonly KnownRegistry[], records: readonly KnownProcessing[]): Subject {
  const { kind, processing, registry, column, claimed } = asked
  const misplaced = kind === 'objection' ? ({ registry, column, claimed } as const) : ({ processing } as const)
  for (const [name, value] of Object.entries(misplaced))
    if (value !== undefined) throw problem('request-invalid', { pointer: `/${name}`, expected: `not of an ${kind}`.replace('an c', 'a c') })
  if (kind === 'objection') {
    const record = named(records, 'id', processing, '/processing')
    return { processing: record.id, registry: null, column: null, claimed: null, responsible: record.controller }
  }
  const definition = named(registries, 'id', registry, '/registry')
  const { name } = named(definition.columns, 'name', column, '/column')
  return { processing: null, registry: definition.id, column: name, claimed: claimed ?? null, responsible: definition.custodian }
}

function named<K extends string, T extends Readonly<Record<K, string>>>(
  list: readonly T[],
  key: K,
  value: string | undefined,
  pointer: string,
): T {
  const found = list.find((one) => one[key] === value)
  if (found) return found
  const names = list.map((one) => one[key])
  throw problem('request-invalid', { pointer, expected: (value && didYouMean(value, names)) ?? `one of ${names.slice(0, 60).join(', ')}` })
}
