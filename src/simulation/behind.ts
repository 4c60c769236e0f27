/** What stands behind the figures of a result: how many households, by their record keys. Disclosure control reads it; it is never told. */
import type { Keyed } from '../kernel/keyed-counts.ts'

/** Households that are paid: what they are paid in all, and the greatest amount of one. */
export interface KeyedMoney extends Keyed {
  readonly sum: number
  readonly largest: number
}

/** Of persons: those of the households. */
export interface KeyedPersons extends Keyed {
  readonly persons: number
}

/** Of a list's cut-off. */
export interface CutOffBehind {
  /** Units selected with a score; those that score the cut-off or less, and the cut-off or more. */
  readonly selected: number
  readonly upTo: number
  readonly from: number
  readonly below: Keyed
  readonly above: Keyed
}

/** Record keys of those whom a condition keeps out. */
export type FilterBehind = Readonly<Record<'excluded' | 'alone' | 'poorExcluded' | 'poorAlone', number>>

export interface RanksBehind {
  /** Ranked in both orders. */
  readonly ranked: number
  readonly sameTenth: Keyed
}

export interface PolicyBehind {
  /** Households of known welfare; those poor, and those at risk, after transfers. */
  readonly known: KeyedPersons
  readonly poor: KeyedPersons
  readonly atRisk: KeyedPersons
  /** By twentieth of persons after transfers, the poorest first: households. */
  readonly twentieths: readonly number[]
}

/** One twentieth of persons by welfare before transfers. */
export interface Twentieth {
  readonly all: Keyed
  readonly reached: Keyed
  readonly paid: KeyedMoney
}

export interface ProgrammeBehind {
  /** By targeting outcome. */
  readonly poorBy: readonly Keyed[]
  readonly nonPoorBy: readonly Keyed[]
  /** The poorest first, behind those of unknown welfare. */
  readonly twentieths: readonly Twentieth[]
  /** By breakdown, then by group, the unknown last. */
  readonly groups: readonly (readonly { readonly poor: Keyed; readonly missed: Keyed }[])[]
}

const NAME = 'behind'

/** A result without what stands behind it: what is stored, hashed and told to whoever may see it exactly. */
export const withoutBehind = (outcome: object): string =>
  JSON.stringify(outcome, (name, value: unknown) => (name === NAME ? undefined : value))

/** What stands behind a result, each in the place where it stood. */
export const onlyBehind = (outcome: object): string => JSON.stringify(picked(outcome) ?? {})

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
