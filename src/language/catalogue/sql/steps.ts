/**
 * The ladder of steps that computes facts level by level. A step computes its facts from the step before; facts that no
 * later step reads are packed away into one array, so that a step carries few columns.
 */
import type { CatalogueFact } from '../catalogue.ts'
import { columnsOf, selectFact } from './fact-columns-sql.ts'
import { type Pack, packOf, packSql } from './packing.ts'
import type { FactValueSql, Source, Writing } from './sources.ts'

export interface Steps {
  readonly ctes: readonly string[]
  /** Name of the last step. */
  readonly last: string
  /** SQL of the packed facts, two arrays a pack, to be read from the last step under the alias that was given. */
  readonly packs: readonly Pack[]
  readonly packColumns: (alias: string) => readonly string[]
}

export interface Level {
  readonly facts: readonly CatalogueFact[]
  /** Further joins (attributes, head, declared answers), whose columns the values read. */
  readonly joins: readonly string[]
  readonly sources: readonly Source[]
  /** Values that need no pass of their own; they read the row as `r`. */
  readonly values: readonly FactValueSql[]
}

export interface Ladder {
  readonly prefix: string
  /** Table of the first step, and its columns that travel with every row. */
  readonly from: string
  readonly carried: readonly string[]
  readonly levels: number
  readonly level: (at: number, before: string) => Level
  /** Last level that reads a fact; Infinity when the facts' reader comes after the ladder. */
  readonly readUntil: (fact: CatalogueFact) => number
  /** Without packing, every fact stays a column. */
  readonly pack: boolean
}

/** Writes the steps. Each level is two: one that collects (alias `p`), one that computes the facts from it (alias `r`). */
export function climb(ladder: Ladder, writing: Writing): Steps {
  const ctes: string[] = []
  const packs: Pack[] = []
  let live: CatalogueFact[] = []
  let unpacked: CatalogueFact[] = []
  let packed: string[] = []
  let last = ladder.from
  for (let at = 0; at < ladder.levels; at++) {
    const { joins, sources, values } = ladder.level(at, last)
    const computed = [...sources.flatMap((source) => source.values), ...values]
    if (computed.length === 0) continue
    const carried = [...ladder.carried, ...packed, ...live.flatMap(columnsOf)]
    let row = last
    if (sources.length > 0) {
      row = `${ladder.prefix}${at}r`
      const columns = [...carried.map((column) => `p.${column}`), ...sources.flatMap((source) => source.columns)]
      ctes.push(`${row} AS MATERIALIZED (SELECT ${columns.join(', ')}\n  FROM ${last} p)`)
    }
    const name = `${ladder.prefix}${at}`
    const packing = ladder.pack && unpacked.length > 0 ? packOf(unpacked) : null
    const packNames = packing ? [`${name}_n`, `${name}_t`] : []
    const packValues = packing ? packSql(packing, 'r', writing.dialect).map((sql, index) => `${sql} AS ${packNames[index]}`) : []
    live = ladder.pack ? live.filter((fact) => ladder.readUntil(fact) > at) : live
    const kept = [...ladder.carried, ...packed, ...live.flatMap(columnsOf)].map((column) => `r.${column}`)
    const facts = computed.map(({ fact, value }) => selectFact(fact, value))
    ctes.push(`${name} AS MATERIALIZED (SELECT ${[...kept, ...packValues, ...facts].join(', ')}\n  FROM ${row} r ${joins.join('\n  ')})`)
    if (packing) packs.push(packing)
    packed = [...packed, ...packNames]
    unpacked = computed.map(({ fact }) => fact)
    live = [...live, ...unpacked]
    last = name
  }
  const rest = packOf(unpacked)
  return {
    ctes,
    last,
    packs: [...packs, rest],
    packColumns: (alias) => [...packed.map((column) => `${alias}.${column}`), ...packSql(rest, alias, writing.dialect)],
  }
}
