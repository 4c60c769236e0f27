/** Random records for the registries of random-catalogue.ts: what the loader lets in, from a seed. */
import type { RegistryState } from '../../src/households/assembled.ts'
import type { Records } from '../../src/households/assemble-records.ts'
import type { DeclaredAnswers } from '../../src/households/declared.ts'
import { dayNumber, isoOfDay } from '../../src/kernel/date.ts'
import { formatDecimal, MAX_INTEGER } from '../../src/kernel/decimal.ts'
import type { RegistryColumn, RegistryShape } from '../../src/language/catalogue/registry-shape.ts'
import { registries } from './random-catalogue.ts'
import type { Draw } from './random-draw.ts'
import { days } from './random-expressions.ts'

type Row = Record<string, unknown>
/** What the cells of one registry are drawn from. */
interface Kinds {
  readonly days: readonly string[]
  readonly unknown: number
  readonly extreme: number
}

/** Month ends, a leap day, and days before and after parameter values begin. */
const AS_OF = ['2026-03-31', '2026-03-31', '2026-02-28', '2024-02-29', '2009-01-01', '2026-03-01'] as const
/** Those who live together, and are kin, have neighbouring numbers; of some a household never has anything but kinship. */
const EVERYBODY = Array.from({ length: 36 }, (_, index) => index + 1)
const NEAR = 3
/** About where products, sums and doubles leave the exact range. */
const EXTREMES = [MAX_INTEGER, MAX_INTEGER - 1, 2 ** 52, 94_906_266, 3_002_399_751_580_331]

/** Four to ten households, which may share persons, and rows of most registries; `wide` has amounts up to ±2^53. */
export function randomRecords(draw: Draw, wide: boolean): Records {
  const members = randomMembers(draw)
  const living = new Set(members.map(({ person_ref }) => person_ref))
  const states = new Map<string, RegistryState>()
  const rows = new Map<string, Row[]>()
  for (const registry of registries) {
    if (draw.happens(0.05)) continue
    if (draw.happens(0.1)) states.set(registry.id, draw.pick(['stale', 'grace', 'fresh']))
    rows.set(registry.id, rowsOf(draw, registry, wide))
  }
  const declared = new Map<number, DeclaredAnswers>()
  for (const household of new Set(members.map(({ household_ref }) => household_ref))) {
    if (draw.happens(0.3)) continue
    const persons = members.filter(({ household_ref }) => household_ref === household).map(({ person_ref }) => person_ref)
    declared.set(household, {
      applicationId: null,
      answers: { more: answers(draw), members: persons.map(() => ({ more: answers(draw) })) },
      members: persons.map((ref) => (draw.happens(0.1) ? null : ref)),
    })
  }
  const relatives = EVERYBODY.filter((ref) => !living.has(ref) && draw.happens(0.5)).map((person_ref) => ({
    person_ref,
    is_jordanian: draw.pick([true, false, null]),
  }))
  return { asOf: dayNumber(draw.pick(AS_OF)) ?? NaN, members, relatives, registries: rows, states, declared }
}

function randomMembers(draw: Draw): Records['members'] {
  const known = draw.happens(0.5)
  const nationality = new Map(EVERYBODY.map((ref) => [ref, known || draw.pick([true, true, true, false, null])]))
  return draw
    .list(4, 10, () => draw.between(1, 4))
    .flatMap((size, place) => {
      const left = EVERYBODY.slice(NEAR * place, NEAR * (place + 2))
      const usual = draw.pick(['booklet', 'residency'])
      const head = draw.happens(0.85) ? draw.between(0, size - 1) : null
      return Array.from({ length: size }, (_, index) => {
        const person_ref = draw.pick(left)
        left.splice(left.indexOf(person_ref), 1)
        return {
          household_ref: 100 + place,
          person_ref,
          is_head: index === head,
          relationship_code: draw.pick(['head', 'child', 'other', 'a']),
          // A child in custody, or somebody with a verified residence, is there on another ground than the rest.
          basis_code: draw.happens(0.8) ? usual : draw.pick(['custody', 'address']),
          // Unknown where no register says it.
          is_jordanian: nationality.get(person_ref) as boolean,
        }
      })
    })
}

function rowsOf(draw: Draw, registry: RegistryShape, wide: boolean): Row[] {
  const most = registry.rowsPerPerson === 'one' ? 1 : draw.pick([2, 4, 8])
  const persons = EVERYBODY.flatMap((ref) => (draw.happens(0.2) ? [] : draw.list(most === 1 ? 1 : 0, most, () => ref)))
  // Few days make rows of one day, and of months that follow each other.
  const kinds = {
    days: draw.happens(0.5) ? draw.list(2, 4, () => draw.pick(days)) : days,
    unknown: draw.pick([0, 0.05, 0.2]),
    extreme: wide ? draw.pick([0, 0.1, 0.6]) : 0,
  }
  const cellOf = (column: RegistryColumn, own: number): unknown => {
    const open = column.name === 'end_date' && draw.happens(0.7)
    return open || draw.happens(kinds.unknown) ? null : cell(draw, column, kinds, own)
  }
  return persons.map((person_ref) => ({
    person_ref,
    ...Object.fromEntries(registry.columns.map((column) => [column.name, cellOf(column, person_ref)])),
  }))
}

function cell(draw: Draw, { type, scale, codes, nonNegative }: RegistryColumn, kinds: Kinds, own: number): unknown {
  switch (type) {
    case 'date':
      return draw.happens(0.9) ? draw.pick(kinds.days) : isoOfDay((dayNumber('2026-03-31') ?? NaN) - draw.between(0, 800))
    case 'boolean':
      return draw.happens(0.5)
    case 'category':
      return draw.pick(codes ?? [])
    case 'text':
      return draw.pick(['a', 'b', '0', '1', '', 'NaN', 'A'])
    case 'person':
      return Math.min(Math.max(own + draw.between(-NEAR, NEAR), 1), EVERYBODY.length)
    case 'integer':
    case 'decimal': {
      const small =
        type === 'integer'
          ? draw.between(0, 4)
          : draw.happens(0.5)
            ? draw.between(0, 20) * 10 ** Math.max(scale - 1, 0)
            : draw.between(0, 100_000)
      const value = (draw.happens(kinds.extreme) ? draw.pick(EXTREMES) : small) * (nonNegative || draw.happens(0.5) ? 1 : -1)
      return type === 'integer' ? value + 0 : formatDecimal(value, scale)
    }
  }
}

/** Answers to what random facts ask, some of which do not fit. */
function answers(draw: Draw): Row {
  const kinds: Readonly<Record<string, () => unknown>> = {
    integer: () => draw.pick([1, 0, -2, '3', 1.5]),
    decimal: () => draw.pick([1.5, '2.25', 0, '-7.125', 'x', 12]),
    amount: () => draw.pick([0, 1, '2', '0.5', 7.25]),
    boolean: () => draw.happens(0.5),
    date: () => draw.pick([...days, 'today']),
    category: () => draw.pick(['a', 'b', 'x', 'nope']),
  }
  const asked = Object.entries(kinds).flatMap(([kind, answer]) => [0, 1, 2].map((place) => [`${kind}${place}`, answer] as const))
  return Object.fromEntries(asked.filter(() => draw.happens(0.7)).map(([name, answer]) => [name, answer()]))
}
