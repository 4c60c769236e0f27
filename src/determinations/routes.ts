/** Looking a household up, determining it, and reading back what was determined, why, and whether it still comes out the same. */
import type { FastifyRequest } from 'fastify'
import { recordEvent } from '../audit/audit-event.ts'
import { isoOfDay } from '../kernel/date.ts'
import { problem } from '../kernel/problem.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import type { Language } from '../language/messages.ts'
import { audited } from '../http/audited.ts'
import { preferredLanguage } from '../http/errors.ts'
import { mayReadAddresses, principalOf } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { membersOf } from '../households/find-household.ts'
import { currentDay, dayOrCurrent, refusedDay } from './as-of.ts'
import { declaredBefore, determineHousehold, storedHousehold } from './determine-household.ts'
import type { DeterminationDeps } from './determine-household.ts'
import { prepareSnapshot, readDetermination, storeSnapshot, storeSources } from './determination-store.ts'
import { explainDetermination } from './explain-determination.ts'
import { programmeAnswers } from './outcome-answer.ts'
import { storedAnswer } from './stored-answer.ts'
import { eyesOf, type Viewer, type Viewing } from './eyes/eyes.ts'
import { visibleMembership } from './eyes/visible-membership.ts'
import { recall, replay } from './recall.ts'
import type { Recalled } from './recall.ts'
import { replaySentence } from './notices.ts'
import { resolveHousehold, resolveMember } from './resolve-household.ts'
import {
  DeterminationAnswer,
  DeterminationRequest,
  ExplanationAnswer,
  HouseholdAnswer,
  IdParams,
  LanguageQuery,
  LookupRequest,
  ReaderRequest,
  ReplayAnswer,
  StoredAnswer,
} from './schema.ts'
import { readerOf, withSheltered } from './visible-facts.ts'

const tags = ['determinations']
const read = { permission: 'determinations:read', purpose: 'explaining a determination to those it concerns' } as const

type Deps = DeterminationDeps & Viewing

export function registerDeterminationRoutes(app: Server, deps: Deps): void {
  registerLookup(app, deps)
  registerDetermine(app, deps)
  registerStored(app, deps)
  registerExplanations(app, deps)
}

function registerLookup(app: Server, deps: Deps): void {
  const { database, versions } = deps
  const schema = {
    tags,
    summary: 'Find the household of a National ID',
    description:
      'References, and of the membership what your organisation is granted: the facts of the household’s size, its head and relationships.',
    body: LookupRequest,
    response: { 200: HouseholdAnswer },
  }
  const config = { permission: 'households:lookup', purpose: 'finding the household of an applicant' } as const
  app.post('/v1/households/lookup', { config, schema, bodyLimit: 4_096 }, async (request) => {
    const { personRef, householdRef } = await resolveHousehold(
      database.pool,
      request.body.nationalId,
      refusalOf(database, request, 'household.looked-up'),
    )
    const [members, viewer, { catalogue }] = await Promise.all([
      membersOf(database.pool, householdRef),
      viewerOf(deps, request),
      currentDay(database.pool, deps.timeZone).then((day) => versions.inForce(day)),
    ])
    await recordEvent(
      database.pool,
      audited(request, { action: 'household.looked-up', personRef, householdRef, outcome: 'found', read: ['membership'] }),
    )
    return visibleMembership({ householdRef, members }, personRef, { catalogue, eyes: eyesOf(viewer, catalogue, '') })
  })
}

function registerDetermine(app: Server, deps: Deps): void {
  const { database } = deps
  const schema = {
    tags,
    summary: 'Determine a household for every programme',
    description: 'By the National ID of any member. Nothing is stored unless asked; an audit event always is.',
    body: DeterminationRequest,
    response: { 200: DeterminationAnswer, 201: DeterminationAnswer },
  }
  const config = { permission: 'determinations:write', purpose: 'determining potential eligibility' } as const
  app.post('/v1/determinations', { config, schema, bodyLimit: 4_096 }, async (request, reply) => {
    const { nationalId, asOf: asked, store = false } = request.body
    const asOf = await dayOrCurrent(database.pool, deps.timeZone, asked)
    const { personRef, householdRef } = await resolveHousehold(
      database.pool,
      nationalId,
      refusalOf(database, request, 'household.determined'),
    )
    const [declared, viewer] = await Promise.all([declaredBefore(deps, householdRef), viewerOf(deps, request)])
    const { bundle, assembled, units, disagreements } = await determineHousehold(deps, { householdRef, asOf, declared, personRef }).catch(
      refusedDay(asked),
    )
    const told = mayReadAddresses(request) ? { ...assembled, sheltered: new Set<number>() } : assembled
    const snapshot = store ? prepareSnapshot(bundle, assembled, units, personRef) : null
    if (snapshot) await storeSources(database.pool, assembled.sources)
    const objects = [...(snapshot ? [`snapshot:${snapshot.id}`] : []), ...disagreements.map((programme) => `withheld:${programme}`)]
    const event = {
      action: 'household.determined',
      personRef,
      householdRef,
      outcome: store ? 'stored' : 'not stored',
      read: [`facts:${bundle.hash}`],
      objects,
    }
    await database.together((client) => [
      ...(snapshot ? storeSnapshot(client, snapshot, null) : []),
      ...(snapshot && deps.onStored ? [deps.onStored(client, storedHousehold({ bundle, assembled }, snapshot.id))] : []),
      recordEvent(client, audited(request, event)),
    ])
    reply.code(store ? 201 : 200)
    return {
      stored: store,
      asOf: snapshot?.asOf ?? isoOfDay(asOf),
      versionSet: bundle.hash,
      household: visibleMembership(assembled, personRef, { catalogue: bundle.catalogue, eyes: eyesOf(viewer, bundle.catalogue, '') }),
      programmes: programmeAnswers(bundle, told, snapshot?.determinations ?? units, {
        reader: readerOf(assembled, personRef),
        viewer,
      }),
    }
  })
}

function registerStored(app: Server, deps: Deps): void {
  const schema = { tags, summary: 'A stored determination', params: IdParams, response: { 200: StoredAnswer } }
  app.get('/v1/determinations/:id', { config: read, schema }, async (request) => {
    const recalled = await recalledFor(deps, request.params.id)
    await recordEvent(deps.database.pool, audited(request, eventOf('determination.read', recalled, 'outcome, trace and score')))
    return storedAnswer(recalled, await viewerOf(deps, request))
  })

  const replaySchema = {
    tags,
    summary: 'Determine again from the stored facts and versions, and compare',
    params: IdParams,
    response: { 200: ReplayAnswer },
  }
  const config = { ...read, purpose: 'checking that a determination can be reproduced' } as const
  app.get('/v1/determinations/:id/replay', { config, schema: replaySchema }, async (request) => {
    const recalled = await recalledFor(deps, request.params.id)
    const replayed = await replay(recalled)
    await recordEvent(
      deps.database.pool,
      audited(request, eventOf('determination.replayed', recalled, replayed.same ? 'same' : 'different')),
    )
    const hidden = eyesOf(await viewerOf(deps, request), recalled.bundle.catalogue, recalled.stored.programme).withheld.size > 0
    const hashes = hidden ? { storedHash: null, replayedHash: null } : {}
    return { id: recalled.stored.id, ...replayed, ...hashes, sentence: replaySentence(replayed.same) }
  })
}

function registerExplanations(app: Server, deps: Deps): void {
  const summary = 'Why: each condition and each indicator, with values, sources and distances'
  const common = { tags, params: IdParams, querystring: LanguageQuery, response: { 200: ExplanationAnswer } }
  const tell = async (request: FastifyRequest, recalled: Recalled, readerRef: number, language: Language) => {
    const explanation = await explainDetermination(recalled, readerRef, language, await viewerOf(deps, request))
    return {
      explanation,
      event: { ...eventOf('determination.explained', recalled, language), read: [`facts:${recalled.bundle.hash}`, `reader:${readerRef}`] },
    }
  }
  app.get(
    '/v1/determinations/:id/explanation',
    {
      config: read,
      schema: {
        ...common,
        summary,
        description: 'As the applicant may read it. For another member: POST the same path with that member’s number.',
      },
    },
    async (request, reply) => {
      const recalled = await recalledToTell(deps, request, request.params.id)
      const language = request.query.lang ?? preferredLanguage(request.headers['accept-language'])
      const { explanation, event } = await tell(request, recalled, recalled.stored.askedRef, language)
      await recordEvent(deps.database.pool, audited(request, event))
      reply.header('content-language', language)
      return explanation
    },
  )
  app.post(
    '/v1/determinations/:id/explanation',
    { config: read, bodyLimit: 4_096, schema: { ...common, summary: 'The same for another member of the household', body: ReaderRequest } },
    async (request, reply) => {
      const recalled = await recalledToTell(deps, request, request.params.id)
      const language = request.query.lang ?? preferredLanguage(request.headers['accept-language'])
      const refused = refusalOf(deps.database, request, 'determination.explained', [`determination:${recalled.stored.id}`])
      const isMember = (personRef: number): boolean => readerOf(recalled.assembled, personRef) !== null
      const personRef = await resolveMember(deps.database.pool, request.body.nationalId, isMember, refused)
      const { explanation, event } = await tell(request, recalled, personRef, language)
      await recordEvent(deps.database.pool, audited(request, event))
      reply.header('content-language', language)
      return explanation
    },
  )
}

/** Today's rights of the organisation that asks. */
const viewerOf = ({ rights }: Viewing, request: FastifyRequest): Promise<Viewer> => rights(principalOf(request).entity)

async function recalledFor({ database, versions }: DeterminationDeps, id: string): Promise<Recalled> {
  const stored = await readDetermination(database.pool, id)
  if (!stored) throw problem('determination-not-found')
  return recall(versions, stored)
}

/** With whose address is kept from others today, unless whoever asks may see addresses. */
async function recalledToTell(deps: DeterminationDeps, request: FastifyRequest, id: string): Promise<Recalled> {
  const recalled = await recalledFor(deps, id)
  return { ...recalled, assembled: await withSheltered(deps.database.pool, recalled.assembled, mayReadAddresses(request)) }
}

/** A refusal tells that somebody exists, died or lives elsewhere: it is a read of that person too. */
const refusalOf =
  ({ pool }: DeterminationDeps['database'], request: FastifyRequest, action: string, objects: readonly string[] = []) =>
  (code: ProblemCode, personRef: number | null): Promise<unknown> =>
    recordEvent(
      pool,
      audited(request, { action, ...(personRef === null ? {} : { personRef }), outcome: code, read: ['identity'], objects }),
    )

const eventOf = (action: string, { stored }: Recalled, outcome: string) => ({
  action,
  personRef: stored.personRef ?? stored.askedRef,
  householdRef: stored.householdRef,
  outcome,
  read: [`facts:${stored.versionSet}`],
  objects: [`determination:${stored.id}`],
})
