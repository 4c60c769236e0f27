/** The breach log: what was found, what was done about it, and who was told by when. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { didYouMean } from '../../language/nearest.ts'
import { problem } from '../../kernel/problem.ts'
import { refuseNumbers } from '../free-text.ts'
import { breachAnswer, latest } from './breach-answer.ts'
import { addBreach, addEntry, type Breach, listBreaches, lockBreach, readBreach } from './breach-store.ts'
import { BreachAnswer, BreachesAnswer, BreachParams, BreachQuery, BreachRequest, EntryRequest } from './schema.ts'

export interface BreachRouteDeps {
  readonly database: Database
  readonly registries: () => Promise<readonly { readonly id: string }[]>
}

const tags = ['data protection']
const PAGE = 50
const BODY_BYTES = 32_768
const purpose = 'recording breaches and telling those who must be told'
const write = { permission: 'breaches:write', purpose } as const
const read = { permission: 'breaches:read', purpose } as const

export function registerBreachRoutes(app: Server, deps: BreachRouteDeps): void {
  registerAdding(app, deps)
  registerReading(app, deps)
}

function registerAdding(app: Server, { database, registries }: BreachRouteDeps): void {
  const recorded = {
    tags,
    summary: 'Record a breach',
    description:
      'Persons must be told within 24 hours of the discovery and the Unit within 72 when it could do great harm (Law 24/2023, article 20).',
    body: BreachRequest,
    response: { 201: BreachAnswer },
  }
  app.post('/v1/breaches', { config: write, schema: recorded, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { summary, source } = request.body
    refuseNumbers({ summary, source })
    const known = (await registries()).map(({ id }) => id)
    request.body.registries.forEach((id, index) => {
      if (!known.includes(id))
        throw problem('request-invalid', { pointer: `/registries/${index}`, expected: didYouMean(id, known) ?? 'the id of a registry' })
    })
    const discoveredAt = pastMoment(request.body.discoveredAt, '/discoveredAt')
    const { id: recordedBy, entity } = principalOf(request)
    const breach = await database.transaction(async ({ client }) => {
      const id = await addBreach(client, { ...request.body, discoveredAt, recordedBy, entity })
      await recordEvent(client, audited(request, { action: 'breach.recorded', outcome: 'recorded', objects: [`breach:${id}`] }))
      return (await readBreach(client, id)) as Breach
    })
    return reply.code(201).send(breachAnswer(breach, new Date()))
  })
  const added = {
    tags,
    summary: 'Add to a breach: an assessment, a measure, who was told, its end',
    description: 'Entries are only ever added. A serious breach is closed when the persons and the Unit have been told.',
    params: BreachParams,
    body: EntryRequest,
    response: { 201: BreachAnswer },
  }
  app.post('/v1/breaches/:breach/entries', { config: write, schema: added, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { kind, text, serious = null, personsAffected = null } = request.body
    refuseNumbers({ text })
    if ((kind === 'assessed') !== (serious !== null))
      throw problem('request-invalid', { pointer: '/serious', expected: 'with an assessment, and only there' })
    if (kind !== 'assessed' && personsAffected !== null)
      throw problem('request-invalid', { pointer: '/personsAffected', expected: 'with an assessment only' })
    const at = request.body.at === undefined ? new Date() : pastMoment(request.body.at, '/at')
    const { id: recordedBy, entity } = principalOf(request)
    const breach = await database.transaction(async ({ client }) => {
      const before = await lockBreach(client, request.params.breach)
      if (!before) throw problem('breach-not-found')
      if (latest(before, 'closed')) throw problem('breach-closed')
      if (at < before.discoveredAt) throw problem('request-invalid', { pointer: '/at', expected: 'not before the discovery' })
      if (kind === 'closed') refuseEarlyEnd(before)
      const id = await addEntry(client, before.id, { kind, at, text, serious, personsAffected, recordedBy, entity })
      const objects = [`breach:${before.id}`, `entry:${id}`]
      await recordEvent(client, audited(request, { action: 'breach.added-to', outcome: kind, objects }))
      return (await readBreach(client, before.id)) as Breach
    })
    return reply.code(201).send(breachAnswer(breach, new Date()))
  })
}

function registerReading(app: Server, { database }: BreachRouteDeps): void {
  const listed = { tags, summary: 'The breach log, the latest first', querystring: BreachQuery, response: { 200: BreachesAnswer } }
  app.get('/v1/breaches', { config: read, schema: listed }, async (request) => {
    const { after = null, limit = PAGE } = request.query
    const found = await listBreaches(database.pool, { after, limit })
    await recordEvent(database.pool, audited(request, { action: 'breaches.read', outcome: `${found.length} read` }))
    const now = new Date()
    return { breaches: found.map((breach) => breachAnswer(breach, now)), next: found.length === limit ? (found.at(-1)?.id ?? null) : null }
  })
  const one = { tags, summary: 'A breach with its entries and deadlines', params: BreachParams, response: { 200: BreachAnswer } }
  app.get('/v1/breaches/:breach', { config: read, schema: one }, async (request) => {
    const breach = await readBreach(database.pool, request.params.breach)
    if (!breach) throw problem('breach-not-found')
    await recordEvent(database.pool, audited(request, { action: 'breaches.read', outcome: 'read', objects: [`breach:${breach.id}`] }))
    return breachAnswer(breach, new Date())
  })
}

function refuseEarlyEnd(breach: Breach): void {
  const assessment = latest(breach, 'assessed')
  const untold = assessment?.serious === true && !(latest(breach, 'persons-notified') && latest(breach, 'unit-notified'))
  if (!assessment) throw problem('breach-not-closable', { detail: 'nobody has assessed it' })
  if (untold) throw problem('breach-not-closable', { detail: 'it is serious, and not everybody who must be told was told' })
}

/** Clocks differ by a little. */
const AHEAD_MS = 60_000

function pastMoment(text: string, pointer: string): Date {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime()) || moment.getTime() > Date.now() + AHEAD_MS)
    throw problem('request-invalid', { pointer, expected: 'a moment that is not to come' })
  return new Date(Math.min(moment.getTime(), Date.now()))
}
