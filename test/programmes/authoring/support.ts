/** The authoring routes over a database with the shipped versions, and persons who ask: sign-in itself is tested elsewhere. */
import type { FastifyInstance, LightMyRequestResponse as Response } from 'fastify'
import type { Test } from 'tap'
import { allPermissions } from '../../../src/access/permissions.ts'
import type { Principal } from '../../../src/access/principal.ts'
import { readConfig } from '../../../src/config.ts'
import type { Database } from '../../../src/db/database.ts'
import { createServer } from '../../../src/http/server.ts'
import type { Server } from '../../../src/http/server.ts'
import { registerSecurity } from '../../../src/http/security.ts'
import { dayNumber, isoOfDay } from '../../../src/kernel/date.ts'
import type { GrantMissing } from '../../../src/programmes/authoring/changes/activate-change.ts'
import { shippedApprovalPolicy } from '../../../src/programmes/authoring/changes/approval-policy.ts'
import type { ChangeSet } from '../../../src/programmes/authoring/changes/change-set-store.ts'
import { noProviders } from '../../../src/programmes/authoring/changes/review-change.ts'
import type { ReviewProviders } from '../../../src/programmes/authoring/changes/review-change.ts'
import { registerChangeSetRoutes } from '../../../src/programmes/authoring/changes/routes.ts'
import { registerDraftRoutes } from '../../../src/programmes/authoring/drafts/routes.ts'
import { registerDifferenceRoutes } from '../../../src/programmes/difference/routes.ts'
import { registerEditorSchemaRoutes } from '../../../src/programmes/editor-schemas/routes.ts'
import { loadShippedVersions } from '../../../src/programmes/load-shipped.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import { versionsOf } from '../../../src/programmes/versions-in-force.ts'
import type { VersionKind } from '../../../src/programmes/version.ts'

export const TODAY = '2026-11-01'

export interface Ask {
  readonly as: (
    who: string,
  ) => (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: unknown, more?: Record<string, string>) => Promise<Response>
  /** The day that the service believes in. */
  readonly setToday: (day: string) => void
  readonly setMissing: (missing: readonly GrantMissing[]) => void
  readonly put: (who: string, kind: VersionKind, id: string, json: unknown) => Promise<{ kind: string; id: string; etag: string }>
  readonly submit: (who: string, effectiveFrom: string, drafts: readonly object[], title?: string) => Promise<Response>
  readonly decide: (who: string, what: string, set: Pick<ChangeSet, 'id' | 'hash'>, comment?: string) => Promise<Response>
  readonly activate: (set: Pick<ChangeSet, 'id'>) => Promise<Response>
}

export const user = (name: string, entity = 'MODEE'): Principal => ({
  id: `user-${name}`,
  name,
  entity,
  kind: 'user',
  permissions: new Set(allPermissions),
})

/** Who asks by name: `key` is a key, all others are persons; `name@ENTITY` belongs to another entity. */
function principalNamed(name: string): Principal {
  const [person = '', entity] = name.split('-at-')
  return person === 'key' ? { ...user('key'), kind: 'key' } : { ...user(person, entity), id: `user-${name}` }
}

/** `more`: routes of rooms above. */
export async function authoringApp(
  t: Pick<Test, 'teardown'>,
  database: Database,
  providers: ReviewProviders = noProviders,
  more: (app: Server) => void = () => undefined,
): Promise<Ask> {
  await loadShippedVersions(database)
  let today = TODAY
  let missing: readonly GrantMissing[] = []
  const app = createServer({ ...readConfig({}), logLevel: 'silent' })
  const principalOf = async (key: string): Promise<Principal> => principalNamed(key.replace(/^_+/, ''))
  await registerSecurity(app as unknown as FastifyInstance, { rateLimitPerMinute: 0, principalOf })
  registerDraftRoutes(app, { database, suspicionsOf: providers.suspicionsOf })
  registerDifferenceRoutes(app, { db: database.pool, versions: versionsOf(database), today: async () => dayNumber(today) as number })
  registerEditorSchemaRoutes(app, { versions: versionsOf(database), today: async () => dayNumber(today) as number })
  registerChangeSetRoutes(app, {
    database,
    versions: versionsOf(database),
    policy: shippedApprovalPolicy(),
    today: async () => dayNumber(today) as number,
    grantsMissing: async (_, programmes) => missing.filter(({ programme }) => programmes.includes(programme)),
    providers,
  })
  more(app)
  t.teardown(() => app.close())
  const as: Ask['as'] = (who) => (method, url, payload, more) =>
    app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${who.padStart(24, '_')}`, ...more },
      ...(payload === undefined ? {} : { payload: payload as object }),
    })
  return {
    as,
    setToday: (day) => (today = day),
    setMissing: (found) => (missing = found),
    put: async (who, kind, id, json) => {
      const source = json === null ? null : JSON.stringify(json, null, 2)
      const url = `/v1/drafts/${kind}/${encodeURIComponent(id)}`
      const known = await as(who)('GET', url)
      const more = known.statusCode === 200 ? { 'if-match': String(known.headers['etag']) } : {}
      const saved = await as(who)('PUT', url, { source }, more)
      if (saved.statusCode !== 200) throw new Error(saved.body)
      return { kind, id, etag: saved.json().etag }
    },
    submit: (who, effectiveFrom, drafts, title = 'a change') => as(who)('POST', '/v1/change-sets', { title, effectiveFrom, drafts }),
    decide: (who, what, { id, hash }, comment) =>
      as(who)('POST', `/v1/change-sets/${id}/${what}`, { hash, ...(comment === undefined ? {} : { comment }) }),
    activate: ({ id }) => as('operator')('POST', `/v1/change-sets/${id}/activate`, {}),
  }
}

const texts = shippedTexts()

/** A shipped text as JSON that may be changed. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into texts of many shapes
export function shipped(kind: VersionKind, id: string): any {
  const text = texts.find((one) => one.kind === kind && one.id === id)
  if (!text) throw new Error(`${kind} ${id} is not shipped`)
  return structuredClone(text.json)
}

export const daysAfter = (day: string, days: number): string => isoOfDay((dayNumber(day) as number) + days)
