/** Drafts: written, read, checked and given up by their author. */
import type { FastifyRequest } from 'fastify'
import { audited } from '../../../http/audited.ts'
import { principalOf } from '../../../http/security.ts'
import type { Server } from '../../../http/server.ts'
import type { Database } from '../../../db/database.ts'
import { problem } from '../../../kernel/problem.ts'
import { checkChange } from '../changes/check-change.ts'
import { toldCheck } from '../changes/review-change.ts'
import type { OutsideSuspicions } from '../changes/review-change.ts'
import type { DraftName } from './draft-store.ts'
import { readDraft, readDrafts } from './draft-store.ts'
import { giveUpDraft, nameOf, saveDraft } from './save-draft.ts'
import type { Audit } from './save-draft.ts'
import { CheckAnswer, CheckBody, DraftAnswer, DraftBody, DraftListAnswer, MatchHeaders, ObjectParams } from './schema.ts'

const tags = ['authoring']
const config = { permission: 'versions:write', purpose: 'writing rules and what belongs to them' } as const
/** One's own texts, which are about nobody. */
const reads = { permission: 'versions:write' } as const
const MAX_BODY_BYTES = 512 * 1024

export interface DraftRouteDeps {
  readonly database: Database
  readonly suspicionsOf: OutsideSuspicions
}

export function registerDraftRoutes(app: Server, { database, suspicionsOf }: DraftRouteDeps): void {
  app.get('/v1/drafts', { config: reads, schema: { tags, summary: 'My drafts', response: { 200: DraftListAnswer } } }, async (request) => ({
    drafts: await readDrafts(database.pool, principalOf(request).id),
  }))
  const one = { tags, params: ObjectParams }
  app.get(
    '/v1/drafts/:kind/:id',
    { config: reads, schema: { ...one, summary: 'My draft of an object', response: { 200: DraftAnswer } } },
    async (request, reply) => {
      const draft = await readDraft(database.pool, principalOf(request).id, objectOf(request.params))
      if (!draft) throw problem('draft-not-found')
      reply.header('etag', `"${draft.etag}"`)
      return draft
    },
  )
  const put = {
    ...one,
    summary: 'Write my draft of an object',
    description:
      'One draft per author and object. A new one takes no `If-Match`; any other names the text that it replaces. ' +
      'Whatever it was submitted with and is not decided is withdrawn by the edit.',
    headers: MatchHeaders,
    body: DraftBody,
    response: { 200: DraftAnswer },
  }
  app.put('/v1/drafts/:kind/:id', { config, schema: put, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const wish = { ...objectOf(request.params), source: request.body.source, author: principalOf(request).id }
    const draft = await saveDraft(database, { ...wish, ifMatch: etagOf(request.headers['if-match']) }, auditOf(request))
    reply.header('etag', `"${draft.etag}"`)
    return draft
  })
  app.delete(
    '/v1/drafts/:kind/:id',
    { config, schema: { ...one, summary: 'Give up my draft of an object', headers: MatchHeaders } },
    async (request, reply) => {
      const name = { ...objectOf(request.params), author: principalOf(request).id }
      await giveUpDraft(database, { ...name, ifMatch: etagOf(request.headers['if-match']) }, auditOf(request))
      return reply.code(204).send()
    },
  )
  const check = {
    tags,
    summary: 'Check my drafts as they would come into force together',
    description:
      'Compiled with everything in force on the day; every fault at once, with its place; all worked cases are run. Nothing is stored.',
    body: CheckBody,
    response: { 200: CheckAnswer },
  }
  app.post('/v1/drafts/check', { config: reads, schema: check, bodyLimit: MAX_BODY_BYTES }, async (request) => {
    const { effectiveFrom, drafts: wanted } = request.body
    const mine = await readDrafts(database.pool, principalOf(request).id)
    const texts = wanted ? wanted.map((name) => mine.find((draft) => nameOf(draft) === nameOf(name))) : mine
    const missing = texts.indexOf(undefined)
    if (missing >= 0) throw problem('draft-not-found', { pointer: `/drafts/${missing}` })
    const checked = await checkChange(database, { effectiveFrom, texts: texts.filter((draft) => draft !== undefined) })
    const asker = principalOf(request)
    return toldCheck({
      ...checked,
      diagnostics: [...checked.diagnostics, ...(await suspicionsOf({ effectiveFrom, author: asker, checked, asker }))],
    })
  })
}

export const auditOf =
  (request: FastifyRequest): Audit =>
  (event) =>
    audited(request, event)

/** Only cases belong to something else. */
function objectOf({ kind, id }: DraftName): DraftName {
  if ((kind === 'cases') !== id.includes('/'))
    throw problem('request-invalid', { pointer: 'params/id', expected: kind === 'cases' ? 'programme/<id> or formula/<id>' : 'an id' })
  return { kind, id }
}

const etagOf = (header: string | undefined): string | undefined => header?.trim().replace(/^"(.*)"$/, '$1')
