/** The service with some users, their messages, and signing in as one of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LightMyRequestResponse as Response } from 'fastify'
import type { Test } from 'tap'
import { ensureEntities } from '../../src/access/entities/entity-store.ts'
import type { Role } from '../../src/access/roles.ts'
import { csrfTokenOf, startSession } from '../../src/access/sign-in/session-store.ts'
import { insertUser, setPassword } from '../../src/access/users/user-store.ts'
import { hashPassword } from '../../src/access/sign-in/password-hash.ts'
import { entities } from '../../src/warehouse/shared-lists.ts'
import { testApp } from '../support/app.ts'
import type { TestApp } from '../support/app.ts'

export const PASSWORD = 'olive harvest moonlit bridge'
let passwordHash: Promise<string> | null = null

export interface Session {
  readonly id: string
  readonly cookie: string
  readonly csrf: string
  readonly ask: (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, payload?: object) => Promise<Response>
}

export interface AccessApp extends TestApp {
  readonly dataDirectory: string
  /** A user of an entity who has PASSWORD; resolves to the id. */
  readonly user: (login: string, entity: string, ...roles: Role[]) => Promise<string>
  readonly post: (url: string, payload: object, headers?: Record<string, string>) => Promise<Response>
  /** Secrets of messages sent to a login, the newest last. */
  readonly sent: (kind: 'code' | 'password', login: string) => string[]
  /** A session without the steps of signing in, which have tests of their own. */
  readonly session: (id: string) => Promise<Session>
  readonly signIn: (login: string, password?: string) => Promise<Session>
}

export async function accessApp(t: Pick<Test, 'teardown'>, env: Record<string, string> = {}): Promise<AccessApp> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'mizan-access-'))
  t.teardown(() => rmSync(dataDirectory, { recursive: true, force: true }))
  const settings = { MIZAN_DATA_DIR: dataDirectory, SIGN_INS_PER_MINUTE: '0', ...env }
  const made = await testApp(t, settings, (database) => ensureEntities(database.pool, entities))
  const { app, database } = made
  const seen = new Map<string, string[]>()
  const sent: AccessApp['sent'] = (kind, login) => {
    const folder = join(dataDirectory, 'outbox')
    const names = readdirSync(folder).filter((name) => name.startsWith(`${kind}-${login}-`))
    const known = seen.get(kind + login) ?? []
    const fresh = names.filter((name) => !known.includes(name))
    seen.set(kind + login, [...known, ...fresh])
    return [...known, ...fresh].map((name) => /: (\S+)\n/.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? '')
  }
  const sessionOf = (id: string, cookie: string, csrf: string): Session => ({
    id,
    cookie,
    csrf,
    ask: (method, url, payload) => app.inject({ method, url, headers: { cookie, 'x-csrf-token': csrf }, ...(payload ? { payload } : {}) }),
  })
  const post: AccessApp['post'] = (url, payload, headers = {}) => app.inject({ method: 'POST', url, payload, headers })
  return {
    ...made,
    dataDirectory,
    post,
    sent,
    async user(login, entity, ...roles) {
      const id = (await insertUser(database.pool, { login, name: `Person ${login}`, entity, roles, contact: '', language: 'en' })) as string
      await setPassword(database.pool, id, await (passwordHash ??= hashPassword(PASSWORD)), false)
      return id
    },
    async session(id) {
      const token = await startSession(database.pool, id, { idleMinutes: 30, hours: 1 })
      return sessionOf(id, `__Host-mizan-session=${token}`, csrfTokenOf(token))
    },
    async signIn(login, password = PASSWORD) {
      const { challenge } = (await post('/v1/sign-in', { login, password })).json()
      const verified = await post('/v1/sign-in/verify', { challenge, code: sent('code', login).at(-1) ?? '' })
      const cookie = String(verified.headers['set-cookie']).split(';')[0] as string
      const { id, csrfToken: csrf } = verified.json()
      return sessionOf(id, cookie, csrf)
    },
  }
}
