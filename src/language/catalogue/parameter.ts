/** Parameters: dated constants and tables with a unit and a citation. */
import { dayNumber } from '../../kernel/date.ts'
import { at } from '../../kernel/diagnostic.ts'
import { isScale, MAX_SCALE, scaledOfNumber } from '../../kernel/decimal.ts'
import { type Findings, isObject, quote } from './diagnostics.ts'
import { parseUnit } from './unit.ts'
import type { ValueType, Words } from '../fact-space.ts'
import { checkWords } from './words.ts'

export type TableKey = string | number

export interface ParameterEpoch {
  /** Day number from which this value holds. */
  readonly from: number
  readonly citation: string | null
  /** Scaled integer of a constant; null for a table. */
  readonly value: number | null
  /** Rows of a table: keys in the parameter's order, then the scaled value. */
  readonly rows: readonly { readonly keys: readonly TableKey[]; readonly value: number }[]
}

/** A named, dated constant or table with unit and citation (a poverty line, an income limit by household size). */
export interface Parameter {
  readonly id: string
  readonly label: Words
  readonly type: 'integer' | 'decimal' | 'boolean'
  readonly scale: number
  readonly unit: string | null
  readonly illustrative: boolean
  readonly keys: readonly string[]
  readonly epochs: readonly ParameterEpoch[]
}

const ALLOWED = new Set(['id', 'label', 'description', 'type', 'scale', 'unit', 'illustrative', 'keys', 'values', 'citation'])

/** Checks one parameter file; unknown keys, undated values and duplicate table rows are errors. */
export function checkParameter(json: unknown, out: Findings, pointer = ''): Parameter | undefined {
  if (!isObject(json))
    return out.error('parameter-not-object', pointer, 'a parameter is a JSON object', { expected: '{"id", "label", "type", "values"}' })
  for (const key of Object.keys(json)) {
    if (!ALLOWED.has(key))
      out.error('unknown-key', at(pointer, key), `${quote(key)} is not a key of a parameter`, { expected: [...ALLOWED].join(', ') })
  }
  const { id, type, unit, values } = json
  if (typeof id !== 'string') return out.error('parameter-id', at(pointer, 'id'), 'a parameter needs an id', { expected: 'camelCase text' })
  if (type !== 'integer' && type !== 'decimal' && type !== 'boolean') {
    return out.error('parameter-type', at(pointer, 'type'), `${quote(type)} is not a type of parameter`, {
      expected: 'integer, decimal or boolean',
    })
  }
  const scale = type === 'decimal' ? (json['scale'] ?? 0) : 0
  if (!isScale(scale)) {
    return out.error('fact-scale', at(pointer, 'scale'), `a decimal has a scale of 0 to ${MAX_SCALE} places`, { expected: '3 for JOD' })
  }
  if (type !== 'boolean' && (typeof unit !== 'string' || !parseUnit(unit))) {
    out.error('unknown-unit', at(pointer, 'unit'), `${quote(unit)} is not a unit`, {
      expected: 'for example "JOD/month", "persons", "ratio"',
    })
  }
  const keys = Array.isArray(json['keys']) ? json['keys'].map((key: unknown) => (isObject(key) ? String(key['fact']) : String(key))) : []
  if (!Array.isArray(values) || values.length === 0) {
    return out.error('parameter-undated', at(pointer, 'values'), 'a parameter needs at least one dated value', {
      expected: '[{"from": "2026-01-01", "value": 100}]',
    })
  }
  const epochs = values.flatMap(
    (entry: unknown, index) => checkEpoch(entry, { type, scale, keys }, out, at(at(pointer, 'values'), index)) ?? [],
  )
  const sorted = epochs.toSorted((a, b) => a.from - b.from)
  sorted.forEach((epoch, index) => {
    if (index > 0 && epoch.from === sorted[index - 1]?.from)
      out.error('parameter-dates', at(pointer, 'values'), 'two values begin on the same day')
  })
  return {
    id,
    label: checkWords(json['label'], out, at(pointer, 'label')),
    type,
    scale,
    unit: typeof unit === 'string' ? unit : null,
    illustrative: json['illustrative'] === true,
    keys,
    epochs: sorted,
  }
}

/** The value in force on a day: the latest that began; undefined before the first. */
export const epochAt = (parameter: Parameter, day: number): ParameterEpoch | undefined =>
  parameter.epochs.findLast((epoch) => epoch.from <= day)

interface Shape {
  readonly type: ValueType
  readonly scale: number
  readonly keys: readonly string[]
}

function checkEpoch(entry: unknown, shape: Shape, out: Findings, pointer: string): ParameterEpoch | undefined {
  if (!isObject(entry))
    return out.error('parameter-value', pointer, 'a dated value is an object', { expected: '{"from", "value", "citation"}' })
  const from = typeof entry['from'] === 'string' ? dayNumber(entry['from']) : null
  if (from === null) return out.error('bad-date', at(pointer, 'from'), `${quote(entry['from'])} is not a date`, { expected: 'YYYY-MM-DD' })
  const citation = typeof entry['citation'] === 'string' ? entry['citation'] : null
  if (shape.keys.length === 0) {
    const value = literal(entry['value'], shape, out, at(pointer, 'value'))
    return value === undefined ? undefined : { from, citation, value, rows: [] }
  }
  if (!Array.isArray(entry['rows']) || entry['rows'].length === 0) {
    return out.error('parameter-rows', at(pointer, 'rows'), 'a table needs rows', { expected: `[[${shape.keys.join(', ')}, value], ...]` })
  }
  const seen = new Set<string>()
  const rows = entry['rows'].flatMap((row: unknown, index) => {
    const here = at(at(pointer, 'rows'), index)
    if (!Array.isArray(row) || row.length !== shape.keys.length + 1 || !row.slice(0, -1).every(isKey)) {
      out.error('parameter-row', here, `a row has ${shape.keys.length} keys (whole numbers or codes) and a value`)
      return []
    }
    const keys = row.slice(0, -1) as TableKey[]
    const address = JSON.stringify(keys)
    if (seen.has(address)) out.error('parameter-row-twice', here, `the keys ${address} stand in two rows`)
    seen.add(address)
    const value = literal(row.at(-1), shape, out, at(here, row.length - 1))
    return value === undefined ? [] : [{ keys, value }]
  })
  return { from, citation, value: null, rows }
}

const isKey = (key: unknown): key is TableKey => typeof key === 'string' || Number.isSafeInteger(key)

function literal(value: unknown, shape: Shape, out: Findings, pointer: string): number | undefined {
  if (shape.type === 'boolean')
    return typeof value === 'boolean' ? Number(value) : out.error('literal-type', pointer, `${quote(value)} is not true or false`)
  if (typeof value !== 'number') return out.error('literal-type', pointer, `${quote(value)} is not a number`)
  const scaled = scaledOfNumber(value, shape.scale)
  return scaled.ok ? scaled.value : out.error(scaled.error, pointer, `${quote(value)} does not fit ${shape.scale} decimal places`)
}
