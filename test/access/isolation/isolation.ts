/** The isolation matrix: entities whose grants are drawn column by column, and what becomes of every form of asking for a column. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { ReadRights } from '../../../src/access/grants/read-rights.ts'
import { decideGrant, insertGrant } from '../../../src/access/grants/grant-store.ts'
import { isList, LIST_COLUMNS, listRegistry } from '../../../src/access/grants/ranked-lists.ts'
import { reportedRights } from '../../../src/access/grants/wall/reported-rights.ts'
import { openGrants } from '../../../src/access/grants/open-grants.ts'
import type { EntityPool } from '../../../src/access/grants/wall/entity-connections.ts'
import type { Permission } from '../../../src/access/permissions.ts'
import { createKey } from '../../../src/access/key-store.ts'
import { buildApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Server } from '../../../src/http/server.ts'
import { migrateQueue } from '../../../src/jobs/queue.ts'
import { type Bundle, programmeOf } from '../../../src/programmes/bundle.ts'
import { shippedBundle } from '../../../src/programmes/shipped-bundle.ts'
import type { Change } from '../../../src/simulation/scenario-schema.ts'
import { createRun, performRun } from '../../../src/targeting/run/perform-run.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'
import { publishMade, shippedSet, startedRun } from '../../targeting/support/published.ts'
import { quietly, runDepsOf, runRequest } from '../../targeting/support/seeded-runs.ts'
import { drawFrom } from '../../support/random-draw.ts'
import type { Asked, QueryForm } from './forms.ts'

export const definitions = loadRegistryDefinitions()
export const bundle = shippedBundle().bundle as Bundle
/** The programme whose list is granted column by column. */
export const LISTED = 'unified-cash-transfer'
/** A change of a scenario after which the programme's rule reads nothing but the fact. */
export const ruleAbout = (fact: string): Change => ({
  object: 'rule',
  id: programmeOf(bundle, LISTED)?.rule.source.id ?? '',
  source: { when: { all: [{ fact, operator: 'isKnown', value: true }] } },
})

/** Registries of which the entity is drawn a grant: of about half their columns, as of a list's. */
export type Wanted = ReadonlyMap<string, ReadonlySet<string>>

export interface Isolation {
  readonly isGranted: (entity: string, registry: string, column: string) => boolean
  readonly asked: (entity: string, registry: string, column: string) => Asked
  /** Both walls; the service's own check off; PostgreSQL's off. */
  readonly apps: Readonly<Record<'both' | 'serviceOff' | 'databaseOff', Server>>
  readonly ask: (app: Server, entity: string, form: QueryForm, asked: Asked) => Promise<Answer>
  /** Rows of plain SQL on the entity's own connection, or the code of PostgreSQL's refusal. */
  readonly sql: (entity: string, text: string) => Promise<number | string>
  /** What the service derives for the entity goes by these. */
  readonly reported: (entity: string, wall: keyof Isolation['apps']) => Promise<ReadRights>
  /** Of one household's determination; each is asked for once. */
  readonly explanation: (
    entity: string,
    programme: string,
    wall: keyof Isolation['apps'],
  ) => Promise<{ readonly withheldFacts: readonly { readonly fact: string }[] }>
  /** A simulation of a rule about the fact, by its route, over a run that was performed; each is asked for once. */
  readonly simulated: (entity: string, fact: string, wall: keyof Isolation['apps']) => Promise<Answer>
  /** A page or file of the list; each is asked for once. */
  readonly listed: (entity: string, query: string, wall: keyof Isolation['apps']) => Promise<Answer>
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
  columns: (registry) =>
    new Set(isList(registry) ? LIST_COLUMNS : definitions.find(({ id }) => id === registry)?.columns.map(({ name }) => name)),
  facts: new Set(bundle.catalogue.facts.keys()),
  decideOnly: new Set(bundle.catalogue.facts.keys()),
  rowScope: () => ({ kind: 'listing' }),
}

const permissions: readonly Permission[] = [
  'queries:read',
  'queries:write',
  'queries:run',
  'determinations:read',
  'determinations:write',
  'ranked-lists:read',
  'simulations:write',
]

export async function isolation(database: Database, dataDirectory: string, wanted: Wanted, seed: number): Promise<Isolation> {
  const config = readConfig({
    LOG_LEVEL: 'silent',
    MIZAN_DATA_DIR: dataDirectory,
    QUERY_CALLS_PER_MINUTE: '0',
    ENTITY_POOL_SIZE: '1',
    QUERY_AGGREGATES_AT_ONCE: '64',
    DATABASE_CONNECTION_TIMEOUT_MS: '120000',
  })
  const held = openGrants(database, config)
  const granted = new Map<string, ReadonlySet<string>>()
  const draw = drawFrom(seed)
  for (const [entity, registries] of wanted)
    await database.transaction(async ({ client }) => {
      const list = listRegistry(LISTED, 'NAF')
      for (const { id: registry, custodian, columns } of [...definitions.filter(({ id }) => registries.has(id)), list]) {
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
  const serviceOff = async (entity: string): Promise<ReadRights> =>
    reportedRights((await held.connectionOf(entity)) as EntityPool, { ...everything, entity })
  const apps = {
    both: await app(held),
    serviceOff: await app({ rights: async () => everything, reported: serviceOff, connectionOf: held.connectionOf }),
    databaseOff: await app({ rights: held.rights, connectionOf: async () => database.pool }),
  }
  const keys = new Map<string, Promise<{ authorization: string }>>()
  const headers = (entity: string): Promise<{ authorization: string }> => {
    const made =
      keys.get(entity) ??
      createKey(database.pool, {
        name: 'test',
        entity,
        permissions,
      }).then((key) => ({ authorization: `Bearer ${key}` }))
    keys.set(entity, made)
    return made
  }
  const derived = deriveOnce(database, apps.both, headers)
  const baseline = once(() => performedRun(database, dataDirectory))
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
    reported: once((entity, wall) =>
      wall === 'serviceOff' ? serviceOff(entity) : wall === 'both' ? held.reported(entity) : held.rights(entity),
    ),
    explanation: once(async (entity, programme, wall) => {
      const url = `/v1/determinations/${(await derived).determinations.get(programme)}/explanation?lang=en`
      return (await apps[wall].inject({ url, headers: await headers(entity) })).json()
    }),
    simulated: once(async (entity, fact, wall) => {
      const scenarios = [{ name: 'a test', changes: [ruleAbout(fact)] }]
      const payload = { name: 'a test', baseline: { run: await baseline() }, scenarios }
      const key = { 'idempotency-key': randomUUID() }
      return answerOf(
        await apps[wall].inject({ method: 'POST', url: '/v1/simulations', payload, headers: { ...(await headers(entity)), ...key } }),
      )
    }),
    listed: once(async (entity, query, wall) => {
      const url = `/v1/runs/${(await derived).run}/programmes/${LISTED}/ranked-list${query}`
      return answerOf(await apps[wall].inject({ url, headers: await headers(entity) }))
    }),
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

/** A household determined for every programme, and a list that names it. */
async function deriveOnce(database: Database, app: Server, headers: (entity: string) => Promise<{ authorization: string }>) {
  const versionSet = await shippedSet(database)
  const { rows } = await database.pool.query<{ number: string; ref: number }>(
    `select i.number, m.household_ref as ref from household_member m join identity.identifier i on i.person_ref = m.person_ref and i.superseded_by is null
     where m.is_head and m.valid_to is null and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref)
       and 1 = (select count(*) from household_member o where o.person_ref = m.person_ref and o.valid_to is null) order by 1 limit 1`,
  )
  const [head] = rows as [{ number: string; ref: number }]
  const payload = { nationalId: head.number, store: true }
  const answer = await app.inject({ method: 'POST', url: '/v1/determinations', headers: await headers('MODEE'), payload })
  const { programmes } = answer.json<{ programmes: { programme: string; determinations: { id: string }[] }[] }>()
  const run = await startedRun(database, versionSet)
  await publishMade(database, run, [{ programme: LISTED, units: [{ householdRef: head.ref, status: 'selected', score: 1 }] }])
  return { run, determinations: new Map(programmes.map(({ programme, determinations: [first] }) => [programme, first?.id])) }
}

/** Its snapshot is kept, so that a simulation can begin from it. */
async function performedRun(database: Database, dataDirectory: string): Promise<string> {
  await migrateQueue(database.pool)
  const deps = runDepsOf(database, dataDirectory)
  const run = await createRun(deps, runRequest())
  await performRun(deps, run, quietly)
  return run
}

/** Asked for once for each set of words. */
function once<A extends readonly string[], T>(ask: (...words: A) => Promise<T>): (...words: A) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return (...words) => {
    const key = words.join(' ')
    const answer = known.get(key) ?? ask(...words)
    known.set(key, answer)
    return answer
  }
}

const answerOf = ({ statusCode, body }: { readonly statusCode: number; readonly body: string }): Answer => ({
  status: statusCode,
  body: body.replaceAll(/"(requestId|instance)":"[^"]*"/g, ''),
})

/** A name that no registry has, of a column's form. */
export const NO_COLUMN = 'zz_no_such'
