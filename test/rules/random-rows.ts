/** Random families, rows of every shipped registry and answers to every question, from a seed. */
import type { Records } from '../../src/households/assemble-records.ts'
import { declaredFacts } from '../../src/households/declared.ts'
import { isoOfDay } from '../../src/kernel/date.ts'
import type { CatalogueFact, Entity } from '../../src/language/catalogue/catalogue.ts'
import type { RegistryColumn, RegistryShape } from '../../src/language/catalogue/registry-shape.ts'
import { type Draw, drawFrom } from '../support/random-draw.ts'
import { day, type Row, shipped, today } from './real-rows.ts'

export interface Shape {
  readonly households: number
  /** Fewest and most members of a household. */
  readonly members: readonly [number, number]
  /** Share of cells, and of members' nationality and answers, that are unknown or outside. */
  readonly unknown: number
  readonly answered: boolean
}

const PERSONS_PER_HOUSEHOLD = 10
const OUTSIDERS = [901, 902, 903, 904, 905, 906]

/** Every registry is loaded; persons outside the households, found by lineage and marriage, have rows too. */
export function randomRecords(seed: number, shape: Shape): Records {
  const chance = drawFrom(seed)
  const members = Array.from({ length: shape.households }, (_, household) => household + 1).flatMap((household_ref) =>
    Array.from({ length: chance.pick(between(...shape.members)) }, (_, place) => ({
      household_ref,
      person_ref: household_ref * PERSONS_PER_HOUSEHOLD + place,
      is_head: place === 0,
      relationship_code: place === 0 ? 'head' : chance.pick(['spouse', 'child', 'other']),
      basis_code: 'booklet',
      is_jordanian: !chance.happens(shape.unknown),
    })),
  )
  const persons = [...members.map(({ person_ref }) => person_ref), ...OUTSIDERS]
  const registries = new Map([...shipped.catalogue.registries].map(([id, registry]) => [id, rowsOf(registry, persons, shape.unknown, chance)]))
  const declared = new Map<number, NonNullable<ReturnType<Records['declared']['get']>>>()
  if (shape.answered) {
    for (const { household_ref } of members.filter(({ is_head }) => is_head)) {
      const own = members.filter((member) => member.household_ref === household_ref)
      const answers = { ...answersOf('household', shape.unknown, chance), members: own.map(() => answersOf('person', shape.unknown, chance)) }
      declared.set(household_ref, { applicationId: null, answers, members: own.map(({ person_ref }) => person_ref) })
    }
  }
  return { asOf: day(today), members, registries, declared }
}

function rowsOf(registry: RegistryShape, persons: readonly number[], unknown: number, chance: Draw): Row[] {
  const most = registry.rowsPerPerson === 'one' ? 1 : 4
  return persons.flatMap((person_ref) =>
    Array.from({ length: chance.pick(between(0, most)) }, () => ({
      person_ref,
      ...Object.fromEntries(registry.columns.map((column) => [column.name, chance.happens(unknown) ? null : cell(column, persons, person_ref, chance)])),
    })),
  )
}

function cell(column: RegistryColumn, persons: readonly number[], own: number, { pick }: Draw): unknown {
  switch (column.type) {
    case 'boolean':
      return pick([true, false])
    case 'category':
      return pick((column.codes ?? []).slice(0, 12))
    case 'date':
      return date(column.name, pick)
    case 'integer':
      return column.name.includes('year') ? pick([2010, 2019, 2025, 2026]) : pick([0, 1, 2, 7, 200])
    case 'decimal':
      return column.unit === 'ratio' ? pick([0, 0.333333, 0.5, 1]) : pick([0, 0.5, 75, 260, 900.5].map((n) => (column.scale === 0 ? Math.floor(n) : n)))
    case 'person':
      return pick(persons.filter((ref) => ref !== own))
    case 'text':
      return pick(['A', 'B', 'C'])
  }
}

function date(name: string, pick: Draw['pick']): string {
  if (name.startsWith('birth')) return pick(['1940-02-29', '1958-06-01', '1984-02-29', '1999-12-31', '2012-03-04', '2018-07-07', '2024-01-01'])
  const days = /month|quarter/.test(name) ? pick([22, 53, 83, 114, 300, 500]) : pick([-900, -30, -1, 0, 1, 30, 400, 1096, 4000])
  const iso = isoOfDay(day(today) - days)
  return /month|quarter/.test(name) ? `${iso.slice(0, 8)}01` : iso
}

/** Answers to every question that a fact of the entity is declared by. */
function answersOf(entity: Entity, unknown: number, chance: Draw): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const fact of declaredFacts(shipped.catalogue, entity)) {
    if (fact.definition.kind !== 'declared' || chance.happens(unknown)) continue
    const steps = fact.definition.path.split('/').slice(1)
    const place = steps.slice(0, -1).reduce<Record<string, unknown>>((at, step) => (at[step] ??= {}) as Record<string, unknown>, answers)
    place[steps.at(-1) ?? ''] = answer(fact, chance.pick)
  }
  return answers
}

function answer({ type, codes }: CatalogueFact, pick: Draw['pick']): unknown {
  if (type === 'boolean') return pick([true, false])
  if (type === 'category') return pick(codes ?? [])
  if (type === 'date') return date('birth', pick)
  return type === 'integer' ? pick([1, 2, 5]) : pick(['0', '35.5', '120'])
}

const between = (least: number, most: number): number[] => Array.from({ length: most - least + 1 }, (_, n) => least + n)
