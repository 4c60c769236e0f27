/** What a grant costs each call: deciding by the rights at hand, and making sure that they are those of this moment; and a change of grants. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decideGrant, insertGrant, revokeGrant } from '../../src/access/grants/grant-store.ts'
import { openGrants } from '../../src/access/grants/open-grants.ts'
import type { ReadRights } from '../../src/access/grants/read-rights.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { loadRegistryDefinitions } from '../../src/warehouse/registry-definition.ts'
import { ensureRegistryTables } from '../../src/warehouse/registry-table.ts'
import { contest } from './support/contest.ts'
import { type Bench, median } from './support/figure.ts'

const ENTITIES = ['NAF', 'HIA', 'MOSD', 'MEMR', 'SSC']
const CHANGES = 20

export const bench: Bench = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({ MIZAN_DATA_DIR: folder })
  const database = await openDatabase(config)
  const definitions = loadRegistryDefinitions()
  const grants = openGrants(database, config)
  try {
    await migrate(database.pool)
    await ensureRegistryTables(database, definitions)
    const give = (consumer: string, registry: string, items: readonly string[]): Promise<string> =>
      database.transaction(async ({ client }) => {
        const stated = { purpose: 'a measurement', legalBasis: 'none', illustrative: true, from: '2020-01-01', to: null, requestedBy: 'a' }
        const asked = { ...stated, consumer, custodian: 'any', registry, items, rows: { kind: 'person' }, decideOnly: false } as const
        const id = await insertGrant(client, asked)
        await decideGrant(client, { id, status: 'approved', by: 'b', note: null })
        await grants.reconcile(client, consumer)
        return id
      })
    for (const entity of ENTITIES)
      for (const { id, columns } of definitions)
        await give(
          entity,
          id,
          columns.map(({ name }) => name),
        )

    const held = new Map<string, ReadRights>()
    for (const entity of ENTITIES) held.set(entity, await grants.rights(entity))
    const names = definitions.flatMap(({ id, columns }) => columns.map(({ name }) => [id, name] as const))
    // Ten columns, as a query names them.
    const asked = Array.from({ length: 500 }, (_, index) => ({
      entity: ENTITIES[index % ENTITIES.length] as string,
      columns: Array.from({ length: 10 }, (_unused, n) => names[(index * 37 + n) % names.length] as (typeof names)[number]),
    }))
    const decide = (rights: ReadRights, columns: (typeof asked)[number]['columns']): boolean =>
      columns.every(([registry, column]) => rights.columns(registry).has(column) && rights.rowScope(registry, column).kind !== 'none')
    const [checked] = await contest(asked, [
      { name: 'check', work: ({ entity, columns }) => decide(held.get(entity) as ReadRights, columns) },
    ])
    report({
      figure: 'checking ten columns by the rights at hand',
      value: checked?.p50 ?? 0,
      unit: 'µs',
      p99: checked?.p99 ?? 0,
      target: { atMost: 50 },
    })
    const [fresh] = await contest(asked, [
      { name: 'read', work: async ({ entity, columns }) => decide(await grants.rights(entity), columns) },
    ])
    report({
      figure: 'the same, with the read that they are those of this moment',
      value: fresh?.p50 ?? 0,
      unit: 'µs',
      p99: fresh?.p99 ?? 0,
      cpu: fresh?.cpu ?? 0,
    })

    const times: number[] = []
    for (let turn = 0; turn < CHANGES; turn++) {
      const id = await give('NAF', 'dvld_car_info', ['model_year'])
      const started = performance.now()
      await database.transaction(async ({ client }) => {
        await revokeGrant(client, id, 'c', null)
        await grants.reconcile(client, 'NAF')
      })
      times.push(performance.now() - started)
    }
    report({ figure: 'revoking a grant, PostgreSQL’s side with it', value: median(times), unit: 'ms', views: definitions.length })
  } finally {
    await grants.close()
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
