/** Holds one cell of the matrix: what is granted works, what is not is refused like what is not there, by each wall alone too. */
import type { Test } from 'tap'
import { type QueryForm, queryForms, sqlForms } from './forms.ts'
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

/** Asserts only where something is wrong: a hundred thousand cells are counted. */
export async function holdQuery(t: Test, isolation: Isolation, { entity, registry, column, form }: Cell, count: Count): Promise<void> {
  const one = queryForms[form] as QueryForm
  const asked = isolation.asked(entity, registry, column)
  const isGranted = isolation.isGranted(entity, registry, column) && !one.never
  const place = `${entity} ${registry}.${column} ${form}`
  const absent = isGranted
    ? null
    : await isolation.ask(isolation.apps.both, entity, one, { ...asked, column: NO_COLUMN, beside: besideOf(asked) })
  for (const [walls, app] of Object.entries(isolation.apps)) {
    const { status, body } = await isolation.ask(app, entity, one, asked)
    if (isGranted) {
      // Free texts and references of persons are told and never compared.
      const works = one.fault || (form === 'where' && isText(registry, column)) ? status === 422 : status === 200
      if (!works) t.fail(`${place}: granted, ${walls}`, { status, body: body.slice(0, 500) })
      continue
    }
    // Without the service's check a name that is none is not granted either: it is looked for among definitions.
    const mayBeFault = walls === 'serviceOff' && one.fault
    if (status !== 403 && !mayBeFault) t.fail(`${place}: not granted, ${walls}`, { status, body: body.slice(0, 500) })
    if (walls !== 'serviceOff' && body !== absent?.body) t.equal(body, absent?.body, `${place}: as what is not there, ${walls}`)
  }
  count[isGranted ? 'granted' : 'refused']++
}

const isText = (registry: string, column: string): boolean => {
  const type = definitions.find(({ id }) => id === registry)?.columns.find(({ name }) => name === column)?.type
  return type === 'text' || type === 'person'
}

const besideOf = ({ beside, column }: { readonly beside: string; readonly column: string }): string =>
  beside === column ? NO_COLUMN : beside

export async function holdSql(t: Test, isolation: Isolation, { entity, registry, column, form }: Cell, count: Count): Promise<void> {
  const text = (sqlForms[form] as (typeof sqlForms)[string])(isolation.asked(entity, registry, column))
  const isGranted = isolation.isGranted(entity, registry, column) && form !== 'base' && form !== 'copy'
  const found = await isolation.sql(entity, text)
  const refused = typeof found === 'string' && ['42501', '42P01', '42703', '3F000'].includes(found)
  // Of a granted column a cast may fail on what is in it.
  if (isGranted ? refused : !refused)
    t.fail(`${entity} ${registry}.${column} ${form}: ${isGranted ? 'granted' : 'not granted'}`, { found, text })
  count[isGranted ? 'granted' : 'refused']++
}
