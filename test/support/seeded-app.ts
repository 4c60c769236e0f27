/** The service over a small synthetic population with the shipped programmes, and numbers of persons to ask for. */
import type { LightMyRequestResponse as Response } from 'fastify'
import type { Test } from 'tap'
import type { Database } from '../../src/db/database.ts'
import { seedPopulation } from '../../src/households/synthetic-nation.ts'
import { loadShippedVersions } from '../../src/programmes/load-shipped.ts'
import { testApp } from './app.ts'
import type { TestApp } from './app.ts'

export interface Numbered {
  readonly number: string
  readonly personRef: number
  readonly householdRef: number
}

export interface SeededApp extends TestApp {
  /** Heads of living households. */
  readonly heads: readonly Numbered[]
  readonly membersOf: (householdRef: number) => Promise<readonly (Numbered & { readonly isHead: boolean; readonly relationship: string })[]>
  readonly post: (url: string, payload: unknown, headers?: Record<string, string>) => Promise<Response>
  readonly get: (url: string, headers?: Record<string, string>) => Promise<Response>
}

export const AS_OF = '2026-11-01'

export async function seededApp(
  t: Pick<Test, 'teardown'>,
  households = 30,
  env: Record<string, string> = {},
  grants?: Parameters<typeof testApp>[3],
): Promise<SeededApp> {
  const prepare = async (database: Database): Promise<void> => {
    await seedPopulation(database, { households, seed: 7, asOf: AS_OF })
    await loadShippedVersions(database)
  }
  const made = await testApp(t, env, prepare, grants)
  const { app, database, headers } = made
  const members = `select i.number, i.person_ref as "personRef", m.household_ref as "householdRef", m.is_head as "isHead", m.relationship
    from household_member m join identity.identifier i on i.person_ref = m.person_ref and i.superseded_by is null
    where m.valid_to is null and not exists (select from warehouse.cspd_death_info d where d.person_ref = m.person_ref)
      and 1 = (select count(*) from household_member o where o.person_ref = m.person_ref and o.valid_to is null)`
  const { rows: heads } = await database.pool.query<Numbered>(`${members} and m.is_head order by i.number`)
  return {
    ...made,
    heads,
    membersOf: async (householdRef) =>
      (await database.pool.query(`${members} and m.household_ref = $1 order by m.is_head desc, i.number`, [householdRef])).rows,
    post: (url, payload, more = {}) => app.inject({ method: 'POST', url, payload: payload as object, headers: { ...headers, ...more } }),
    get: (url, more = {}) => app.inject({ url, headers: { ...headers, ...more } }),
  }
}

/** The shortest application that the form accepts. */
export const application = (nationalId: string, answers: Record<string, unknown> = {}): Record<string, unknown> => ({
  formVersion: 1,
  applicant: { nationalId },
  notice: { version: '1', shownOn: AS_OF },
  ...answers,
})
