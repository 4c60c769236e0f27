/** Whole lists as files: CSV and XLSX as they are read, Parquet when it is written. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { recordEvent } from '../../../audit/audit-event.ts'
import type { Database } from '../../../db/database.ts'
import type { Viewing } from '../../../determinations/eyes/eyes.ts'
import { audited } from '../../../http/audited.ts'
import { mayReadAddresses, principalOf } from '../../../http/security.ts'
import type { Server } from '../../../http/server.ts'
import { problem } from '../../../kernel/problem.ts'
import type { Versions } from '../../../programmes/versions-in-force.ts'
import { ExportQuery } from '../hand-over-schema.ts'
import { refuseEmptyFilters, refuseUnknownFact } from '../list-filters.ts'
import { latestList, type ListFilters, type ListHeader, listOfRun } from '../list-store.ts'
import { fieldsTold, fieldsWithheld, openFields } from '../open-fields.ts'
import { ProgrammeParams, RunListParams } from '../schema.ts'
import { fieldsNamed, type UnitField } from '../unit-answer.ts'
import { csvLines } from './csv.ts'
import { type ExportFormat, mediaTypes } from './export-format.ts'
import type { Slots } from '../../../kernel/limited-slots.ts'
import { writeParquet } from './parquet.ts'
import type { Exported } from './unit-batches.ts'
import { EXCEL_ROWS, xlsxStream } from './xlsx.ts'

export interface ExportDeps extends Viewing {
  readonly database: Database
  readonly versions: Versions
  /** Folder under which temporary files are made. */
  readonly dataDirectory: string
  readonly slots: Slots
  /** Rows of a sheet; as many as Excel opens unless said otherwise. */
  readonly sheetRows?: number
}

export function registerExportRoutes(app: Server, deps: ExportDeps): void {
  const config = { permission: 'ranked-lists:read', purpose: "handing a programme's ranked list to its agency" } as const
  const common = {
    tags: ['targeting'],
    description: 'The whole list, streamed; the filters and `fields` of a page apply. Cells are safe to open in a spreadsheet.',
    querystring: ExportQuery,
    response: { 200: { description: 'CSV (RFC 4180), UTF-8, with a header', content: { 'text/csv': { schema: Type.String() } } } },
  }
  app.get(
    '/v1/programmes/:programme/ranked-list.csv',
    { config, schema: { ...common, summary: 'The list in force as CSV', params: ProgrammeParams } },
    async (request, reply) =>
      sendExport(deps, request, reply, { list: await latestList(deps.database.pool, request.params.programme), ...whole(request.query) }),
  )
  app.get(
    '/v1/runs/:run/programmes/:programme/ranked-list.csv',
    { config, schema: { ...common, summary: "A programme's list of one run as CSV", params: RunListParams } },
    async (request, reply) => {
      const { run, programme } = request.params
      return sendExport(deps, request, reply, { list: await listOfRun(deps.database.pool, run, programme), ...whole(request.query) })
    },
  )
}

const whole = ({ fields, ...filters }: Type.Static<typeof ExportQuery>) => ({
  fields,
  filters,
  format: 'csv' as const,
  language: 'en' as const,
})

export interface ExportAsked {
  readonly list: ListHeader | null
  readonly format: ExportFormat
  readonly fields: string | undefined
  readonly filters: ListFilters
  /** Of the headers of a workbook. */
  readonly language: 'ar' | 'en'
}

export async function sendExport(
  deps: ExportDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: ExportAsked,
): Promise<FastifyReply> {
  const { list, format, filters } = wanted
  const asked = fieldsNamed(wanted.fields)
  refuseEmptyFilters(filters)
  if (!list) throw problem('ranked-list-not-found')
  const open = await openFields(deps.versions, list, await deps.rights(principalOf(request).entity))
  const named = fieldsTold(open, { asked, isNamed: wanted.fields !== undefined, filters })
  await refuseUnknownFact(deps.versions, list, filters)
  const release = format === 'csv' ? () => undefined : deps.slots.take()
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  let stream: Readable
  try {
    const event = { action: 'ranked-list.exported', outcome: format, read: named, objects: [`list:${list.programme}:${list.rootHash}`] }
    await recordEvent(deps.database.pool, audited(request, event))
    const exported = {
      db: deps.database.pool,
      list,
      filters,
      mayReadAddresses: mayReadAddresses(request),
      signal: gone.signal,
    }
    stream = await exportStream(deps, exported, { ...wanted, list, named })
  } catch (error) {
    release()
    // Nobody is there to be told.
    if (gone.signal.aborted) return reply.hijack()
    throw error
  }
  stream.once('close', release)
  const withheld = fieldsWithheld(asked, named)
  if (withheld.length > 0) reply.header('x-ranked-list-withheld', withheld.join(','))
  return reply
    .type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : mediaTypes[format])
    .header('content-disposition', `attachment; filename="${list.programme}-${list.asOf}-${list.runId}.${format}"`)
    .header('x-ranked-list-root-hash', list.rootHash)
    .send(stream)
}

type Wanted = Omit<ExportAsked, 'list'> & { readonly list: ListHeader; readonly named: readonly UnitField[] }

async function exportStream(deps: ExportDeps, exported: Exported, { list, format, named, language }: Wanted): Promise<Readable> {
  switch (format) {
    case 'csv':
      return Readable.from(csvLines(exported, named), { highWaterMark: 1 })
    case 'xlsx':
      return xlsxStream({ ...exported, fields: named, language, at: new Date(list.publishedAt), sheetRows: deps.sheetRows ?? EXCEL_ROWS })
    case 'parquet': {
      const { programme, runId: run, asOf, rootHash } = list
      const folder = join(deps.dataDirectory, 'tmp', 'exports')
      const file = await writeParquet({ ...exported, fields: named, folder, about: { programme, run, asOf, rootHash } })
      return createReadStream(file.path).once('close', () => void file.remove())
    }
  }
}
