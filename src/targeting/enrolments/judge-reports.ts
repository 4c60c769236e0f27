/** Judges a batch of reports against what was reported before: stored, stored as late, repeated or refused; no I/O. */
import { dayNumber } from '../../kernel/date.ts'
import { newId } from '../../kernel/new-id.ts'
import type { ProblemCode } from '../../kernel/problem.ts'
import type { Enrolment, StoredReport, Unit } from './enrolment-store.ts'
import type { EnrolmentReport, EnrolmentState } from './schema.ts'

/**
 * Which states may follow which; `none`: nothing was reported yet. The selection is ours, so a programme may begin with what it did next,
 * or with units that it had enrolled before. Who declined or exited comes back by a new selection only.
 */
export const transitions: Readonly<Record<EnrolmentState | 'none', readonly EnrolmentState[]>> = {
  none: ['selected', 'notified', 'visited', 'enrolled', 'declined'],
  selected: ['notified', 'visited', 'enrolled', 'declined'],
  notified: ['visited', 'enrolled', 'declined'],
  visited: ['enrolled', 'declined'],
  enrolled: ['suspended', 'exited'],
  suspended: ['enrolled', 'exited'],
  declined: ['selected'],
  exited: ['selected'],
}

/** Why one row was not stored; never a value that was sent. */
export interface RowRefusal {
  readonly code: ProblemCode
  /** JSON Pointer into the row. */
  readonly place: string
  readonly expected?: string
}

/** A report as its schema lets it through, or why it does not. */
export type Row = { readonly report: EnrolmentReport } | { readonly refusal: RowRefusal }

export type Fate = { readonly kept: 'applied' | 'late' | 'repeated'; readonly id: string } | { readonly refusal: RowRefusal }

export interface Known {
  /** Programmes that are or were in force, and what they are judged for. */
  readonly unitOf: ReadonlyMap<string, 'household' | 'person'>
  /** Of these, those that whoever reports may not speak for: another agency's. */
  readonly others: ReadonlySet<string>
  /** By `referenceKey`. */
  readonly before: ReadonlyMap<string, StoredReport>
  /** By `unitKey`. */
  readonly standing: ReadonlyMap<string, Pick<Enrolment, 'state' | 'since'>>
  /** Units that exist, by `unitKey`. */
  readonly units: ReadonlySet<string>
  /** YYYY-MM-DD */
  readonly today: string
}

export interface JudgedReports {
  /** One for each row. */
  readonly fates: readonly Fate[]
  readonly stored: readonly StoredReport[]
  /** The last applied report of each unit that moves. */
  readonly moved: readonly StoredReport[]
}

export const personOf = ({ personRef }: { readonly personRef?: number | null | undefined }): number | null => personRef ?? null
export const unitKey = (unit: Pick<Unit, 'programme' | 'householdRef'> & { readonly personRef?: number | null | undefined }): string =>
  JSON.stringify([unit.programme, unit.householdRef, personOf(unit)])
export const referenceKey = ({ programme, reference }: Pick<EnrolmentReport, 'programme' | 'reference'>): string =>
  JSON.stringify([programme, reference])

/** Whether the report names a person where the programme is judged per person, and none where it is not. */
export const isUnitOf = ({ programme, personRef }: EnrolmentReport, unitOf: Known['unitOf']): boolean =>
  (unitOf.get(programme) === 'person') === (personRef !== undefined)

/** The order of rows tells nothing but for one day: reports are taken by their days. Of rows with one reference the first one counts. */
export function judgeReports(rows: readonly Row[], known: Known): JudgedReports {
  const fates: Fate[] = []
  const owners = new Map<string, number>()
  const owned: { readonly index: number; readonly owner: number }[] = []
  const fresh: { readonly index: number; readonly report: EnrolmentReport }[] = []
  for (const [index, row] of rows.entries()) {
    const fate = 'refusal' in row ? row : fateAtOnce(row.report, known)
    if (fate) {
      fates[index] = fate
      continue
    }
    const { report } = row as Extract<Row, { report: unknown }>
    const key = referenceKey(report)
    const owner = owners.get(key)
    if (owner !== undefined) {
      owned.push({ index, owner })
      continue
    }
    owners.set(key, index)
    const refusal = refusalOf(report, known)
    if (refusal) fates[index] = { refusal }
    else fresh.push({ index, report })
  }
  const { stored, moved } = moveByDay(fresh, known, fates)
  for (const { index, owner } of owned) fates[index] = sharedFate(rows[index] as Row, rows[owner] as Row, fates[owner] as Fate)
  return { fates, stored, moved }
}

function moveByDay(
  fresh: readonly { readonly index: number; readonly report: EnrolmentReport }[],
  known: Known,
  fates: Fate[],
): Pick<JudgedReports, 'stored' | 'moved'> {
  const stored: StoredReport[] = []
  const moved = new Map<string, StoredReport>()
  const byDay = fresh.toSorted((a, b) => (a.report.on < b.report.on ? -1 : Number(a.report.on > b.report.on)))
  for (const { index, report } of byDay) {
    const key = unitKey(report)
    const last = moved.get(key)
    const now = last ? { state: last.state, since: last.on } : known.standing.get(key)
    const applied = !now || report.on >= now.since
    const next = transitions[now?.state ?? 'none']
    if (applied && !next.includes(report.state)) {
      fates[index] = { refusal: { code: 'enrolment-transition-refused', place: '/state', expected: `one of ${next.join(', ')}` } }
      continue
    }
    const one = { ...report, id: newId(), personRef: personOf(report), reason: report.reason ?? null, applied }
    stored.push(one)
    if (applied) moved.set(key, one)
    fates[index] = { kept: applied ? 'applied' : 'late', id: one.id }
  }
  return { stored, moved: [...moved.values()] }
}

/** What does not depend on the rest of the batch: refusals of the reference or programme, and reports that were stored before. */
function fateAtOnce(report: EnrolmentReport, { unitOf, others, before }: Known): Fate | null {
  if (mayHoldNumber(report.reference)) return refused('enrolment-reference-number', '/reference')
  if (!unitOf.has(report.programme)) return refused('enrolment-programme-unknown', '/programme')
  if (others.has(report.programme)) return refused('enrolment-programme-not-yours', '/programme')
  const same = before.get(referenceKey(report))
  if (!same) return null
  return isSame(report, same) ? { kept: 'repeated', id: same.id } : refused('enrolment-reference-conflict', '/reference')
}

function refusalOf(report: EnrolmentReport, { unitOf, units, today }: Known): RowRefusal | null {
  const isPerson = unitOf.get(report.programme) === 'person'
  if (!isUnitOf(report, unitOf))
    return { code: 'enrolment-unit-mismatch', place: '/personRef', expected: isPerson ? 'the member’s reference' : 'nothing' }
  if (!units.has(unitKey(report))) return { code: 'enrolment-unit-unknown', place: isPerson ? '/personRef' : '/householdRef' }
  // The schema's dates begin a year before the calendar's.
  if (dayNumber(report.on) === null) return { code: 'request-invalid', place: '/on', expected: 'a date of the calendar as YYYY-MM-DD' }
  return report.on > today ? { code: 'enrolment-date-ahead', place: '/on', expected: `not after ${today}` } : null
}

/** A row whose reference stands in the batch already fares as that one does, if it says the same. */
function sharedFate(row: Row, owner: Row, fate: Fate): Fate {
  if (!('report' in row && 'report' in owner) || !isSame(row.report, owner.report))
    return refused('enrolment-reference-conflict', '/reference')
  return 'kept' in fate ? { kept: 'repeated', id: fate.id } : fate
}

const refused = (code: ProblemCode, place: string): Fate => ({ refusal: { code, place } })

type Content = Omit<EnrolmentReport, 'personRef' | 'reason'> & { readonly personRef?: number | null; readonly reason?: string | null }

const isSame = (a: Content, b: Content): boolean =>
  unitKey(a) === unitKey(b) && a.state === b.state && a.on === b.on && (a.reason ?? null) === (b.reason ?? null)

/** INVARIANT: no National ID outside the vault. Ten digits in a row are refused whoever they may be, so that nobody can try numbers out. */
const mayHoldNumber = (reference: string): boolean => !UUID.test(reference) && /(?<![0-9])[0-9]{10}(?![0-9])/.test(reference)
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
