/** What a simulation came to, in the form that is asked for; one place decides who may read it exactly. */

import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { formatAsked, mediaTypes } from '../../targeting/lists/exports/export-format.ts'
import { reportNames } from '../report/report-names.ts'
import { renderApart, reportTask } from '../report/render-apart.ts'
import { REPORT_POLICY } from '../report/report-policy.ts'
import { mayBeExact } from '../facts-granted.ts'
import type { PinnedRequest } from '../baseline.ts'
import { readRun } from '../../targeting/run/run-store.ts'
import { ownSimulation } from '../own-simulation.ts'
import { readResult, toldResult, type ToldResult } from '../result.ts'
import type { SimulationRouteDeps } from '../routes.ts'
import { ReportQuery, RESULT_FORMATS, ResultAnswer, ResultQuery, SimulationParams } from '../schema.ts'
import { refuseFew } from '../simulated-population.ts'
import { householdsOfResult, readSimulationResult, type StoredResult, type StoredSimulation } from '../simulation-store.ts'
import { resultCsv, resultParquet } from './result-file.ts'

const config = {
  permission: 'simulations:read',
  purpose: 'measuring what a change would do before anyone is affected',
  eventless: 'protected aggregates, which are about nobody; what is told exactly is recorded',
} as const

export function registerResultRoutes(app: Server, deps: SimulationRouteDeps): void {
  registerResult(app, deps)
  registerReport(app, deps)
}

function registerResult(app: Server, deps: SimulationRouteDeps): void {
  const schema = {
    tags: ['simulation'],
    summary: 'What a simulation came to: who enters, who leaves, where, and what it costs',
    description:
      'Counts below ten are suppressed, others moved by up to four units that depend on who is counted, amounts rounded to three digits; ' +
      'shares are of moved counts. ' +
      '`exact=true` tells them as they are. As a file by `Accept` or `format`: CSV or Parquet, a number in each row ' +
      '(columns: docs/how-to/read-a-simulation.md).',
    params: SimulationParams,
    querystring: ResultQuery,
    response: {
      200: {
        description: 'As JSON, or as a table with one number in each row',
        content: {
          [mediaTypes.json]: { schema: ResultAnswer },
          [mediaTypes.csv]: { schema: Type.String() },
          [mediaTypes.parquet]: { schema: Type.String({ format: 'binary' }) },
        },
      },
    },
  }
  app.get('/v1/simulations/:simulation/result', { config, schema }, async (request, reply) => {
    const { exact = false, format: named } = request.query
    const { simulation, stored } = await completedResult(deps, request, request.params.simulation, exact)
    const told = toldResult(readResult(stored), exact)
    const format = formatAsked(request.headers.accept, named, RESULT_FORMATS)
    return format === 'json' ? (told as Static<typeof ResultAnswer>) : sendFile(deps, reply, { told, format, simulation: simulation.id })
  })
}

/** As in the file itself, and not within a page of somebody else's. */
const reportPolicy = `${REPORT_POLICY}; frame-ancestors 'none'`

function registerReport(app: Server, deps: SimulationRouteDeps): void {
  const schema = {
    tags: ['simulation'],
    summary: 'A report of what a simulation came to, for people: one HTML file with charts, in Arabic and English',
    description:
      'Self-contained: no script, and nothing is fetched from elsewhere. Told under the same rules as the result ' +
      '(docs/how-to/read-a-simulation.md).',
    params: SimulationParams,
    querystring: ReportQuery,
    response: { 200: { description: 'An HTML document', content: { 'text/html': { schema: Type.String() } } } },
  }
  app.get('/v1/simulations/:simulation/report', { config, schema }, async (request, reply) => {
    const { exact = false, lang = 'both' } = request.query
    const release = deps.slots.take()
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      const { simulation, stored } = await completedResult(deps, request, request.params.simulation, exact)
      const { versionSet } = JSON.parse(simulation.manifest ?? '{}') as { readonly versionSet?: string }
      const names = await reportNames(deps.database.pool, versionSet ?? '')
      const text = await renderApart(reportTask(simulation, { names, stored, exact, language: lang }), gone.signal)
      return await reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', reportPolicy)
        .header('content-disposition', `inline; filename="simulation-${simulation.id}.html"`)
        .send(text)
    } catch (error) {
      // Nobody is there to be told.
      if (gone.signal.aborted) return reply.hijack()
      throw error
    } finally {
      release()
    }
  })
}

/**
 * The stored, exact result of a simulation of the asking entity. Throws unless it is completed, and unless the asker may have
 * it in the way that it is asked for; that it is told exactly is audited before anything is told.
 */
export async function completedResult(
  deps: SimulationRouteDeps,
  request: FastifyRequest,
  id: string,
  exact: boolean,
): Promise<{ readonly simulation: StoredSimulation; readonly stored: StoredResult }> {
  const { pool } = deps.database
  const principal = principalOf(request)
  if (exact && !principal.permissions.has('simulations:exact')) throw problem('permission-missing', { expected: 'simulations:exact' })
  const simulation = await ownSimulation(pool, id, principal)
  const stored = simulation.status === 'completed' ? await readSimulationResult(pool, id) : null
  if (stored === null) throw problem('simulation-not-completed', { detail: simulation.status })
  const asked = JSON.parse(simulation.request) as PinnedRequest
  if (!exact) refuseFew(await householdsOfResult(pool, id), asked)
  if (exact && !(await factsAreSeen(deps, simulation, principal.entity)))
    throw problem('facts-not-granted', { pointer: 'querystring/exact' })
  if (exact) await recordEvent(pool, audited(request, { action: 'simulation.read-exact', outcome: 'told', objects: [`simulation:${id}`] }))
  return { simulation, stored }
}

/** Whether the entity may see, today, every fact that the changes read. */
async function factsAreSeen(
  { database, versions, rights }: SimulationRouteDeps,
  { request }: StoredSimulation,
  entity: string,
): Promise<boolean> {
  const { baseline, scenarios } = JSON.parse(request) as PinnedRequest
  if (scenarios.every(({ changes }) => changes.length === 0)) return true
  const run = await readRun(database.pool, baseline.run)
  const bundle = run?.versionSet ? await versions.byHash(run.versionSet) : null
  return bundle !== null && mayBeExact(bundle, scenarios, await rights(entity))
}

interface FileAsked {
  readonly told: ToldResult
  readonly format: 'csv' | 'parquet'
  readonly simulation: string
}

async function sendFile({ slots, dataDirectory }: SimulationRouteDeps, reply: FastifyReply, asked: FileAsked): Promise<FastifyReply> {
  const { told, format, simulation } = asked
  const release = format === 'csv' ? () => undefined : slots.take()
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  let stream: Readable
  try {
    stream =
      format === 'csv'
        ? Readable.from(resultCsv(told), { highWaterMark: 1 })
        : await resultParquet(told, { simulation, dataDirectory, signal: gone.signal })
  } catch (error) {
    release()
    // Nobody is there to be told.
    if (gone.signal.aborted) return reply.hijack()
    throw error
  }
  stream.once('close', release)
  return reply
    .type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : mediaTypes[format])
    .header('content-disposition', `attachment; filename="simulation-${simulation}.${format}"`)
    .send(stream)
}
