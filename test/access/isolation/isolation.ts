/** The isolation matrix: entities whose grants are drawn column by column, and what becomes of every form of asking for a column. */
import type pg from 'pg'
import type { ReadRights } from '../../../src/access/grants/read-rights.ts'
import { decideGrant, insertGrant } from '../../../src/access/grants/grant-store.ts'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import type { EntityPool } from '../../../src/access/grants/wall/entity-connections.ts'
import { createKey } from '../../../src/access/key-store.ts'
import { buildApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Server } from '../../../src/http/server.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { drawFrom } from '../../support/random-draw.ts'
import type { Asked, QueryForm } from './forms.ts'

export const definitions = loadRegistryDefinitions()

/** Registries of which the entity is drawn a grant: of about half their columns. */
export type Wanted = ReadonlyMap<string, ReadonlySet<string>>

export interface Isolation {
  readonly isGranted: (entity: string, registry: string, column: string) => boolean
  readonly asked: (entity: string, registry: string, column: string) => Asked
  /** Both walls; the service's own check off; PostgreSQL's off. */
  readonly apps: Readonly<Record<'both' | 'serviceOff' | 'databaseOff', Server>>
  readonly ask: (app: Server, entity: string, form: QueryForm, asked: Asked) => Promise<Answer>
  /** Rows of plain SQL on the entity's own connection, or the code of PostgreSQL's refusal. */
  readonly sql: (entity: string, text: string) => Promise<number | string>
  readonly headers: (entity: string) => Promise<{ authorization: string }>
  readonly close: () => Promise<void>
}

export interface Answer {
  readonly status: number
  /** Without what differs between any two answers: request id. */
  readonly body: string
}

const everything: ReadRights = {
  entity: '',
  columns: (registry) => new Set(definitions.find(({ id }) => id === registry)?.columns.map(({ name }) => name)),
  facts: new Set(),
  decideOnly: new Set(),
  rowScope: () => ({ kind: 'listing' }),
}

export async function isolation(database: Database, dataDirectory: string, wanted: Wanted, seed: number): Promise<Isolation> {
  const config = readConfig({ LOG_LEVEL: 'silent', MIZAN_DATA_DIR: dataDirectory, QUERY_CALLS_PER_MINUTE: '0', ENTITY_POOL_SIZE: '1' })
  const held = openGrants(database, config)
  const granted = new Map<string, ReadonlySet<string>>()
  const draw = drawFrom(seed)
  for (const [entity, registries] of wanted)
    await database.transaction(async ({ client }) => {
      for (const { id: registry, custodian, columns } of definitions.filter(({ id }) => registries.has(id))) {
        const items = columns.flatMap(({ name }) => (draw.happens(0.5) ? [name] : []))
        if (items.length === 0) continue
        granted.set(`${entity} ${registry}`, new Set(items))
        const grant = { consumer: entity, custodian, registry, items, rows: { kind: 'listing' as const }, decideOnly: false }
        const why = { purpose: 'a test', legalBasis: 'a law', illustrative: false, from: '2020-01-01', to: null, requestedBy: 'a' }
        const id = await insertGrant(client, { ...grant, ...why })
        await decideGrant(client, { id, status: 'approved', by: 'b', note: null })
      }
      await held.reconcile(client, entity)
    })
  const openOf = (entity: string, registry: string): readonly string[] => [...(granted.get(`${entity} ${registry}`) ?? [])]
  const app = (grants: Parameters<typeof buildApp>[0]['grants']) =>
    buildApp({ database, config, version: '0.0.0', ...(grants ? { grants } : {}) })
  const apps = {
    both: await app(held),
    serviceOff: await app({ rights: async () => everything, connectionOf: held.connectionOf }),
    databaseOff: await app({ rights: held.rights, connectionOf: async () => database.pool }),
  }
  const keys = new Map<string, Promise<{ authorization: string }>>()
  const headers = (entity: string): Promise<{ authorization: string }> => {
    const made =
      keys.get(entity) ??
      createKey(database.pool, {
        name: 'test',
        entity,
        permissions: ['queries:read', 'queries:write', 'queries:run', 'determinations:read'],
      }).then((key) => ({ authorization: `Bearer ${key}` }))
    keys.set(entity, made)
    return made
  }
  return {
    isGranted: (entity, registry, column) => granted.get(`${entity} ${registry}`)?.has(column) ?? false,
    asked(entity, registry, column) {
      const open = openOf(entity, registry)
      const [other] = definitions.flatMap(({ id }) => {
        const [first] = id === registry ? [] : openOf(entity, id)
        return first === undefined ? [] : [{ registry: id, column: first }]
      })
      return { registry, column, beside: open.find((one) => one !== column) ?? column, elsewhere: other ?? null, open }
    },
    apps,
    headers,
    async ask(server, entity, { definition, csv, saved }, asked) {
      const base = { name: { en: 'A test', ar: 'اختبار' }, purpose: 'holding the walls', ...definition(asked) }
      const post = async (url: string, payload: object) => server.inject({ method: 'POST', url, payload, headers: await headers(entity) })
      if (!saved) return answerOf(await post(`/v1/queries/run${csv ? '?format=csv' : ''}`, { definition: base, parameters: {} }))
      const made = await post('/v1/queries', { definition: base })
      return made.statusCode === 201 ? answerOf(await post(`/v1/queries/${made.json<{ id: string }>().id}/run`, {})) : answerOf(made)
    },
    async sql(entity, text) {
      const pool = (await held.connectionOf(entity)) as EntityPool
      const client = await pool.connect()
      try {
        return (await client.query(text.replaceAll('$', `"${pool.schema}"`))).rowCount ?? 0
      } catch (error) {
        return (error as pg.DatabaseError).code ?? String(error)
      } finally {
        client.release()
      }
    },
    async close() {
      for (const server of Object.values(apps)) await server.close()
      await held.close()
    },
  }
}

const answerOf = ({ statusCode, body }: { readonly statusCode: number; readonly body: string }): Answer => ({
  status: statusCode,
  body: body.replaceAll(/"(requestId|instance)":"[^"]*"/g, ''),
})

/** A name that no registry has, of a column's form. */
export const NO_COLUMN = 'zz_no_such'
