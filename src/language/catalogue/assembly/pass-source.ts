/** Statements of generated passes: all facts of one registry over a person's rows (or all members' rows), all facts of one kind of relative, and facts of facts. */
import { integer } from '../../generated-code.ts'
import type { Aggregate, CatalogueFact } from '../catalogue.ts'
import { aggregateSource } from './aggregate-source.ts'
import { type ExpressionScope, placedSource, recoded } from './expression-source.ts'
import { type Cell, type DerivedFact, derivedSource, factReader, type FactWriting, store } from './fact-source.ts'
import type { RegistryRead } from './rows.ts'
import { type Constants, narrow, newSource, one, type Source, times } from './source.ts'
import type { Ends } from '../../operators.ts'

export type AggregateFact = CatalogueFact & { readonly definition: Aggregate }
export const isAggregate = (fact: CatalogueFact): fact is AggregateFact => fact.definition.kind === 'aggregate'

/** Code for the column of a registry at a place of what is read. */
export type ColumnName = (at: number) => string

/**
 * Statements: facts over the rows of registry columns whose ranges stand in `R` from place `f` to `t`, two places a person.
 * `V`: the registry covers all these persons. A one-row registry's columns are read from the first row.
 */
export function registryBody(
  read: RegistryRead,
  facts: readonly CatalogueFact[],
  writing: FactWriting,
  { column, constants }: { readonly column: ColumnName; readonly constants: Constants },
): string {
  const { registry } = read
  const [before, row, after] = [newSource(constants), newSource(constants), newSource(constants)]
  const aggregates = facts.filter(isAggregate).map((fact, index) => ({ fact, source: aggregateSource(`a${index}`, fact.definition, fact) }))
  for (const { fact, source } of aggregates) {
    before.line(source.declare)
    source.row(rowScope(read, fact.definition, writing, column, row))
  }
  const unlisted = registry.absence === 'unknown' ? '||listed<(t-f)/2' : ''
  after.line(`const open=!V${unlisted};`)
  for (const { fact, source } of aggregates) store(writing, fact, source.value('open'), after)
  for (const fact of facts) if (fact.definition.kind === 'column') store(writing, fact, one(attribute(read, fact, column, after)), after)
  const counted = `const e=R[k+1];if(R[k]<e)listed++;`
  const rows = aggregates.length === 0 ? '' : `for(let k=f;k<t;k+=2){${counted}for(let i=R[k];i<e;i++){${row.text()}}}`
  return `${before.text()}let listed=0;${rows}${after.text()}`
}

/** Statements: facts over relatives; `each` runs the given statements for each of them, whose facts stand in `cell`. `open`: others may exist that are not listed. */
export function relativesBody(
  facts: readonly AggregateFact[],
  writing: FactWriting,
  { cell, each, constants }: { readonly cell: Cell; readonly each: (statements: string) => string; readonly constants: Constants },
): string {
  const [before, row, after] = [newSource(constants), newSource(constants), newSource(constants)]
  const scope = factReader(writing, cell, row)
  for (const [index, fact] of facts.entries()) {
    const source = aggregateSource(`a${index}`, fact.definition, fact)
    before.line(source.declare)
    source.row({ ...scope, codes: null })
    store(writing, fact, source.value('open'), after)
  }
  return `${before.text()}${each(row.text())}${after.text()}`
}

/** Statements: facts made of facts of the same unit. */
export function derivedBody(facts: readonly DerivedFact[], writing: FactWriting, constants: Constants): string {
  const out = newSource(constants)
  const scope = factReader(writing, writing.own, out)
  for (const fact of facts) store(writing, fact, derivedSource(fact, writing, scope), out)
  return out.text()
}

/** Names of a registry's row: columns, `let` names put in place, `asOf`. */
function rowScope(read: RegistryRead, aggregate: Aggregate, { asOfDay }: FactWriting, name: ColumnName, out: Source): ExpressionScope {
  const column = columnReader(read, name, out)
  const bound = new Map<string, Ends>()
  const scope: ExpressionScope = {
    out,
    asOfDay,
    codes: null,
    name(id) {
      if (id === 'asOf') return one('asOf')
      const found = aggregate.lets.find(({ type }) => type.id === id)
      if (!found) return one(column(id))
      const value = bound.get(id) ?? placedSource(found.value, found.type.scale, scope)
      bound.set(id, value)
      return value
    },
  }
  return scope
}

const readColumns = new WeakMap<Source, Map<string, string>>()

/** Reads each column of a row once, for all aggregates of the pass. */
function columnReader({ columns }: RegistryRead, column: ColumnName, out: Source): (name: string) => string {
  const read = readColumns.get(out) ?? new Map<string, string>()
  readColumns.set(out, read)
  return (name) => {
    const code = read.get(name) ?? out.keep(`${column(columns.findIndex((one) => one.name === name))}[i]`)
    read.set(name, code)
    return code
  }
}

/** The column of the person's one row; absence means the stated value only where the registry says that no row means none. */
function attribute({ registry, columns }: RegistryRead, fact: CatalogueFact, name: ColumnName, out: Source): string {
  const { definition } = fact
  if (definition.kind !== 'column') return 'NaN'
  const at = columns.findIndex((column) => column.name === definition.column)
  const column = columns[at]
  const cell = out.keep(`R[f]<R[f+1]?${name(at)}[R[f]]:NaN`)
  const value =
    fact.type === 'category'
      ? recoded(cell, column?.codes ?? null, fact.codes, out)
      : fact.scale > (column?.scale ?? 0)
        ? narrow(times(cell, String(10 ** (fact.scale - (column?.scale ?? 0))), out), out)
        : cell
  if (definition.of === 'dwelling' || definition.empty === null || registry.absence !== 'none') return value
  const { empty } = definition
  return `R[f]<R[f+1]||!V?${value}:${integer(typeof empty === 'string' ? (fact.codes ?? []).indexOf(empty) : empty)}`
}
