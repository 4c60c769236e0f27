/** Programmes' systems report what became of units; whoever may, reads where a household stands. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { currentDay } from '../../determinations/as-of.ts'
import type { Viewing } from '../../determinations/eyes/eyes.ts'
import { visibleProgrammes } from '../../determinations/eyes/visible-programmes.ts'
import { programmesBegun } from '../../programmes/programmes-begun.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { diagnosticOf, withFormats } from '../../http/validator.ts'
import { householdEnrolments, householdReports, knownUnits } from './enrolment-store.ts'
import { reportEnrolments } from './report-enrolments.ts'
import type { EnrolmentDeps } from './report-enrolments.ts'
import type { Row } from './judge-reports.ts'
import {
  EnrolmentBatch,
  EnrolmentBatchAnswer,
  EnrolmentEnvelope,
  EnrolmentLookup,
  EnrolmentLookupAnswer,
  EnrolmentReport,
  stateWords,
} from './schema.ts'
import { problem } from '../../kernel/problem.ts'

const tags = ['enrolments']
const MAX_BATCH_BYTES = 512 * 1024

export function registerEnrolmentRoutes(app: Server, deps: EnrolmentDeps & Viewing): void {
  registerReports(app, deps)
  registerLookup(app, deps)
}

function registerReports(app: Server, deps: EnrolmentDeps): void {
  const ajv = withFormats(new Ajv2020({ strict: true, allErrors: false, verbose: true }))
  const isEnvelope = ajv.compile(EnrolmentEnvelope)
  const isReport = ajv.compile<EnrolmentReport>(EnrolmentReport)
  const rowOf = (report: unknown): Row => {
    if (isReport(report)) return { report }
    const [error] = isReport.errors ?? []
    const { pointer, expected } = error ? diagnosticOf(error) : { pointer: '' }
    return { refusal: { code: 'request-invalid', place: pointer, ...(expected === undefined ? {} : { expected }) } }
  }
  const schema = {
    tags,
    summary: 'Report what became of selected units: notified, visited, enrolled, declined, suspended, exited',
    description:
      'Of the programmes of your own entity; of others with enrolments:write-any. Good reports are stored and the others come back in `refused`, each with its place, so a batch may be sent again as it is. ' +
      'Only these reports make a household served. A report about a day before the unit’s present state began is kept as history.',
    body: EnrolmentBatch,
    response: { 200: EnrolmentBatchAnswer },
  }
  const config = { permission: 'enrolments:write', purpose: 'recording who is served by a programme' } as const
  // The description tells all of a report; the server's own check of the body stops at the batch, and rows are checked one by one.
  const validatorCompiler = () => isEnvelope
  app.post('/v1/enrolments', { config, schema, validatorCompiler, bodyLimit: MAX_BATCH_BYTES }, async (request) => {
    const { id, entity, permissions } = principalOf(request)
    const mayReportAny = permissions.has('enrolments:write-any')
    const rows = (request.body.reports as readonly unknown[]).map(rowOf)
    return reportEnrolments(deps, { rows, keyId: id, entity, mayReportAny, audited: (event) => audited(request, event) })
  })
}

function registerLookup(app: Server, { database: { pool }, versions, timeZone, rights }: EnrolmentDeps & Viewing): void {
  const schema = {
    tags,
    summary: 'Where a household and its members stand in programmes, and what was reported of them',
    description:
      'Of the programmes of your organisation, and of those whose status it is granted: by the fact that tells it, or by the status in their list.',
    body: EnrolmentLookup,
    response: { 200: EnrolmentLookupAnswer },
  }
  const config = { permission: 'enrolments:read', purpose: 'following up who is served by a programme' } as const
  app.post('/v1/enrolments/lookup', { config, schema, bodyLimit: 4_096 }, async (request) => {
    const { householdRef } = request.body
    const [known] = await knownUnits(pool, [{ householdRef, personRef: null }])
    if (!known) throw problem('enrolment-unit-unknown', { pointer: '/householdRef' })
    const day = await currentDay(pool, timeZone)
    const bundle = await versions.inForce(day)
    const begun = await programmesBegun(pool, day, bundle)
    const { sees, withheld } = visibleProgrammes(bundle, await rights(principalOf(request).entity), 'asked', begun)
    const enrolments = (await householdEnrolments(pool, householdRef)).filter(({ programme }) => sees(programme))
    const history = (await householdReports(pool, householdRef)).filter(({ programme }) => sees(programme))
    const isServed = enrolments.some(({ state }) => state === 'enrolled')
    const event = { action: 'enrolments.looked-up', householdRef, outcome: 'found', read: ['enrolment', 'enrolment_report'] }
    await recordEvent(pool, audited(request, event))
    return {
      householdRef,
      // What is withheld may serve it.
      served: isServed || (withheld.length === 0 ? false : null),
      enrolments: enrolments.map((enrolment) => ({ ...enrolment, stateText: stateWords[enrolment.state] })),
      history: history.map((report) => ({ ...report, reportedAt: report.reportedAt.toISOString() })),
      withheld,
    }
  })
}
