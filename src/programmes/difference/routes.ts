/** What rules decide, asked by meaning: where two differ, whether two programmes can ever both apply, which parts are ever reached. */
import type { Queryable } from '../../db/queryable.ts'
import type { Server } from '../../http/server.ts'
import { dayNumber, isoOfDay } from '../../kernel/date.ts'
import { limitedSlots } from '../../kernel/limited-slots.ts'
import { problem } from '../../kernel/problem.ts'
import { placesOf, toldPart } from '../suspicions/told-part.ts'
import type { Bundle, CompiledProgramme } from '../bundle.ts'
import { programmeOf } from '../bundle.ts'
import { NameParams, VersionParams } from '../schema.ts'
import { readVersions } from '../version-store.ts'
import type { Versions } from '../versions-in-force.ts'
import { compareRules, ruleOf, unitOf } from './compare-rules.ts'
import { canBothApply, PATIENCE } from './difference.ts'
import { catalogueDomains } from './domain.ts'
import { registerFormulaDifferenceRoutes } from './formulas/routes.ts'
import { reachOf } from './reach.ts'
import { inSameSpace } from './same-space.ts'
import { AsOfQuery, DiffBody, DifferenceAnswer, DiffQuery, OverlapAnswer, OverlapQuery, PartsAnswer } from './schema.ts'
import { toldBothApply } from './told-difference.ts'

export interface DifferenceRouteDeps {
  readonly db: Queryable
  readonly versions: Versions
  readonly today: () => Promise<number>
}

/** Does the work while few others are done; refuses it otherwise. */
export type AnswerInTurn = <T>(work: () => Promise<T>) => Promise<T>

const config = {
  permission: 'versions:read',
  purpose: 'seeing what a change of a rule decides otherwise',
  eventless: 'texts of rules, which are about nobody',
} as const
const tags = ['authoring']
/** The solver, where it is needed, is a thread of 130 MB for up to ten seconds. */
const QUESTIONS_AT_ONCE = 2
const MAX_BODY_BYTES = 300 * 1024

export function registerDifferenceRoutes(app: Server, { db, versions, today }: DifferenceRouteDeps): void {
  const slots = limitedSlots(QUESTIONS_AT_ONCE, 'questions about rules and formulas are being answered')
  const answer: AnswerInTurn = async (work) => {
    const giveBack = slots.take()
    try {
      return await work()
    } finally {
      giveBack()
    }
  }
  const ground = async (asOf: string | undefined): Promise<{ bundle: Bundle; asOf: number }> => {
    const day = asOf === undefined ? await today() : (dayNumber(asOf) as number)
    return { bundle: await versions.inForce(day), asOf: day }
  }
  const stored = async (id: string, version: number, pointer: string): Promise<string> => {
    const found = (await readVersions(db, 'rule', id)).find((one) => one.version === version)
    if (!found) throw problem('version-not-found', { pointer })
    return found.source
  }

  const diff = {
    tags,
    summary: 'Where two versions of a rule decide otherwise, each kind of change with a smallest household',
    description:
      'Exact: `none` and `equivalent` are proofs, each witness was decided by both versions. Read by the catalogue and definitions in force on the day.',
    params: VersionParams,
    querystring: DiffQuery,
    response: { 200: DifferenceAnswer },
  }
  app.get('/v1/programmes/:id/rules/:version/diff', { config, schema: diff }, async ({ params: { id, version }, query }) => {
    const [before, after] = [await stored(id, query.against, 'query/against'), await stored(id, version, 'params/version')]
    const { bundle, asOf } = await ground(query.asOf)
    const unit = unitOf(bundle, id)
    const [old, young] = [ruleOf(bundle, before, unit, 'query/against'), ruleOf(bundle, after, unit, 'params/version')]
    return answer(() => compareRules({ bundle, before: old, after: young, asOf }))
  })
  const texts = {
    tags,
    summary: 'Where two rules that are sent decide otherwise; nothing is stored',
    body: DiffBody,
    response: { 200: DifferenceAnswer },
  }
  app.post('/v1/rules/diff', { config, schema: texts, bodyLimit: MAX_BODY_BYTES }, async ({ body }) => {
    const { bundle, asOf } = await ground(body.asOf)
    const { unit = 'household' } = body
    const [before, after] = [ruleOf(bundle, body.before, unit, '/before'), ruleOf(bundle, body.after, unit, '/after')]
    return answer(() => compareRules({ bundle, before, after, asOf }))
  })
  const overlap = {
    tags,
    summary: 'Whether two programmes can ever both apply',
    params: NameParams,
    querystring: OverlapQuery,
    response: { 200: OverlapAnswer },
  }
  app.get('/v1/programmes/:id/overlap', { config, schema: overlap }, async ({ params, query }) => {
    const { bundle, asOf } = await ground(query.asOf)
    const [one, other] = [inForceOf(bundle, params.id, 'params/id'), inForceOf(bundle, query.with, 'query/with')]
    if (one.programme.source.unit !== other.programme.source.unit) throw problem('units-not-comparable', { pointer: 'query/with' })
    const { catalogue, definitions } = bundle
    const side = ({ rule: { condition } }: CompiledProgramme) => ({ condition, catalogue })
    const same = inSameSpace(side(one), side(other), [asOf, asOf])
    return answer(async () =>
      toldBothApply(await canBothApply(same.before, same.after, same.domainOf, PATIENCE, same.links), {
        ...same,
        catalogue,
        definitions,
        asOf,
      }),
    )
  })
  registerFormulaDifferenceRoutes(app, { db, versions, today }, answer)
  const parts = {
    tags,
    summary: 'Of each part of a rule: can it be true, false, unknown, and does it add anything',
    params: VersionParams,
    querystring: AsOfQuery,
    response: { 200: PartsAnswer },
  }
  app.get('/v1/programmes/:id/rules/:version/parts', { config, schema: parts }, async ({ params: { id, version }, query }) => {
    const source = await stored(id, version, 'params/version')
    const { bundle, asOf } = await ground(query.asOf)
    const { condition } = ruleOf(bundle, source, unitOf(bundle, id), 'params/version')
    const places = placesOf(condition)
    const reached = await answer(() => reachOf(condition, catalogueDomains(bundle.catalogue, asOf)))
    return {
      asOf: isoOfDay(asOf),
      parts: reached.map(({ node, ...can }) => ({
        pointer: places.get(node) as string,
        definition: node.definition,
        words: toldPart(node, condition),
        ...can,
      })),
    }
  })
}

function inForceOf(bundle: Bundle, id: string, pointer: string): CompiledProgramme {
  const found = programmeOf(bundle, id)
  if (!found) throw problem('version-not-found', { pointer })
  return found
}
