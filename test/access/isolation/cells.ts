/** Holds one cell of the matrix: what is granted works, what is not is refused like what is not there, by each wall alone too. */
import type { Test } from 'tap'
import { isList, LIST_COLUMNS } from '../../../src/access/grants/ranked-lists.ts'
import { type Asked, type QueryForm, queryForms, sqlForms } from './forms.ts'
import { definitions, type Isolation, NO_COLUMN } from './isolation.ts'

export interface Cell {
  readonly entity: string
  readonly registry: string
  readonly column: string
  readonly form: string
}

export interface Count {
  granted: number
  refused: number
}

export type Walls = keyof Isolation['apps']

/** Asserts only where something is wrong: a hundred thousand cells are counted. */
export async function holdQuery(t: Test, isolation: Isolation, cell: Cell, walls: readonly Walls[], count: Count): Promise<void> {
  const { entity, registry, column, form } = cell
  const one = queryForms[form] as QueryForm
  const asked = isolation.asked(entity, registry, column)
  const isGranted = isolation.isGranted(entity, registry, column) && !one.never
  const ask = (wall: Walls, of: Asked) => isolation.ask(isolation.apps[wall], entity, one, of)
  // What can be told but not compared or counted is a fault of the query, where it is granted.
  const isFault =
    one.fault === true ||
    (form === 'where' && ['text', 'person'].includes(typeOf(cell))) ||
    (form === 'aggregate' && typeOf(cell) === 'person')
  for (const wall of walls) {
    const place = `${entity} ${registry}.${column} ${form}, ${wall}`
    const { status, body } = await ask(wall, asked)
    const tell = { status, body: body.slice(0, 500) }
    if (isGranted) {
      if (status !== (isFault ? 422 : 200)) t.fail(`${place}: granted`, tell)
      continue
    }
    // A fault is told before PostgreSQL is asked.
    if (status !== 403 && !(wall === 'serviceOff' && isFault)) t.fail(`${place}: not granted`, tell)
    if (wall === 'serviceOff') continue
    const { beside, elsewhere, open } = asked
    const shape = `${form} ${beside === column} ${elsewhere === null} ${open.length} ${open.length === 0}`
    const absent =
      absents.get(shape) ?? (await ask('both', { ...asked, column: NO_COLUMN, beside: beside === column ? NO_COLUMN : beside })).body
    absents.set(shape, absent)
    if (body !== absent) t.equal(body, absent, `${place}: as what is not there`)
  }
  count[isGranted ? 'granted' : 'refused']++
}

/** What is answered where the name stands for nothing, by the shape of what was asked. */
const absents = new Map<string, string>()

const typeOf = ({ registry, column }: Cell): string =>
  definitions.find(({ id }) => id === registry)?.columns.find(({ name }) => name === column)?.type ?? ''

const columnsOf = (registry: string): readonly string[] =>
  isList(registry) ? LIST_COLUMNS : (definitions.find(({ id }) => id === registry)?.columns.map(({ name }) => name) ?? [])

export async function holdSql(t: Test, isolation: Isolation, { entity, registry, column, form }: Cell, count: Count): Promise<void> {
  const text = (sqlForms[form] as (typeof sqlForms)[string])(isolation.asked(entity, registry, column))
  // A whole row is of all columns, and the warehouse's own tables are nobody's.
  const needed = form === 'wholeRow' ? columnsOf(registry) : [column]
  const isGranted = needed.every((name) => isolation.isGranted(entity, registry, name)) && !['base', 'copy'].includes(form)
  const found = await isolation.sql(entity, text)
  const refused = typeof found === 'string' && ['42501', '42P01', '42703', '3F000'].includes(found)
  // Of a granted column a cast may fail on what is in it.
  if (isGranted ? refused : !refused)
    t.fail(`${entity} ${registry}.${column} ${form}: ${isGranted ? 'granted' : 'not granted'}`, { found, text })
  count[isGranted ? 'granted' : 'refused']++
}
