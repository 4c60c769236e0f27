/** The ranked lists that runs published. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { recordEvent } from '../audit/audit-event.ts'
import { audited } from '../http/audited.ts'
import { mayReadAddresses, principalOf } from '../http/security.ts'
import type { Server } from '../http/server.ts'
import { problem } from '../kernel/problem.ts'
import { readCursor, writeCursor } from './lists/cursor.ts'
import { formatAsked, LIST_FORMATS, mediaTypes } from './lists/exports/export-format.ts'
import { type ExportDeps, sendExport } from './lists/exports/routes.ts'
import { readFrozen } from './lists/freeze-list.ts'
import { refuseEmptyFilters, refuseUnknownFact } from './lists/list-filters.ts'
import { latestList, type ListHeader, listOfRun } from './lists/list-store.ts'
import { fieldsTold, fieldsWithheld, openFields, totalsTold } from './lists/open-fields.ts'
import { ListAnswer, ListQuery, ProgrammeParams, RunListParams } from './lists/schema.ts'
import { shownPage } from './lists/shown-page.ts'
import { fieldsNamed, moneyText, unitWith } from './lists/unit-answer.ts'

const PAGE = 50

const file = { schema: Type.String({ format: 'binary' }) }
const response = {
  200: {
    description: 'A page, or the whole list as a file',
    content: {
      [mediaTypes.json]: { schema: ListAnswer },
      [mediaTypes.csv]: { schema: Type.String() },
      [mediaTypes.parquet]: file,
      [mediaTypes.xlsx]: file,
    },
  },
}

export function registerTargetingRoutes(app: Server, deps: ExportDeps): void {
  const { pool } = deps.database
  const common = {
    tags: ['targeting'],
    description:
      'Pages by cursor: all pages of one sequence are of one list, also when a newer one is published meanwhile. As a file by `Accept` or `format`: CSV, Parquet or XLSX of the whole list, with the same filters and fields.',
    querystring: ListQuery,
    response,
  }
  const config = { permission: 'ranked-lists:read', purpose: "handing a programme's ranked list to its agency" } as const
  app.get(
    '/v1/programmes/:programme/ranked-list',
    { config, schema: { ...common, summary: 'The list in force of a programme', params: ProgrammeParams } },
    async (request, reply) =>
      answer(deps, request, reply, request.query, async (after) => latestList(pool, request.params.programme, after?.list)),
  )
  app.get(
    '/v1/runs/:run/programmes/:programme/ranked-list',
    { config, schema: { ...common, summary: "A programme's list of one run", params: RunListParams } },
    async (request, reply) => {
      const { run, programme } = request.params
      return answer(deps, request, reply, request.query, async () => listOfRun(pool, run, programme))
    },
  )
}

type Query = Type.Static<typeof ListQuery>

type Answer = Type.Static<typeof ListAnswer>
type Find = (after: { readonly list: number } | null) => Promise<ListHeader | null>

async function answer(
  deps: ExportDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  query: Query,
  find: Find,
): Promise<Answer | FastifyReply> {
  const { format: named, lang, limit, cursor, fields, ...filters } = query
  const format = formatAsked(request.headers.accept, named, LIST_FORMATS)
  if (lang !== undefined && format !== 'xlsx') throw problem('request-invalid', { pointer: 'querystring/lang', expected: 'format=xlsx' })
  if (format === 'json') return page(deps, request, query, find)
  for (const [name, value] of Object.entries({ limit, cursor }))
    if (value !== undefined)
      throw problem('request-invalid', { pointer: `querystring/${name}`, expected: 'none: a file is the whole list' })
  return sendExport(deps, request, reply, { list: await find(null), format, fields, filters, language: lang ?? 'en' })
}

async function page(
  { database, versions, rights }: ExportDeps,
  request: FastifyRequest,
  { limit = PAGE, cursor, fields, format: _format, lang: _lang, ...filters }: Query,
  find: Find,
): Promise<Answer> {
  const asked = fieldsNamed(fields)
  refuseEmptyFilters(filters)
  const after = cursor === undefined ? null : readCursor(cursor, filters)
  const list = await find(after)
  if (cursor !== undefined && (!after || (list && list.number !== after.list)))
    throw problem('cursor-unknown', { pointer: 'querystring/cursor' })
  if (!list) throw problem('ranked-list-not-found')
  const open = await openFields(versions, list, await rights(principalOf(request).entity))
  const named = fieldsTold(open, { asked, isNamed: fields !== undefined, filters })
  await refuseUnknownFact(versions, list, filters)
  const [found, frozen] = await Promise.all([
    shownPage(database.pool, {
      list,
      filters,
      after: after?.after ?? 0,
      limit: limit + 1,
      mayReadAddresses: mayReadAddresses(request),
    }),
    readFrozen(database.pool, list),
  ])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const totals = totalsTold(open)
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
    // An empty list's is known, and few rows are found by trying them.
    rootHash: totals.counts ? list.rootHash : null,
    publishedAt: list.publishedAt,
    counts: totals.counts ? { eligible: list.eligible, selected: list.selected, waitlisted: list.waitlisted, leftOut: list.leftOut } : null,
    spent: totals.money ? moneyText(list.spent) : null,
    frozen: frozen && { at: frozen.frozenAt, by: frozen.frozenBy, signature: frozen.signature },
    withheldFields: fieldsWithheld(asked, named),
    withheldFacts: [...open.withheld],
    units: shown.map((unit) => unitWith(unit, named)),
    next: found.length > limit && last ? writeCursor({ list: list.number, after: last.position }, filters) : null,
  }
}
