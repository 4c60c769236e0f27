/** The ranked lists that runs published. */
import type { FastifyRequest } from 'fastify'
import type Type from 'typebox'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { audited } from '../http/audited.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import type { Server } from '../http/server.ts'
import { problem } from '../kernel/problem.ts'
import { readCursor, writeCursor } from './lists/cursor.ts'
import { readFrozen } from './lists/freeze-list.ts'
import { refuseEmptyFilters, refuseUnknownFact } from './lists/list-filters.ts'
import { latestList, type ListHeader, listOfRun, listPage } from './lists/list-store.ts'
import { ListAnswer, ListQuery, ProgrammeParams, RunListParams } from './lists/schema.ts'
import { fieldsNamed, moneyText, unitWith } from './lists/unit-answer.ts'

const PAGE = 50

export interface ListDeps {
  readonly database: Database
  readonly versions: Versions
}

export function registerTargetingRoutes(app: Server, { database, versions }: ListDeps): void {
  const tags = ['targeting']
  const lists = { permission: 'ranked-lists:read', purpose: "handing a programme's ranked list to its agency" } as const
  const description = 'Pages by cursor: all pages of one sequence are of one list, also when a newer one is published meanwhile.'
  app.get(
    '/v1/programmes/:programme/ranked-list',
    {
      config: lists,
      schema: {
        tags,
        summary: 'The list in force of a programme',
        description,
        params: ProgrammeParams,
        querystring: ListQuery,
        response: { 200: ListAnswer },
      },
    },
    async (request) =>
      page({ database, versions }, request, request.query, (after) => latestList(database.pool, request.params.programme, after?.list)),
  )
  app.get(
    '/v1/runs/:run/programmes/:programme/ranked-list',
    {
      config: lists,
      schema: {
        tags,
        summary: "A programme's list of one run",
        description,
        params: RunListParams,
        querystring: ListQuery,
        response: { 200: ListAnswer },
      },
    },
    async (request) =>
      page({ database, versions }, request, request.query, () => listOfRun(database.pool, request.params.run, request.params.programme)),
  )
}

type Query = Type.Static<typeof ListQuery>

async function page(
  { database, versions }: ListDeps,
  request: FastifyRequest,
  { limit = PAGE, cursor, fields, ...filters }: Query,
  find: (after: { readonly list: number } | null) => Promise<ListHeader | null>,
): Promise<Type.Static<typeof ListAnswer>> {
  const named = fieldsNamed(fields)
  refuseEmptyFilters(filters)
  const after = cursor === undefined ? null : readCursor(cursor, filters)
  const list = await find(after)
  if (cursor !== undefined && (!after || (list && list.number !== after.list)))
    throw problem('cursor-unknown', { pointer: 'querystring/cursor' })
  if (!list) throw problem('ranked-list-not-found')
  await refuseUnknownFact(versions, list, filters)
  const [found, frozen] = await Promise.all([
    listPage(database.pool, list.number, filters, after?.after ?? 0, limit + 1),
    readFrozen(database.pool, list),
  ])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  await recordEvent(
    database.pool,
    audited(request, {
      action: 'ranked-list.read',
      outcome: `${shown.length} units`,
      read: named,
      objects: [`list:${list.programme}:${list.rootHash}`, `units:${shown[0]?.position ?? 0}-${last?.position ?? 0}`],
    }),
  )
  return {
    programme: list.programme,
    unit: list.unit,
    run: list.runId,
    asOf: list.asOf,
    cycle: list.cycle,
    versionSet: list.versionSet,
    snapshot: list.snapshot,
    rootHash: list.rootHash,
    publishedAt: list.publishedAt,
    counts: { eligible: list.eligible, selected: list.selected, waitlisted: list.waitlisted, leftOut: list.leftOut },
    spent: moneyText(list.spent),
    frozen: frozen && { at: frozen.frozenAt, by: frozen.frozenBy, signature: frozen.signature },
    units: shown.map((unit) => unitWith(unit, named)),
    next: found.length > limit && last ? writeCursor({ list: list.number, after: last.position }, filters) : null,
  }
}
