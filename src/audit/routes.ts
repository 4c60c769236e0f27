/** The audit log: its events, its export, its checkpoints, and the walk that proves it whole. */
import { Readable } from 'node:stream'
import Type from 'typebox'
import type { Database } from '../db/database.ts'
import { audited } from '../http/audited.ts'
import type { Server } from '../http/server.ts'
import { limitedSlots } from '../kernel/limited-slots.ts'
import { problem } from '../kernel/problem.ts'
import { type ActorNames, nameOfActor } from './actor.ts'
import { recordEvent } from './audit-event.ts'
import { openCursor, writeCursor } from './cursor.ts'
import { beginExport, exportLines } from './export-chain.ts'
import { listEvents } from './list-events.ts'
import { keptOutside } from './checkpoints/make-checkpoint.ts'
import { AUDIT_PAGE, ChainAnswer, type EventAnswer, EventsAnswer, EventsQuery, ExportQuery, VerifyRequest } from './schema.ts'
import { chainPending } from './sequencer.ts'
import { trustedKeys } from './signing-key.ts'
import { verifyChain } from './verify.ts'

export interface AuditDeps {
  readonly database: Database
  /** Folder of the signing key, and of checkpoints that are kept outside the database. */
  readonly dataDirectory: string
  readonly actorNames: ActorNames
}

const tags = ['audit']
const reads = { permission: 'audit:read', purpose: 'supervising who used which data, and why' } as const

export function registerAuditRoutes(app: Server, deps: AuditDeps): void {
  registerVerify(app, deps)
  registerEvents(app, deps)
  registerExport(app, deps)
}

function registerVerify(app: Server, { database, dataDirectory }: AuditDeps): void {
  const schema = {
    tags,
    summary: 'Walk the audit chain and say where it breaks',
    description: 'Held against every checkpoint: those stored, those kept in the data directory, and those that you send.',
    body: VerifyRequest,
    response: { 200: ChainAnswer },
  }
  const config = { permission: 'audit:read', purpose: 'proving that the audit log is whole' } as const
  // Each reads the whole log.
  const slots = limitedSlots(1, 'the audit log is being verified')
  app.post('/v1/audit/verify', { config, schema, bodyLimit: 1_000_000 }, async (request) => {
    const { checkpoint, checkpoints = [] } = request.body
    await chainPending(database)
    const { texts: kept, otherChains } = await keptOutside(database.pool, dataDirectory)
    const witnesses = { trusted: await trustedKeys(dataDirectory), kept, sent: checkpoints, ...(checkpoint ? { head: checkpoint } : {}) }
    const release = slots.take()
    const report = await verifyChain(database.pool, witnesses).finally(release)
    const outcome = report.intact ? 'intact' : (report.broken?.reason ?? 'doubtful checkpoint')
    await recordEvent(database.pool, audited(request, { action: 'audit.verified', outcome, objects: [`link:${report.head.seq}`] }))
    return { ...report, doubtful: [...report.doubtful], otherChains }
  })
}

function registerEvents(app: Server, { database: { pool }, actorNames }: AuditDeps): void {
  const schema = {
    tags,
    summary: 'Events of the audit log, the newest first',
    description: 'Persons and households by keyed hash. Who looked at one person’s data: POST /v1/audit/access-history.',
    querystring: EventsQuery,
    response: { 200: EventsAnswer },
  }
  app.get('/v1/audit', { config: reads, schema }, async (request) => {
    const { cursor, limit = AUDIT_PAGE, from, until, ...named } = request.query
    const filters = { ...named, ...(from ? { from: Date.parse(from) } : {}), ...(until ? { until: Date.parse(until) } : {}) }
    const before = cursor === undefined ? undefined : openCursor(cursor, filters)
    if (before === null) throw problem('cursor-unknown', { pointer: 'querystring/cursor' })
    const found = await listEvents(pool, filters, { before, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const told = shown.map(({ text, ...event }) => ({ ...event, ...(JSON.parse(text) as Omit<Told, 'id'>) }))
    const names = await actorNames(told.map(({ actor }) => actor))
    const objects = Object.keys(filters).map((filter) => `filter:${filter}`)
    await recordEvent(pool, audited(request, { action: 'audit.read', outcome: `${shown.length} events`, read: ['audit_event'], objects }))
    return {
      events: told.map(({ actor, person = null, household = null, read = [], objects: about = [], ...event }) => ({
        ...event,
        actor: { id: actor, ...nameOfActor(names, actor) },
        person,
        household,
        read,
        objects: about,
      })),
      next: found.length > limit ? writeCursor((shown.at(-1) as { id: string }).id, filters) : null,
    }
  })
}

/** An event as it is exported. */
type Told = Partial<Pick<Type.Static<typeof EventAnswer>, 'person' | 'household' | 'read' | 'objects'>> &
  Omit<Type.Static<typeof EventAnswer>, 'seq' | 'hash' | 'actor' | 'person' | 'household' | 'read' | 'objects'> & { readonly actor: string }

function registerExport(app: Server, { database }: AuditDeps): void {
  const schema = {
    tags,
    summary: 'The chain as lines of JSON, to be verified elsewhere',
    description:
      'A first line with where it begins, a line for each event with the text that was hashed, a last line with their number. `mizan audit verify` proves the file against checkpoints without a database.',
    querystring: ExportQuery,
    response: { 200: { description: 'Lines of JSON', content: { 'application/x-ndjson': { schema: Type.String() } } } },
  }
  const config = { permission: 'audit:export', purpose: 'letting others prove that the audit log is whole' } as const
  app.get('/v1/audit/export', { config, schema }, async (request, reply) => {
    await chainPending(database)
    const begin = await beginExport(database.pool, request.query.after ?? 0)
    const objects = [`links:${begin.after.seq + 1}-${begin.through.seq}`]
    await recordEvent(database.pool, audited(request, { action: 'audit.exported', outcome: 'told', read: ['audit_event'], objects }))
    const lines = Readable.from(exportLines(database.pool, begin), { highWaterMark: 2 })
    lines.once('error', (error) => request.log.error({ err: error }, 'an export of the audit log broke off'))
    return reply
      .type('application/x-ndjson')
      .header('content-disposition', 'attachment; filename="audit.ndjson"')
      .send(lines as never)
  })
}
