/** Checks one table after the sum: welfare bands, or a look-up from score to a value. */
import { at } from '../../kernel/diagnostic.ts'
import { quote } from '../diagnostic-codes.ts'
import { shapeDiagnostics } from '../shape.ts'
import { ascending, points } from './check-term.ts'
import type { ScoreTable } from './formula.ts'
import type { Report } from './formula-diagnostics.ts'
import { type TableJson, tableSchemas } from './schema.ts'

export function checkTable(name: string, json: unknown, pointer: string, out: Report): ScoreTable | undefined {
  const kind = (json as { kind?: unknown } | null)?.kind
  if (kind !== 'bands' && kind !== 'lookUp') {
    return out.error('table-kind', at(pointer, 'kind'), `${quote(kind)} is not a kind of table`, { expected: '"bands" or "lookUp"' })
  }
  const shape = shapeDiagnostics(tableSchemas[kind], json, pointer)
  out.list.push(...shape)
  return shape.length > 0 ? undefined : build(name, json as TableJson, pointer, out)
}

function build(name: string, json: TableJson, pointer: string, out: Report): ScoreTable | undefined {
  const label = json.label ?? null
  if (json.kind === 'bands') {
    const here = at(pointer, 'bands')
    const limits = json.bands.map((band, index) => points(band.below, at(at(here, index), 'below'), out))
    if (!limits.every(isNumber)) return undefined
    ascending(limits, (index) => at(at(here, index), 'below'), out)
    const bands = [...json.bands, json.otherwise].map((band) => ({ value: band.value, label: band.label }))
    bands.forEach((band, index) => {
      if (bands.findIndex((other) => other.value === band.value) === index) return
      const place = index < json.bands.length ? at(here, index) : at(pointer, 'otherwise')
      out.error('table-value-repeats', at(place, 'value'), `two bands are called ${quote(band.value)}`, { expected: 'each value once' })
    })
    return { kind: 'bands', name, label, limits, bands }
  }
  const here = at(pointer, 'rows')
  const scores = json.rows.map((row, index) => points(row[0], at(at(here, index), 0), out))
  const values = json.rows.map((row, index) => points(row[1], at(at(here, index), 1), out))
  if (!scores.every(isNumber) || !values.every(isNumber)) return undefined
  ascending(scores, (index) => at(at(here, index), 0), out)
  return { kind: 'lookUp', name, label, unit: json.unit ?? null, scores, values }
}

const isNumber = (value: number | undefined): value is number => value !== undefined
