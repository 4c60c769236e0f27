/** Reads what a compiled query asks for: rows on the entity's own connections, aggregates over everyone by the service. */
import { createHmac } from 'node:crypto'
import { problem } from '../kernel/problem.ts'
import { GROUPS_MAX } from './aggregates-sql.ts'
import { type AggregatesQuery, personParameter, type RowsQuery } from './checked-query.ts'
import type { CompiledQuery } from './compile-query.ts'
import { orderedCells, type RawCell, toldCells } from './disclose-cells.ts'
import { assertAffordable, readAtOnce, readOnly, type ReadPool } from './guarded-read.ts'
import type { Values } from './parameter-values.ts'
import type { QueryDeps } from './query-deps.ts'
import { type CellValue, personKeys, type ToldRow, toldRows } from './row-answer.ts'
import type { Binding } from './statement.ts'

export interface Asked extends CompiledQuery {
  readonly values: Values
  readonly entity: string
  /** Id of the saved query that is called; null when a definition is tried. */
  readonly saved: string | null
  readonly hash: string
}

export interface Read {
  readonly rows: readonly ToldRow[]
  readonly more: boolean
  /** References of those whose rows are given, each once; null for aggregates. */
  readonly persons: readonly number[] | null
}

export async function readCompiled(deps: QueryDeps, asked: Asked): Promise<Read> {
  const [own, secret] = await Promise.all([deps.connectionOf(asked.entity), deps.secret()])
  const sent = { text: asked.statement.text, values: asked.statement.bindings.map((binding) => boundValue(binding, asked.values, secret)) }
  return asked.query.kind === 'rows'
    ? readRows(deps, asked, asked.query, own, sent, secret)
    : readCells(deps, asked, asked.query, own, sent)
}

interface Sent {
  readonly text: string
  readonly values: unknown[]
}

async function readRows(deps: QueryDeps, asked: Asked, query: RowsQuery, own: ReadPool, sent: Sent, secret: Uint8Array): Promise<Read> {
  const { statements, limits } = deps
  const reading = { timeoutMs: limits.timeoutMs, personRef: asked.values.personRef }
  if (!statements.wasAffordable(asked.entity, sent.text)) {
    await readOnly(own, reading, (client) => assertAffordable(client, sent.text, sent.values, limits.costMax))
    // Of one person it costs the same whoever it is; a listing's cost may hang on its parameters.
    if (personParameter(query)) statements.keepAffordable(asked.entity, sent.text)
  }
  // Planning a join costs more than reading one person's rows.
  const name = asked.saved === null ? null : statements.preparedName(sent.text)
  const rows = await readAtOnce<Record<string, CellValue>>(own, reading, name === null ? sent : { ...sent, name })
  const given = rows.slice(0, query.limit)
  const keyOf = personKeys(secret, asked.entity, asked.saved ?? asked.hash)
  return {
    rows: toldRows(query, given, keyOf),
    more: rows.length > query.limit,
    persons: [...new Set(given.map(({ person }) => person as number))],
  }
}

/**
 * Aggregates over everyone are of persons whom the entity's own connections do not see: those are asked whether they may read the columns
 * (planning asks it), and the service reads. One person's own are read on them.
 */
async function readCells(deps: QueryDeps, asked: Asked, query: AggregatesQuery, own: ReadPool, sent: Sent): Promise<Read> {
  const { limits, database, takeSlot } = deps
  const reading = { timeoutMs: limits.aggregateTimeoutMs, personRef: asked.values.personRef }
  const giveBack = takeSlot()
  try {
    await readOnly(own, reading, (client) => assertAffordable(client, sent.text, sent.values, limits.costMax))
    const cells = await readAtOnce<RawCell>(asked.least === null ? own : database.pool, reading, sent)
    if (cells.length > GROUPS_MAX) throw problem('query-too-costly', { detail: `There are more than ${GROUPS_MAX} groups.` })
    const told = orderedCells(query, toldCells(query, cells, asked.least))
    return { rows: told.slice(0, query.limit), more: told.length > query.limit, persons: null }
  } finally {
    giveBack()
  }
}

function boundValue(binding: Binding, values: Values, secret: Uint8Array): unknown {
  if (binding.kind === 'parameter') return values.byId.get(binding.parameter.id) ?? null
  if (binding.kind === 'programmes') return binding.programmes
  if (binding.kind === 'sheltered') return values.sheltered
  return createHmac('sha256', secret).update('noise of query cells').digest().readBigInt64BE().toString()
}
