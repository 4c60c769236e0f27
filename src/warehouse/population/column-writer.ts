/** Compiles the value that a definition gives for a column into a function that writes it. */
import type { GeneratedValue, PlainValue } from '../generator-schema.ts'
import type { RegistryColumn } from '../registry-definition.ts'
import { type CopyBytes, utf8 } from './copy-bytes.ts'
import { dirt } from './dirt.ts'
import { type Latent, latents } from './latent-values.ts'
import { type Household, NONE, type Person, personIndex } from './person.ts'
import { between, chance, choose, cumulative, draw, type Random } from './random.ts'

/** What a row in the making knows; one object per registry, used again for every row. */
export interface RowContext {
  readonly bytes: CopyBytes
  readonly random: Random
  /** Date the registry's rows speak of. */
  readonly asOfDay: number
  readonly asOfYear: number
  /** First day of this row's month or quarter. */
  period: number
  /** Number of this row among the person's rows of the registry; 0 for all rows of one series. */
  serial: number
}

export type WriteField = (person: Person, household: Household, row: RowContext) => void
export interface ColumnWriter {
  readonly write: WriteField
  /** False: this person has no value to show, which a required column does without a row. */
  readonly due: (person: Person, household: Household) => boolean
}

/** The `due` of a column that has a value for everybody. */
export const alwaysDue = (): boolean => true

/** `absent`: the generator says nothing of the column, so it stays empty. */
export function columnWriter(value: GeneratedValue | undefined, column: RegistryColumn, registry: string): ColumnWriter {
  if (value === undefined) return { write: (_p, _h, { bytes }) => bytes.empty(), due: alwaysDue }
  if (!('null' in value)) return plainWriter(value, column, registry)
  const inner = plainWriter(value.else, column, registry)
  const amount = column.type === 'decimal'
  return {
    due: alwaysDue,
    write: (person, household, row) => {
      const empty = household.demonstration ? amount && person.amountsUnknown : chance(row.random, value.null)
      if (empty || !inner.due(person, household)) row.bytes.empty()
      else inner.write(person, household, row)
    },
  }
}

function plainWriter(value: PlainValue, column: RegistryColumn, registry: string): ColumnWriter {
  if ('trait' in value) return latentWriter(latents[value.trait as keyof typeof latents], value.trait, column, registry)
  return { due: alwaysDue, write: drawnWriter(value, column) }
}

function latentWriter(latent: Latent, name: string, column: RegistryColumn, registry: string): ColumnWriter {
  if (latent.kind === 'text') return { due: latent.has, write: (person, household, { bytes }) => latent.write(person, household, bytes) }
  const { take } = latent
  if (latent.kind === 'number') {
    const write = numberWriter(column)
    return { due: alwaysDue, write: (person, household, row) => write(take(person, household), row) }
  }
  const due = (person: Person, household: Household): boolean => take(person, household) !== NONE
  if (latent.kind === 'person') {
    return { due, write: (person, household, { bytes }) => reference(bytes, take(person, household)) }
  }
  const disputed = name === 'birthDate' && registry !== 'cspd_personal_info' && registry !== 'rbd_residents'
  return {
    due,
    write: (person, household, { bytes, random }) => {
      const day = take(person, household)
      if (day === NONE) bytes.empty()
      else bytes.date(disputed && chance(random, dirt.conflictingBirthDates) ? day + (chance(random, 0.5) ? 365 : -30) : day)
    },
  }
}

function reference(bytes: CopyBytes, ref: number): void {
  if (ref === NONE) bytes.empty()
  else bytes.bigint(ref)
}

type DrawnValue = Exclude<PlainValue, { trait: string }>

function drawnWriter(value: DrawnValue, column: RegistryColumn): WriteField {
  if ('uniform' in value || 'byWelfare' in value) return amountWriter(value, column)
  if ('pick' in value) return pickWriter(value.pick, column)
  if ('chance' in value)
    return (_p, household, { bytes, random }) => bytes.boolean(household.demonstration ? value.chance >= 0.5 : chance(random, value.chance))
  if ('month' in value) return (_p, _h, { bytes, period }) => bytes.date(period)
  if ('serial' in value) {
    const prefix = utf8(value.serial)
    return (person, _h, { bytes, serial }) => bytes.numbered(prefix, personIndex(person.household, person.slot) * 8 + serial, 8)
  }
  if ('constant' in value) return constantWriter(value.constant, column)
  if ('yearsAgo' in value) {
    const [from, to] = value.yearsAgo as [number, number]
    return (_p, _h, { bytes, random, asOfYear }) => bytes.bigint(asOfYear - between(random, from, to))
  }
  const [from, to] = ('daysAgo' in value ? value.daysAgo : value.daysAhead) as [number, number]
  const sign = 'daysAgo' in value ? -1 : 1
  return (_p, _h, { bytes, random, asOfDay }) => bytes.date(asOfDay + sign * between(random, from, to))
}

function amountWriter(
  value: { uniform: readonly number[] } | { byWelfare: readonly number[]; spread?: number },
  column: RegistryColumn,
): WriteField {
  const write = numberWriter(column)
  if ('uniform' in value) {
    const [from, to] = value.uniform as readonly [number, number]
    if (column.type === 'integer') return (_p, _h, row) => write(between(row.random, from, to), row)
    return (_p, _h, row) => write(from + draw(row.random) * (to - from), row)
  }
  const [poorest, richest] = value.byWelfare as readonly [number, number]
  const spread = value.spread ?? 0
  return (_p, { percentile }, row) => write((poorest + (richest - poorest) * percentile) * (1 + spread * (2 * draw(row.random) - 1)), row)
}

/** Rounded to the column's places and kept between its bounds. */
function numberWriter({ type, scale = 0, min = -Infinity, max = Infinity }: RegistryColumn): (value: number, row: RowContext) => void {
  const factor = 10 ** scale
  if (type === 'decimal') return (value, { bytes }) => bytes.decimal(Math.round(Math.min(max, Math.max(min, value)) * factor), scale)
  return (value, { bytes }) => bytes.bigint(Math.round(Math.min(max, Math.max(min, value))))
}

function pickWriter(pick: Readonly<Record<string, number>>, column: RegistryColumn): WriteField {
  const options = Object.keys(pick)
  const shares = cumulative(Object.values(pick))
  const likeliest = options.indexOf(options.toSorted((a, b) => (pick[b] ?? 0) - (pick[a] ?? 0))[0] as string)
  const index = (household: Household, random: Random): number => (household.demonstration ? likeliest : choose(random, shares))
  if (column.type === 'integer' || column.type === 'decimal') {
    const write = numberWriter(column)
    const numbers = options.map(Number)
    return (_p, household, row) => write(numbers[index(household, row.random)] as number, row)
  }
  const encoded = options.map(utf8)
  return (_p, household, { bytes, random }) => bytes.text(encoded[index(household, random)] as Uint8Array)
}

function constantWriter(constant: string | number | boolean, column: RegistryColumn): WriteField {
  if (typeof constant === 'boolean') return (_p, _h, { bytes }) => bytes.boolean(constant)
  if (typeof constant === 'number') {
    const write = numberWriter(column)
    return (_p, _h, row) => write(constant, row)
  }
  if (column.type === 'date') {
    const day = Math.round(Date.parse(constant) / 86_400_000)
    return (_p, _h, { bytes }) => bytes.date(day)
  }
  const encoded = utf8(constant)
  return (_p, _h, { bytes }) => bytes.text(encoded)
}
