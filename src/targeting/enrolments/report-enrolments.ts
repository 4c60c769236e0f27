/** Takes a batch of reports of programmes' systems in one transaction, one batch about a programme after the other. */
import { recordEvent } from '../../audit/audit-event.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { currentDay } from '../../determinations/as-of.ts'
import { isoOfDay } from '../../kernel/date.ts'
import { problemKinds } from '../../kernel/problem-table.ts'
import { programmesBegun } from '../../programmes/programmes-begun.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import { enrolmentsOf, knownUnits, lockProgrammes, moveUnits, reportsUnder, storeReports } from './enrolment-store.ts'
import { isUnitOf, judgeReports, personOf, referenceKey, unitKey } from './judge-reports.ts'
import type { Fate, Known, Row, RowRefusal } from './judge-reports.ts'
import type { EnrolmentBatchAnswer, EnrolmentReport } from './schema.ts'

export interface EnrolmentDeps {
  readonly database: Database
  readonly versions: Versions
  readonly timeZone: string
}

export interface ReportedBatch {
  readonly rows: readonly Row[]
  readonly keyId: string
  readonly entity: string
  /** May report for programmes of other agencies, too. */
  readonly mayReportAny: boolean
  readonly audited: (event: Pick<AuditEvent, 'action' | 'outcome' | 'objects'>) => AuditEvent
}

/** Good rows are stored, whatever the others are; `database-busy` when another batch about the programme takes too long. */
export async function reportEnrolments(deps: EnrolmentDeps, batch: ReportedBatch): Promise<EnrolmentBatchAnswer> {
  const { database, versions, timeZone } = deps
  const day = await currentDay(database.pool, timeZone)
  // One that left force, too: whom it served is theirs to report until they exit.
  const begun = await programmesBegun(database.pool, day, await versions.inForce(day))
  const unitOf = new Map([...begun].map(([id, { unit }]) => [id, unit]))
  const others = new Set([...begun].flatMap(([id, { agency }]) => (batch.mayReportAny || agency === batch.entity ? [] : [id])))
  const reports = batch.rows.flatMap((row) =>
    'report' in row && unitOf.has(row.report.programme) && !others.has(row.report.programme) ? [row.report] : [],
  )
  return database.transaction(async ({ client }) => {
    const named = reports.map(({ programme }) => programme)
    await lockProgrammes(client, named)
    const known = await knownOf(client, reports)
    const { fates, stored, moved } = judgeReports(batch.rows, { ...known, unitOf, others, today: isoOfDay(day) })
    await storeReports(client, stored, batch)
    await moveUnits(client, moved)
    const answer = answerOf(fates)
    const { applied, late, repeated, refused } = answer.counts
    const event = {
      action: 'enrolments.reported',
      outcome: `applied ${applied}, late ${late}, repeated ${repeated}, refused ${refused}`,
      objects: objectsOf(reports, { ...known, unitOf }),
    }
    await recordEvent(client, batch.audited(event))
    return answer
  })
}

async function knownOf(client: Queryable, reports: readonly EnrolmentReport[]): Promise<Pick<Known, 'before' | 'standing' | 'units'>> {
  const asked = reports.map((report) => ({ ...report, personRef: personOf(report) }))
  const before = await reportsUnder(client, reports)
  const standing = await enrolmentsOf(client, asked)
  const existing = new Set((await knownUnits(client, asked)).map(memberKey))
  return {
    before: new Map(before.map((report) => [referenceKey(report), report])),
    standing: new Map(standing.map((enrolment) => [unitKey(enrolment), enrolment])),
    units: new Set(asked.filter((unit) => existing.has(memberKey(unit))).map(unitKey)),
  }
}

const memberKey = ({ householdRef, personRef }: { readonly householdRef: number; readonly personRef: number | null }): string =>
  `${householdRef}/${personRef ?? ''}`

/** Units that exist only: what else was sent as a reference could be a National ID. */
function objectsOf(reports: readonly EnrolmentReport[], { units, unitOf }: Pick<Known, 'units' | 'unitOf'>): string[] {
  const texts = reports
    .filter((report) => isUnitOf(report, unitOf) && units.has(unitKey(report)))
    .map(({ programme, householdRef, personRef }) => [`enrolment:${programme}`, householdRef, ...(personRef ? [personRef] : [])].join('/'))
  return [...new Set(texts)].toSorted()
}

function answerOf(fates: readonly Fate[]): EnrolmentBatchAnswer {
  const counts = { applied: 0, late: 0, repeated: 0, refused: 0 }
  const reports: EnrolmentBatchAnswer['reports'] = []
  const refused: EnrolmentBatchAnswer['refused'] = []
  for (const [index, fate] of fates.entries()) {
    counts['kept' in fate ? fate.kept : 'refused']++
    if ('kept' in fate) reports.push({ index, ...fate })
    else refused.push(refusalAnswer(index, fate.refusal))
  }
  return { counts, reports, refused }
}

function refusalAnswer(index: number, { code, place, expected }: RowRefusal): EnrolmentBatchAnswer['refused'][number] {
  const { title, hint } = problemKinds[code]
  return { index, pointer: `/reports/${index}${place}`, code, title, hint, ...(expected === undefined ? {} : { expected }) }
}
