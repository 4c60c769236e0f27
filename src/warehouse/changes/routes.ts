/** Changes of registries as their sources send them, what of them could not be taken, and how fresh each registry is. */
import type { FastifyRequest } from 'fastify'
import { OPERATOR } from '../../access/operator.ts'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { CIVIL_REGISTRIES } from '../../households/civil-registries.ts'
import { stateOf } from '../../households/registry-state.ts'
import { audited } from '../../http/audited.ts'
import { MAX_JSON_DEPTH } from '../../http/json-body.ts'
import { jsonFault } from '../../http/json-guard.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { waiting } from '../../intake/re-evaluation/re-evaluation-store.ts'
import { dayNumber, isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { isAsked } from '../pulled/answers-registry.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { type Applied, applyChanges } from './apply-changes.ts'
import { rejectedChanges } from './change-store.ts'
import { daysIn, type RegistryNow, registriesNow } from './freshness.ts'
import { readJson, readNdjson } from './read-body.ts'
import { eventReader } from './read-event.ts'
import { ChangeAnswer, ChangeBatchBody, EVENTS_MAX, RegistriesAnswer, RejectedAnswer, RejectedQuery } from './schema.ts'

export interface ChangeRouteDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly RegistryDefinition[]>
  readonly timeZone: string
  /** The day that answers speak of. */
  readonly today: () => Promise<number>
  /** In the transaction of the changes: queues whoever follows them. */
  readonly onChanged: (transaction: Queryable) => Promise<void>
  /** Hears of every batch, for the metrics. */
  readonly onApplied: (applied: Applied, atMs: number) => void
}

const BODY_BYTES_MAX = 32 * 1024 * 1024
const REJECTED_TOLD = 100
const REJECTED_PAGE = 100

const tags = ['registries']

export function registerChangeRoutes(app: Server, deps: ChangeRouteDeps): void {
  // In a scope of its own: these bodies are read in another way than all others.
  app.register(async (scope) => registerChanges(scope as unknown as Server, deps))
  registerRejected(app, deps)
  registerRegistries(app, deps)
}

function registerChanges(app: Server, { database, registries, timeZone, onChanged, onApplied }: ChangeRouteDeps): void {
  const guard = (text: string) => jsonFault(text, MAX_JSON_DEPTH)
  const dayOf = daysIn(timeZone)
  app.removeAllContentTypeParsers()
  const parser =
    (read: (body: Uint8Array) => unknown[]) =>
    async (_request: FastifyRequest, body: string | Buffer): Promise<unknown[]> =>
      read(body as Buffer)
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    parser((body) => readJson(body, guard)),
  )
  app.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'buffer' },
    parser((body) => readNdjson(body, guard)),
  )
  const schema = {
    tags,
    summary: 'Send changes of registries in Debezium’s envelope',
    description:
      `At most ${EVENTS_MAX} events, as a JSON array or as NDJSON (application/x-ndjson). Each row follows its source’s order by the position in \`source\`: ` +
      'what came before or is older changes nothing, so that a batch may be sent again as it is. Events that cannot be taken are set aside and stop none of the others.',
    body: ChangeBatchBody,
    response: { 200: ChangeAnswer },
  }
  const config = { permission: 'changes:write', purpose: 'keeping registries up to date with their sources' } as const
  app.post('/v1/changes', { config, schema, bodyLimit: BODY_BYTES_MAX, validatorCompiler: () => () => true }, async (request) => {
    const events = request.body as readonly unknown[]
    if (!Array.isArray(events)) throw problem('request-invalid', { pointer: '', expected: 'a list of events' })
    if (events.length === 0) throw problem('request-invalid', { pointer: '', expected: 'at least one event' })
    if (events.length > EVENTS_MAX) throw problem('request-invalid', { pointer: '', expected: `at most ${EVENTS_MAX} events` })
    const { entity } = principalOf(request)
    const definitions = (await registries()).filter((definition) => !isAsked(definition))
    const read = eventReader(definitions, { now: Date.now(), mayWrite: (custodian) => entity === OPERATOR || entity === custodian })
    const applied = await applyChanges(database, definitions, {
      outcomes: events.map(read),
      entity,
      civil: CIVIL_REGISTRIES,
      dayOf,
      onApplied: async (client, counts) => {
        if (counts.inserted + counts.updated + counts.deleted > 0) await onChanged(client)
        const outcome = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
        await recordEvent(client, audited(request, { action: 'changes.applied', outcome: outcome.join(', ') }))
      },
    })
    onApplied(applied, Date.now())
    const { counts, seq, rejected } = applied
    return { counts, seq, rejected: rejected.slice(0, REJECTED_TOLD).map(({ index, reasons }) => ({ index, reasons: [...reasons] })) }
  })
}

function registerRejected(app: Server, { database: { pool } }: ChangeRouteDeps): void {
  const schema = {
    tags,
    summary: 'Changes that could not be taken, with reasons and as they came',
    description: 'Of those that the asking entity sent; the operator sees all.',
    querystring: RejectedQuery,
    response: { 200: RejectedAnswer },
  }
  const config = { permission: 'changes:read', purpose: 'mending changes that could not be taken' } as const
  app.get('/v1/changes/rejected', { config, schema }, async (request) => {
    const { registry = null, after = 0, limit = REJECTED_PAGE } = request.query
    const { entity } = principalOf(request)
    const found = await rejectedChanges(pool, { entity: entity === OPERATOR ? null : entity, registry, after, limit })
    const outcome = `${found.length} read`
    await recordEvent(pool, audited(request, { action: 'changes.rejected-read', outcome, read: ['identity.rejected_change'] }))
    return {
      changes: found.map(({ reasons, receivedAt, ...one }) => ({ ...one, reasons: [...reasons], receivedAt: receivedAt.toISOString() })),
      next: found.length === limit ? (found.at(-1)?.id ?? null) : null,
    }
  })
}

const freshnessWords = {
  fresh: { en: 'fresh', ar: 'حديث' },
  grace: { en: 'in grace: the last values are used and flagged', ar: 'ضمن المهلة: تُستخدم آخر القيم مع الإشارة إلى ذلك' },
  stale: { en: 'stale: values are unknown', ar: 'متقادم: القيم غير معروفة' },
  missing: { en: 'never loaded: values are unknown', ar: 'لم يُحمَّل قط: القيم غير معروفة' },
} as const

function registerRegistries(app: Server, { database: { pool }, registries, today }: ChangeRouteDeps): void {
  const schema = {
    tags,
    summary: 'Registries: how fresh they are, how far changes lag, and what waits to be determined again',
    response: { 200: RegistriesAnswer },
  }
  app.get('/v1/registries', { config: { permission: 'changes:read' }, schema }, async () => {
    const day = await today()
    const now = new Map((await registriesNow(pool)).map((one) => [one.registry, one]))
    return {
      asOf: isoOfDay(day),
      registries: (await registries()).map((definition) => registryAnswer(definition, now.get(definition.id), day)),
      waiting: await waiting(pool),
    }
  })
}

function registryAnswer({ id, custodian, label, sourceName, freshness }: RegistryDefinition, now: RegistryNow | undefined, day: number) {
  const asOf = now?.asOf ?? null
  const state = stateOf(asOf, { registry: id, custodian, ...freshness }, day)
  const { sourceAt, appliedAt } = now ?? { sourceAt: null, appliedAt: null }
  return {
    id,
    custodian,
    label: { ...label },
    sourceName,
    rows: now?.rows ?? null,
    freshness: {
      state,
      words: freshnessWords[state],
      asOf,
      ageDays: asOf === null ? null : day - (dayNumber(asOf) as number),
      ...freshness,
    },
    changes:
      sourceAt && appliedAt
        ? {
            sourceAt: sourceAt.toISOString(),
            appliedAt: appliedAt.toISOString(),
            lagSeconds: Math.max(0, appliedAt.getTime() - sourceAt.getTime()) / 1_000,
          }
        : null,
  }
}
