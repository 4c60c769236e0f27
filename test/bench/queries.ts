/** A saved query called by National ID over HTTP, with grants, audit event and cost guard: times at a steady rate; and compiling one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey } from '../../src/access/key-store.ts'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { compileQuery } from '../../src/queries/compile-query.ts'
import type { QueryDefinition } from '../../src/queries/definition-schema.ts'
import { definitions, rightsTo } from '../queries/rights.ts'
import { AS_OF } from '../support/seeded-app.ts'
import { arrivals, type Call } from './support/arrivals.ts'
import { cpuSince } from './support/cpu-of.ts'
import { contest } from './support/contest.ts'
import { type Bench, quantile } from './support/figure.ts'

const HOUSEHOLDS = 3_000
const RATES = [50, 100]
const RATE = 100
const WARM_SECONDS = 5
const SECONDS = 15

const definition: QueryDefinition = {
  name: { en: 'A person’s cars and wages', ar: 'مركبات شخص وأجوره' },
  purpose: 'a measurement',
  registries: ['cspd_personal_info', 'cspd_personal_address', 'dvld_car_info', 'ssc_insured_info'],
  columns: [
    'cspd_personal_info.birth_date',
    'cspd_personal_info.gender',
    'cspd_personal_address.governorate_code',
    'dvld_car_info.vehicle_class',
    'dvld_car_info.model_year',
    'ssc_insured_info.insurance_status',
  ],
  where: {
    any: [
      { fact: 'dvld_car_info.model_year', operator: 'greaterThanInclusive', value: { fact: 'since' } },
      { fact: 'dvld_car_info.model_year', operator: 'isKnown', value: false },
    ],
  },
  order: [{ by: 'dvld_car_info.model_year', direction: 'descending' }],
  parameters: [
    { id: 'who', type: 'nationalId' },
    { id: 'since', of: 'dvld_car_info.model_year' },
  ],
}
const rights = rightsTo('NAF', Object.fromEntries(definition.registries.map((id) => [id, 'all' as const])), { kind: 'person' })

export const bench: Bench = async (report) => {
  const limits = { rowsDefault: 100, rowsMax: 10_000, leastPersons: 10 }
  const [compiled] = await contest([definition], [{ name: 'compile', work: (one) => compileQuery(one, definitions, rights, limits) }])
  report({ figure: 'compiling a query by the grants of its entity', value: compiled?.p50 ?? 0, unit: 'µs', p99: compiled?.p99 ?? 0 })

  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'))
  const config = readConfig({ MIZAN_DATA_DIR: folder, LOG_LEVEL: 'warn', QUERY_CALLS_PER_MINUTE: '0' })
  const database = await openDatabase(config)
  try {
    await migrate(database.pool)
    await seedPopulation(database, { households: HOUSEHOLDS, seed: 1, asOf: AS_OF })
    await database.pool.query('vacuum analyze')
    const grants = { rights: async () => rights, connectionOf: async () => database.pool }
    const app = await buildApp({ database, config, version: '0.0.0', grants })
    const permissions = ['queries:write', 'queries:run'] as const
    const headers = { authorization: `Bearer ${await createKey(database.pool, { name: 'bench', entity: 'NAF', permissions })}` }
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const { id } = (await app.inject({ method: 'POST', url: '/v1/queries', headers, payload: { definition } })).json() as { id: string }
    const { rows } = await database.pool.query<{ number: string }>('select number from identity.identifier order by md5(number) limit 5000')
    let next = 0
    const call = (): Call => ({
      method: 'POST',
      path: `/v1/queries/${id}/run`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ parameters: { who: rows[next++ % rows.length]?.number, since: 2_005 } }),
    })
    await arrivals(url, RATE, WARM_SECONDS, call)
    for (const rate of RATES) {
      const cpu = await cpuSince(database.pool)
      const { times, refused, errors } = await arrivals(url, rate, SECONDS, call)
      const { node, postgresql } = cpu()
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
      const target = rate === RATE ? { target: { atMost: 15 } } : {}
      report({
        figure: `POST /v1/queries/{id}/run by National ID, p99 at ${rate}/s`,
        value: p99,
        unit: 'ms',
        p50,
        p99,
        households: HOUSEHOLDS,
        registries: definition.registries.length,
        answered: times.length / SECONDS,
        refused,
        errors,
        nodeCpuMs: node / times.length,
        postgresqlCpuMs: postgresql / times.length,
        ...target,
      })
    }
    await app.close()
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
