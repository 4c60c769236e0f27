/** The service that the tests of access share, since to start one costs more than most of them; its administrators, and what they ask with. */
import t from 'tap'
import { accessApp } from './support.ts'

export const service = await accessApp(t)
const { app, database, session, user } = service

export const operator = await session(await user('oper', 'MODEE', 'operator'))
export const naf = await session(await user('naf.admin', 'NAF', 'entity-admin', 'list-reader'))
export const ssc = await session(await user('ssc.admin', 'SSC', 'entity-admin'))
/** An id that nothing has. */
export const nobody = '01a20ae3-5581-7377-9bfe-7dbbb80314a9'

export async function eventsOf(action: string): Promise<{ actor: string; entity: string; objects: string[] }[]> {
  const { rows } = await database.pool.query("select body::json as body from audit_event where body::json->>'action' = $1 order by id", [
    action,
  ])
  return rows.map(({ body }) => body)
}

/** What somebody did, with what came of it, in order. */
export async function linesOf(actor: string): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select action || ' ' || (body::json->>'outcome') as line from audit_event where actor = $1 order by id",
    [actor],
  )
  return rows.map(({ line }) => line)
}

export const bearer = (word: string) => ({ authorization: `Bearer ${word}` })
/** What the service knows of the holder of a key or token. */
export const me = async (word: string) => (await app.inject({ url: '/v1/me', headers: bearer(word) })).json()

export interface System {
  readonly id: string
  readonly secret: string
}

export const form = (fields: Record<string, string> | string, more: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  })
export const grant = { grant_type: 'client_credentials' }

/** Undefined when there is none. */
export const tokenOf = async ({ id, secret }: System, scope?: string): Promise<string> =>
  (await form({ ...grant, client_id: id, client_secret: secret, ...(scope === undefined ? {} : { scope }) })).json().access_token
