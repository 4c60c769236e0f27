/**
 * What stands behind the figures of a result: how many households, by their record keys. It is under the name `behind` beside the figures that it is of,
 * stored apart from them, and never told: disclosure control reads it.
 */
import { type Keyed, keyedSum } from '../kernel/keyed-counts.ts'

/** Households that are paid: what they are paid in all, and the greatest amount of one. */
export interface KeyedMoney extends Keyed {
  readonly sum: number
  readonly largest: number
}

/** Of persons: those of the households. */
export interface KeyedPersons extends Keyed {
  readonly persons: number
}

/** Of households that are in one of them only. */
export const personsSum = (all: readonly KeyedPersons[]): KeyedPersons => ({
  ...keyedSum(all),
  persons: all.reduce((sum, one) => sum + one.persons, 0),
})

/** Record keys of counts, by their names: a count that stands in a result has the key of its contents here. */
export type KeysOf<Name extends string> = Readonly<Record<Name, number>>

/** `ranked`: how many households both orders rank; no key. */
export type RanksBehind = KeysOf<'sameTenth'> & { readonly ranked: number }

/** Of one order of welfare. */
export interface OrderBehind {
  /** Households of known welfare; those poor, and those at risk. */
  readonly known: KeyedPersons
  readonly poor: KeyedPersons
  readonly atRisk: KeyedPersons
  /** Those below each further line. */
  readonly atLines: readonly KeyedPersons[]
  /** By twentieth of persons, the poorest first: households. */
  readonly twentieths: readonly number[]
}

/** After transfers; `before`: before any. */
export interface PolicyBehind extends OrderBehind {
  readonly before: OrderBehind
}

/** One twentieth of persons, or of households, by welfare before transfers. */
export interface Twentieth {
  readonly all: KeyedPersons
  readonly reached: KeyedPersons
  readonly paid: KeyedMoney
}

export interface ProgrammeBehind {
  /** By targeting outcome. */
  readonly poorBy: readonly KeyedPersons[]
  readonly nonPoorBy: readonly KeyedPersons[]
  /** The poorest first, behind those of unknown welfare. */
  readonly twentieths: readonly Twentieth[]
  /** The same by twentieths of households. */
  readonly byHouseholds: readonly Twentieth[]
  /** As the fairness of a programme is told, then by group, the unknown last. */
  readonly groups: readonly (readonly GroupBehind[])[]
}

/** What a rate of a group is of, and how many of those. */
export interface GroupBehind {
  readonly whole: Keyed
  readonly part: Keyed
}

const NAME = 'behind'

/** An outcome without what stands behind it: what is stored, hashed, and told to whoever may see it exactly. */
export function withoutBehind<T>(outcome: T): T {
  if (Array.isArray(outcome)) return outcome.map(withoutBehind) as T
  if (typeof outcome !== 'object' || outcome === null) return outcome
  const kept = Object.entries(outcome).filter(([name]) => name !== NAME)
  return Object.fromEntries(kept.map(([name, one]: [string, unknown]) => [name, withoutBehind(one)])) as T
}

/** What stands behind an outcome, each in the place where it stood. */
export const onlyBehind = (outcome: object): unknown => picked(outcome) ?? {}

function picked(value: unknown): unknown {
  if (Array.isArray(value)) {
    const found = value.map(picked)
    return found.some((one) => one !== undefined) ? found.map((one) => one ?? null) : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const found = Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    const own = name === NAME ? one : picked(one)
    return own === undefined ? [] : [[name, own] as const]
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

/** The two put together again. */
export function withBehind(outcome: unknown, behind: unknown): unknown {
  if (behind === null || behind === undefined) return outcome
  if (Array.isArray(outcome)) return outcome.map((one: unknown, at) => withBehind(one, (behind as readonly unknown[])[at]))
  const own = outcome as Readonly<Record<string, unknown>>
  const added = Object.entries(behind).map(([name, one]: [string, unknown]) => [name, name === NAME ? one : withBehind(own[name], one)])
  return { ...own, ...Object.fromEntries(added) }
}
