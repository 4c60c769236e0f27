/** Calls of two entities in turn, many at once: each must come to its own columns and rows and to nothing of the other's. */
import type { LightMyRequestResponse as Response } from 'fastify'
import { createKey } from '../../src/access/key-store.ts'
import { decideGrant, insertGrant } from '../../src/access/grants/grant-store.ts'
import type { Grants } from '../../src/access/grants/open-grants.ts'
import type { RowScope } from '../../src/access/grants/read-rights.ts'
import type { TestApp } from './app.ts'

export interface Turns {
  /** Calls that were answered as they should. */
  readonly answered: number
  readonly refused: number
  /** What was answered otherwise. */
  readonly crossings: readonly string[]
}

interface Side {
  readonly entity: string
  readonly column: string
  readonly rows: RowScope
}

/** Neither may read what the other may; one lists everybody, the other is given one person. */
const sides: readonly Side[] = [
  { entity: 'VTC', column: 'model_year', rows: { kind: 'listing' } },
  { entity: 'LTRC', column: 'vehicle_class', rows: { kind: 'person' } },
]

/** Makes the grants and a saved query of each for its own column; then `calls` in turn, `atOnce` of them under way, every fifth for the other's column. */
export async function alternate(
  { app, database }: TestApp,
  grants: Pick<Grants, 'reconcile'>,
  calls: number,
  atOnce: number,
): Promise<Turns> {
  const { rows: owners } = await database.pool.query<{ number: string; cars: number }>(
    `select i.number, count(*)::int as cars from warehouse.dvld_car_info c join identity.identifier i on i.person_ref = c.person_ref and i.superseded_by is null
     group by 1 order by 1`,
  )
  const all = (await database.pool.query<{ n: number }>('select count(*)::int as n from warehouse.dvld_car_info')).rows[0]?.n ?? 0
  const prepared = await Promise.all(sides.map(async (side) => ({ ...side, ...(await prepare(app, database, grants, side)) })))
  let [next, answered, refused] = [0, 0, 0]
  const crossings: string[] = []
  const work = async (): Promise<void> => {
    for (let turn = next++; turn < calls; turn = next++) {
      const side = prepared[turn % prepared.length] as (typeof prepared)[number]
      const other = prepared[(turn + 1) % prepared.length] as (typeof prepared)[number]
      const owner = owners[turn % owners.length] as (typeof owners)[number]
      if (turn % 5 === 0) {
        const { statusCode } = await side.tryColumn(other.column, owner.number)
        if (statusCode === 403) refused++
        else crossings.push(`${side.entity}: ${other.column} answered ${statusCode}`)
        continue
      }
      const answer = await side.call(owner.number)
      const { columns, rows } = answer.json<{ columns?: { id: string }[]; rows?: unknown[] }>()
      const expected = side.rows.kind === 'listing' ? all : owner.cars
      if (
        answer.statusCode === 200 &&
        columns?.map(({ id }) => id).join() === `person,dvld_car_info.${side.column}` &&
        rows?.length === expected
      )
        answered++
      else crossings.push(`${side.entity}: ${answer.statusCode}, ${rows?.length} rows instead of ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { answered, refused, crossings }
}

async function prepare(
  app: TestApp['app'],
  database: TestApp['database'],
  grants: Pick<Grants, 'reconcile'>,
  { entity, column, rows }: Side,
) {
  await database.transaction(async ({ client }) => {
    const stated = { purpose: 'a test', legalBasis: 'a law', illustrative: false, from: '2020-01-01', to: null, requestedBy: 'a' }
    const asked = { ...stated, consumer: entity, custodian: 'DVLD', registry: 'dvld_car_info', items: [column], rows, decideOnly: false }
    await decideGrant(client, { id: await insertGrant(client, asked), status: 'approved', by: 'b', note: null })
    await grants.reconcile(client, entity)
  })
  const key = await createKey(database.pool, { name: entity, entity, permissions: ['queries:write', 'queries:run'] })
  const post = async (url: string, payload: object): Promise<Response> =>
    app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${key}` }, payload })
  const isOfOne = rows.kind === 'person'
  const definition = (name: string): object => ({
    name: { en: 'Cars', ar: 'مركبات' },
    purpose: 'a test',
    registries: ['dvld_car_info'],
    columns: [`dvld_car_info.${name}`],
    limit: 10_000,
    ...(isOfOne ? { parameters: [{ id: 'who', type: 'nationalId' }] } : {}),
  })
  const parametersOf = (number: string): object => ({ parameters: isOfOne ? { who: number } : {} })
  const { id } = (await post('/v1/queries', { definition: definition(column) })).json<{ id: string }>()
  return {
    call: (number: string) => post(`/v1/queries/${id}/run`, parametersOf(number)),
    tryColumn: (name: string, number: string) => post('/v1/queries/run', { definition: definition(name), ...parametersOf(number) }),
  }
}
