/** What drafts and change sets would do to the nation: asked for, waited for, read. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { type Problem, problem, type ProblemCode } from '../../kernel/problem.ts'
import { problemKinds } from '../../kernel/problem-table.ts'
import { readChangeSet, readChangeTexts } from '../../programmes/authoring/changes/change-set-store.ts'
import { checkChange } from '../../programmes/authoring/changes/check-change.ts'
import { ChangeSetParams } from '../../programmes/authoring/changes/schema.ts'
import { readDrafts } from '../../programmes/authoring/drafts/draft-store.ts'
import { nameOf } from '../../programmes/authoring/drafts/save-draft.ts'
import { dayNumber } from '../../kernel/date.ts'
import { textsMayBeExact } from '../facts-granted.ts'
import { type AskDeps, askImpact, waitForImpact, type Wish } from './ask-impact.ts'
import { ChangeSetImpactQuery, DraftImpactQuery, ImpactAnswer } from './schema.ts'
import type { StoredImpact } from './impact-store.ts'
import { impactAnswer } from './told-impact.ts'

const tags = ['authoring']
const purpose = 'measuring what a change would do before anyone is affected'
const eventless = 'protected aggregates of what was measured before, about nobody; what is measured or told exactly is recorded'
const WAIT_SECONDS = 3
const description =
  'Measured on the snapshot of the latest run of the whole country: 200 with the result, or 202 while a worker measures it: ask the same again. ' +
  'The same texts on the same snapshot are measured once, so that whoever approves reads what the author read. ' +
  'Counts below ten are suppressed, others moved by up to four units that depend on who is counted, amounts rounded to three digits.'

export type ImpactRouteDeps = AskDeps & { readonly rights: NonNullable<AskDeps['rights']> }

export function registerImpactRoutes(app: Server, deps: ImpactRouteDeps): void {
  const { pool } = deps.database
  const response = { 200: ImpactAnswer, 202: ImpactAnswer }
  app.get(
    '/v1/drafts/impact',
    {
      config: { permission: 'simulations:write', purpose, eventless },
      schema: { tags, summary: 'What my drafts would do to the nation', description, querystring: DraftImpactQuery, response },
    },
    async (request, reply) => {
      const { id, entity } = principalOf(request)
      const { effectiveFrom, drafts: wanted } = request.query
      const mine = await readDrafts(pool, id)
      const texts = wanted ? wanted.split(',').map((name) => mine.find((draft) => nameOf(draft) === name)) : mine
      const missing = texts.indexOf(undefined)
      if (missing >= 0 || texts.length === 0) throw problem('draft-not-found', { pointer: 'querystring/drafts' })
      const checked = await checkChange(deps.database, { effectiveFrom, texts: texts.filter((draft) => draft !== undefined) })
      return answer(deps, request, reply, { effectiveFrom, checked, entity })
    },
  )
  app.get(
    '/v1/change-sets/:id/impact',
    {
      config: { permission: 'simulations:read', purpose, eventless },
      schema: {
        tags,
        summary: 'What a change set that waits would do to the nation',
        description,
        params: ChangeSetParams,
        querystring: ChangeSetImpactQuery,
        response,
      },
    },
    async (request, reply) => {
      const set = await readChangeSet(pool, request.params.id)
      if (!set) throw problem('change-set-not-found')
      if (set.status !== 'submitted' && set.status !== 'approved') throw problem('change-set-decided', { detail: set.status })
      const { effectiveFrom, author } = set
      const checked = await checkChange(deps.database, { effectiveFrom, texts: await readChangeTexts(pool, set.id) })
      return answer(deps, request, reply, { effectiveFrom, checked, entity: author.entity })
    },
  )
}

interface Asked {
  readonly query: { readonly exact?: boolean; readonly wait?: number }
}

async function answer(deps: ImpactRouteDeps, request: FastifyRequest & Asked, reply: FastifyReply, wish: Wish) {
  const { exact = false, wait = WAIT_SECONDS } = request.query
  const principal = principalOf(request)
  if (exact) await refuseExact(deps, principal, wish)
  const asker = { actor: principal.id, entity: principal.entity, audit: (event: Parameters<typeof audited>[1]) => audited(request, event) }
  const asked = await askImpact(deps, wish, asker)
  const found = asked.result === null ? await waitForImpact(deps, asked, wish, wait * 1000) : asked
  if (found.status === 'failed') throw failure(found)
  const told = impactAnswer(found, exact)
  if (told.impact === null) return reply.code(202).header('location', request.url).header('retry-after', '1').send(told)
  if (exact)
    await recordEvent(
      deps.database.pool,
      audited(request, { action: 'impact.read-exact', outcome: 'told', objects: [`impact:${found.id}`, `sha256:${found.draft}`] }),
    )
  return reply.code(200).send(told)
}

/** As with simulations: a permission of its own, and only where every fact that the texts read may be seen. */
async function refuseExact(
  { versions, rights }: ImpactRouteDeps,
  { permissions, entity }: ReturnType<typeof principalOf>,
  { effectiveFrom, checked: { bundle, versions: texts } }: Wish,
): Promise<void> {
  if (!permissions.has('simulations:exact')) throw problem('permission-missing', { expected: 'simulations:exact' })
  const before = await versions.inForce(dayNumber(effectiveFrom) as number)
  if (!textsMayBeExact(bundle ? [before, bundle] : [before], texts, await rights(entity)))
    throw problem('facts-not-granted', { pointer: 'querystring/exact' })
}

/** What stopped it, by the code that was kept with it. */
function failure({ problem: code, errors }: StoredImpact): Problem {
  return problem(code !== null && isProblemCode(code) ? code : 'internal-error', errors ? { errors } : {})
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemKinds, code)
