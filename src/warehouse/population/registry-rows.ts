/** Compiles the generators of a registry definition into a function that writes a household's rows. */
import { civil, dayNumber } from '../../kernel/date.ts'
import type { Generator, Whom } from '../generator-schema.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { alwaysDue, columnWriter, type RowContext, type WriteField } from './column-writer.ts'
import type { CopyBytes } from './copy-bytes.ts'
import { type Household, NONE, type Person, personIndex } from './person.ts'
import { begin, chance, draw, newRandom, streamOf } from './random.ts'
import { isTrait, masksOf, type Trait } from './traits.ts'

/** Where the rows go, and what stands in their last two columns. */
export interface RowTarget {
  readonly bytes: CopyBytes
  readonly seed: number
  readonly asOfDay: number
  readonly loadId: number
  readonly seq: number
}

/** The registries that still know the dead; nobody else keeps rows of theirs. */
const knowTheDead = new Set([
  'cspd_personal_info',
  'cspd_lineage',
  'cspd_birth_info',
  'cspd_death_info',
  'cspd_family_booklet',
  'cspd_social_status',
])

/** Bits, since the test is made for everybody in every registry. */
const { traits0: deceased } = masksOf(['deceased'])
const { traits0: citizen } = masksOf(['jordanian'])

interface Compiled {
  readonly concerns: (person: Person) => boolean
  readonly rate: (percentile: number) => number
  readonly missing: number
  readonly due: (person: Person, household: Household) => boolean
  readonly rows: (percentile: number, row: RowContext) => number
  readonly periods: readonly number[] | null
  readonly fields: readonly WriteField[]
}

export function registryRows(definition: RegistryDefinition, target: RowTarget): (household: Household) => void {
  const { bytes, seed, asOfDay, loadId, seq } = target
  const generators = definition.generator.map((generator) => compile(generator, definition, asOfDay))
  const row: RowContext = { bytes, random: newRandom(), asOfDay, asOfYear: civil(asOfDay).year, period: asOfDay, serial: 0 }
  const stream = streamOf(definition.id)
  const fieldCount = definition.columns.length + 3
  const one = definition.rowsPerPerson === 'one'
  const dead = knowTheDead.has(definition.id)
  const twice = definition.id === 'cspd_family_booklet'

  function writeRow(compiled: Compiled, person: Person, household: Household): void {
    bytes.row(fieldCount)
    bytes.bigint(person.ref)
    for (const field of compiled.fields) field(person, household, row)
    bytes.bigint(loadId)
    bytes.bigint(seq)
  }

  /** True when rows were due, whether or not the registry has lost them. */
  function writeRows(compiled: Compiled, person: Person, household: Household): boolean {
    if (!compiled.due(person, household)) return false
    const { random } = row
    const rate = compiled.rate(household.percentile)
    if (household.demonstration ? rate < 0.5 : rate < 1 && !chance(random, rate)) return false
    const { periods, missing } = compiled
    const lost = (): boolean => !household.demonstration && missing > 0 && chance(random, missing)
    if (periods === null) {
      const count = compiled.rows(household.percentile, row)
      for (let i = 0; i < count; i++, row.serial++) if (!lost()) writeRow(compiled, person, household)
      return true
    }
    for (const period of periods) {
      row.period = period
      if (!lost()) writeRow(compiled, person, household)
    }
    row.serial++
    return true
  }

  return (household) => {
    for (let i = 0; i < household.count; i++) {
      const person = household.persons[i] as Person
      if (!dead && (person.traits0 & deceased) !== 0) continue
      let begun = false
      for (const compiled of generators) {
        if (!compiled.concerns(person)) continue
        if (!begun) {
          begin(row.random, seed, personIndex(household.index, person.slot), stream)
          row.serial = 0
          begun = true
        }
        if (writeRows(compiled, person, household) && one) break
      }
      if (twice && person.secondRecord !== NONE) writeSecondBooklet(person, household)
    }
  }

  /** A booklet that should no longer, or never did, name the person: as a child. */
  function writeSecondBooklet(person: Person, household: Household): void {
    const { record, recordRole } = person
    person.record = person.secondRecord
    person.recordRole = 2
    writeRow(generators[0] as Compiled, person, household)
    person.record = record
    person.recordRole = recordRole
  }
}

function compile(generator: Generator, definition: RegistryDefinition, asOfDay: number): Compiled {
  const columns = definition.columns.map((column) => ({ column, ...columnWriter(generator.columns[column.name], column, definition.id) }))
  const needed = columns
    .filter(({ column, due }) => due !== alwaysDue && (column.required === true || definition.key.includes(column.name)))
    .map(({ due }) => due)
  // A row that names neither parent says nothing.
  const refs = definition.id === 'cspd_lineage' ? columns.map(({ due }) => due) : []
  return {
    concerns: concerns(generator, definition),
    rate: linear(generator.rate),
    missing: generator.missing ?? 0,
    due: everyAndSome(needed, refs),
    rows: rowCount(generator),
    periods: periodsOf(generator, asOfDay),
    fields: columns.map(({ write }) => write),
  }
}

type Due = Compiled['due']

function everyAndSome(needed: readonly Due[], some: readonly Due[]): Due {
  if (needed.length === 0 && some.length === 0) return alwaysDue
  return (person, household) =>
    needed.every((due) => due(person, household)) && (some.length === 0 || some.some((due) => due(person, household)))
}

function linear(rate: number | { poorest: number; richest: number }): (percentile: number) => number {
  if (typeof rate === 'number') return () => rate
  return (percentile) => rate.poorest + (rate.richest - rate.poorest) * percentile
}

function rowCount({ rows }: Generator): Compiled['rows'] {
  if (!('count' in rows)) return () => 1
  if (rows.count === 1) return () => 1
  const mean = linear(rows.count)
  return (percentile, { random }) => Math.floor(mean(percentile) + draw(random))
}

/** First days of the months or quarters, the latest first. */
function periodsOf({ rows }: Generator, asOfDay: number): number[] | null {
  if ('count' in rows) return null
  const { year, month } = civil(asOfDay)
  const step = 'quarters' in rows ? 3 : 1
  const latest = 'quarters' in rows ? month - ((month - 1) % 3) : month
  const count = 'quarters' in rows ? rows.quarters : rows.months
  return Array.from({ length: count }, (_, index) => firstOfMonth(year, latest - index * step))
}

function firstOfMonth(year: number, month: number): number {
  const months = year * 12 + month - 1
  const iso = `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-01`
  return dayNumber(iso) as number
}

/** The conditions on a person as one test of bits, ages and sex. */
function concerns({ for: whom }: Generator, { population }: RegistryDefinition): (person: Person) => boolean {
  const all: readonly Whom[] = 'all' in whom ? whom.all : [whom]
  const stated = [
    ...all.flatMap((one) => ('jordanian' in one ? [one.jordanian] : [])),
    ...(population === 'everyone' ? [] : [population === 'jordanians']),
  ]
  const traits = all.flatMap((one): Trait[] => ('trait' in one && isTrait(one.trait) ? [one.trait] : []))
  const { traits0, traits1 } = masksOf(stated.includes(true) ? [...traits, 'jordanian'] : traits)
  const strangers = stated.includes(false)
  const numbers = (key: 'minAge' | 'maxAge'): number[] =>
    all.flatMap((one) => (key in one ? [(one as Record<string, number>)[key] as number] : []))
  const minAge = Math.max(0, ...numbers('minAge'))
  const maxAge = Math.min(200, ...numbers('maxAge'))
  const sexes = all.flatMap((one) => ('sex' in one ? [one.sex === 'F'] : []))
  return (person) =>
    (person.traits0 & traits0) === traits0 &&
    (person.traits1 & traits1) === traits1 &&
    person.age >= minAge &&
    person.age <= maxAge &&
    (sexes.length === 0 || sexes[0] === person.female) &&
    !(strangers && (person.traits0 & citizen) !== 0)
}
