/** One unit of a run explained: facts, rule and score from the run's snapshot, its place in the list, and why it is or is not selected. */
import { tellUnit } from '../../determinations/explain-determination.ts'
import { judge, type UnitOutcome } from '../../determinations/determine.ts'
import { isToldTo, judgedUnit, type JudgedUnit, statusesOf } from '../../determinations/judged-unit.ts'
import { noticesFor, outcomeWords } from '../../determinations/notices.ts'
import type { Viewer } from '../../determinations/eyes/eyes.ts'
import { keepsAddresses, type Reader, readerOf, withSheltered } from '../../determinations/visible-facts.ts'
import type { AssembledHousehold } from '../../households/assembled.ts'
import { membersOn } from '../../households/find-household.ts'
import { problem } from '../../kernel/problem.ts'
import { placeHeld } from '../enrolments/enrolment-store.ts'
import type { ListedUnit } from '../lists/list-store.ts'
import type { OpenFields } from '../lists/open-fields.ts'
import { UNIT_FIELDS, unitWith } from '../lists/unit-answer.ts'
import { withoutPlaces } from '../lists/shown-page.ts'
import { type AskedOfRun, putsInForce } from '../run/run-manifest.ts'
import type { ExplainDeps, ExplainedRun } from './explained-run.ts'
import { isAmong, populationOf } from './population.ts'
import { selectionOf } from './selection.ts'
import { shownFacts } from './shown-facts.ts'
import { snapshotHousehold } from './snapshot-household.ts'
import { placeSentences } from './place-words.ts'
import { notListed, statusWords } from './selection-words.ts'
import { standingsOf } from './standings.ts'

export interface AskedUnit {
  readonly householdRef: number
  readonly personRef: number | null
  /** Its row in the list; null where the list does not name it. */
  readonly listed: ListedUnit | null
  /** Who will read it; the person of a person's programme, else the head, unless somebody is named. */
  readonly readerRef: number | null
  /** Of sheltered persons too; not unless it is said. */
  readonly mayReadAddresses?: boolean
}

export type UnitExplanation = Awaited<ReturnType<typeof explainUnit>>

/** `fields` are those of the listed unit that the viewer may be told. */
export async function explainUnit(
  { database }: Pick<ExplainDeps, 'database'>,
  explained: ExplainedRun,
  asked: AskedUnit,
  { viewer, fields }: { readonly viewer: Viewer; readonly fields: OpenFields['fields'] },
) {
  const { run, list, bundle, compiled, sources, snapshot } = explained
  const { householdRef, personRef, listed } = asked
  const alone = await householdOfRun(database, explained, asked)
  const known = await withSheltered(database.pool, alone, asked.mayReadAddresses === true)
  const assembled = { ...known, standings: await standingsOf(database, explained, householdRef) }
  const units = judge(bundle, assembled, new Set())
  const unit = units.find((one) => one.programme === compiled.id && one.personRef === personRef)
  if (!unit) throw problem('unit-not-in-run', { detail: 'the person is not a member of the household on that day' })
  refuseOther(unit, listed)
  const reader = readerFor(assembled, asked)
  const judged = judgedUnit(bundle, compiled, assembled, unit, {
    reader,
    statuses: statusesOf(units),
    viewer,
    rows: 'listed',
  }) as JudgedUnit
  const { outcome } = unit
  const hidesPlaces = keepsAddresses(reader, assembled.sheltered)
  const isTold = isToldTo(judged, reader)
  const inForce = putsInForce(JSON.parse(run.request) as AskedOfRun)
  const { names, agency } = compiled.programme.source
  const tell = (language: 'en' | 'ar') => tellUnit({ bundle, reader, outcome }, judged, language)
  const illustrative = compiled.rule.source.illustrative || compiled.formula?.formula.illustrative === true
  const { facts, person, hidden, withheld } = shownFacts(bundle, judged)
  return {
    run: run.id,
    asOf: run.asOf,
    programme: { id: compiled.id, names, agency, rule: used(compiled.ruleRef), formula: compiled.formula && used(compiled.formula.ref) },
    versionSet: bundle.hash,
    snapshot: snapshot.hash,
    rootHash: list.rootHash,
    householdRef,
    personRef,
    reader,
    // Another member's score, tier and benefit are told as little as the values behind them, and words of a place speak of all of them.
    unit: isTold && listed ? unitWith(hidesPlaces ? withoutPlaces(listed) : listed, [...fields]) : null,
    selection: listed
      ? isTold && fields.size === UNIT_FIELDS.length
        ? await selectionOf(database, explained, listed, judged, !hidesPlaces)
        : { status: listed.status, reason: null, tier: null, sentences: [statusWords[listed.status]] }
      : {
          status: null,
          reason: null,
          tier: null,
          sentences:
            outcome === 'ineligible'
              ? [notListed.ineligible, ...(isTold ? placeSentences(await placeHeld(database.pool, compiled.id, asked), inForce) : [])]
              : [notListed.undetermined],
        },
    outcome,
    outcomeText: outcomeWords[outcome],
    facts,
    person,
    hidden,
    withheldFacts: withheld,
    explanation: { en: tell('en'), ar: tell('ar') },
    sources: sources.map(({ registry, custodian, load, asOf, state }) => ({ registry, custodian, load, asOf, state })),
    notices: [...noticesFor(outcome, illustrative)],
  }
}

/** The household on the run's day; refused when the run was not about it. */
async function householdOfRun(
  database: ExplainDeps['database'],
  { run, folder, asOf, bundle, snapshot, sources }: ExplainedRun,
  { householdRef, listed }: AskedUnit,
): Promise<AssembledHousehold> {
  const { catalogue } = bundle
  const members = await membersOn(database.pool, householdRef, run.asOf)
  const assembled = await snapshotHousehold({ catalogue, snapshot, householdRef, asOf, sources, members })
  if (!assembled) throw problem('unit-not-in-run')
  if (listed) return assembled
  const { only, governorates } = await populationOf(folder, run, bundle)
  const governorate = assembled.household.lo[catalogue.household.slot('governorate') ?? -1] ?? NaN
  if ((only && !isAmong(only, householdRef)) || (governorates && !governorates.has(governorate))) throw problem('unit-not-in-run')
  return assembled
}

/** INVARIANT: what is told is what was decided: the list names the eligible, and enrolled units that became undetermined. */
function refuseOther({ outcome }: UnitOutcome, listed: ListedUnit | null): void {
  if ((listed === null) === (outcome === 'eligible') || (listed && outcome === 'ineligible'))
    throw problem('run-not-explicable', { detail: `computed again it is ${outcome}` })
}

function readerFor(assembled: AssembledHousehold, { readerRef, personRef }: AskedUnit): Reader | null {
  const own = personRef ?? assembled.members.find(({ isHead }) => isHead)?.personRef ?? null
  const asked = readerRef ?? own
  const reader = asked === null ? null : readerOf(assembled, asked)
  if (readerRef !== null && !reader) throw problem('reader-not-member')
  return reader
}

const used = ({ id, version, hash }: { readonly id: string; readonly version: number; readonly hash: string }) => ({ id, version, hash })
