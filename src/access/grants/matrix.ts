/** The access matrix: by consumer the columns of each registry and the facts that are granted or asked for, each with how far it reaches. */
import { type Grant, standing } from './grant.ts'
import type { RowScope } from './read-rights.ts'
import { wider } from './row-scope.ts'

interface Cell {
  readonly state: 'granted' | 'requested'
  /** The day before which it ends; null when one of its grants does not. */
  readonly to: string | null
  readonly grants: readonly string[]
}

export interface MatrixColumn extends Cell {
  readonly column: string
  readonly rows: RowScope
}

export interface MatrixFact extends Cell {
  readonly fact: string
  readonly custodian: string
  readonly decideOnly: boolean
}

export interface MatrixConsumer {
  readonly consumer: string
  readonly registries: readonly { readonly registry: string; readonly custodian: string; readonly columns: readonly MatrixColumn[] }[]
  readonly facts: readonly MatrixFact[]
}

/** From grants in force today or asked for; what is granted hides what is asked for again. */
export function matrixOf(current: readonly Grant[]): MatrixConsumer[] {
  return [...groups(current, ({ consumer }) => consumer)].map(([consumer, own]) => {
    const ofRegistries = own.filter(({ registry }) => registry !== null)
    return {
      consumer,
      registries: [...groups(ofRegistries, ({ registry }) => registry as string)].map(([registry, grants]) => ({
        registry,
        custodian: (grants[0] as Grant).custodian,
        columns: [...byItem(grants)].map(([column, with_]) => columnOf(column, with_)),
      })),
      facts: [...byItem(own.filter(({ registry }) => registry === null))].map(([fact, grants]) => factOf(fact, grants)),
    }
  })
}

function columnOf(column: string, grants: readonly Grant[]): MatrixColumn {
  const cell = cellOf(grants)
  const counted = grants.filter(({ id }) => cell.grants.includes(id))
  return { column, ...cell, rows: counted.map(({ rows }) => rows ?? ({ kind: 'none' } as const)).reduce(wider) }
}

function factOf(fact: string, grants: readonly Grant[]): MatrixFact {
  const cell = cellOf(grants)
  const counted = grants.filter(({ id }) => cell.grants.includes(id))
  return { fact, ...cell, custodian: (grants[0] as Grant).custodian, decideOnly: counted.every(({ decideOnly }) => decideOnly) }
}

function cellOf(grants: readonly Grant[]): Cell {
  const approved = grants.filter(({ status }) => status === 'approved')
  const counted = approved.length > 0 ? approved : grants
  const ends = counted.map(({ to }) => to)
  // Dates as texts are in the order of time.
  const latest = ends.reduce((a, b) => (a === null || b === null ? null : a > b ? a : b))
  return { state: approved.length > 0 ? 'granted' : 'requested', to: latest, grants: counted.map(({ id }) => id) }
}

function byItem(grants: readonly Grant[]): Map<string, Grant[]> {
  const pairs = grants.flatMap((grant) => standing(grant).map((item) => ({ item, grant })))
  return new Map([...groups(pairs, ({ item }) => item)].map(([item, list]) => [item, list.map(({ grant }) => grant)]))
}

/** In order of the keys. */
function groups<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const one of list) found.set(keyOf(one), [...(found.get(keyOf(one)) ?? []), one])
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
