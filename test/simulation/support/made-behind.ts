/** A made outcome with what stands behind its figures, by one of several sets of record keys. */
import type { Keyed } from '../../../src/kernel/keyed-counts.ts'
import type { KeyedPersons, OrderBehind, ProgrammeBehind } from '../../../src/simulation/behind.ts'
import type { PolicyMeasures } from '../../../src/simulation/measure-policies.ts'
import { TARGETING_OUTCOMES } from '../../../src/simulation/measures/targeting-outcome.ts'
import type { SimulationOutcome } from '../../../src/simulation/simulation-outcome.ts'
import type { OrderEffect } from '../../../src/simulation/try-term.ts'
import type { LeftOut } from '../../../src/simulation/left-out.ts'
import { seeded } from '../../bench/support/random-household.ts'

/** The same for every seed but for keys, those of the cells too. */
export const withMadeKeys = (outcome: SimulationOutcome, seed: number): SimulationOutcome =>
  rekeyed(withMadeBehind(outcome, seed), seeded(seed))

/** Every `key` in a tree drawn anew. */
export function rekeyed<T>(tree: T, random: () => number): T {
  if (Array.isArray(tree)) return tree.map((one: unknown) => rekeyed(one, random)) as T
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(
    Object.entries(tree).map(([name, one]: [string, unknown]) => [
      name,
      name === 'key' && typeof one === 'number' ? Math.floor(random() * 2 ** 32) : rekeyed(one, random),
    ]),
  ) as T
}

/** The outcome itself stays as it is. */
export function withMadeBehind(outcome: SimulationOutcome, seed: number): SimulationOutcome {
  const random = seeded(seed)
  const key = (): number => Math.floor(random() * 2 ** 32)
  const keyed = (units: number): Keyed => ({ units, key: key() })
  const people = (units: number): KeyedPersons => ({ ...keyed(units), persons: units * 4 })
  const twentieths = () =>
    Array.from({ length: 21 }, (_, at) => ({
      all: people(90 + at),
      reached: people(40 + at),
      paid: { ...keyed(40 + at), sum: (40 + at) * 1_000, largest: 1_500 },
    }))
  const programme = (): ProgrammeBehind => ({
    poorBy: TARGETING_OUTCOMES.map((_, at) => people(60 + 10 * at)),
    nonPoorBy: TARGETING_OUTCOMES.map((_, at) => people(80 + 10 * at)),
    twentieths: twentieths(),
    byHouseholds: twentieths(),
    groups: Array.from({ length: 2 }, () => Array.from({ length: 4 }, () => ({ whole: keyed(200), part: keyed(120) }))),
  })
  const order = (): OrderBehind => ({
    known: people(900),
    poor: people(300),
    atRisk: people(200),
    atLines: [people(300), people(150)],
    twentieths: Array.from({ length: 20 }, () => 45),
  })
  const measures = (one: PolicyMeasures | null): PolicyMeasures | null =>
    one && {
      ...one,
      behind: { ...order(), before: order() },
      programmes: one.programmes.map((own) => ({ ...own, behind: programme() })),
    }
  const effect = (one: OrderEffect): OrderEffect =>
    one.otherTenth === null ? one : { ...one, behind: { otherTenth: key(), ranked: key() } }
  const left = ({ welfare, programmes, formulas }: LeftOut): LeftOut => ({
    welfare: welfare && { ...welfare, behind: { households: key() } },
    programmes: programmes.map((own) => ({ ...own, behind: { withoutScore: key(), withoutWelfare: key() } })),
    formulas: formulas.map((own) => ({ ...own, behind: { withoutScore: key() } })),
  })
  type Alone = Pick<SimulationOutcome['baseline'], 'nearCutOffs' | 'filters' | 'measures'> & { readonly leftOut?: LeftOut }
  const sides = () => ({ below: key(), at: key(), above: key() })
  const alone = (one: Alone): Alone => ({
    ...(one.leftOut ? { leftOut: left(one.leftOut) } : {}),
    nearCutOffs: one.nearCutOffs.map((near) => ({
      ...near,
      contests: (near.contests ?? []).map((own) => ({ ...own, behind: { selected: key(), ...sides() } })),
      behind: sides(),
    })),
    filters:
      one.filters &&
      one.filters.map((rule) => ({
        ...rule,
        filters: rule.filters.map((filter) => ({
          ...filter,
          behind: { excluded: key(), alone: key(), poorExcluded: key(), poorAlone: key() },
        })),
      })),
    measures: measures(one.measures),
  })
  const { baseline, scenarios } = outcome
  return {
    ...outcome,
    baseline: {
      ...baseline,
      ...alone(baseline),
      ...(baseline.sensitivity
        ? {
            sensitivity: {
              ...baseline.sensitivity,
              formulas: baseline.sensitivity.formulas.map((formula) => ({
                ...formula,
                terms: formula.terms.map((term) => ({ ...term, lighter: effect(term.lighter), heavier: effect(term.heavier) })),
              })),
            },
          }
        : {}),
    },
    scenarios: scenarios.map((scenario) => ({
      ...scenario,
      ...alone(scenario),
      ranks: scenario.ranks.map((one) => ({ ...one, behind: { ranked: 900, sameTenth: key() } })),
    })),
  }
}
