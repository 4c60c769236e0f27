/** A change of rules measured on a snapshot: the nation decided without it and with it, by a run's own functions, and what differs. */
import { dayNumber } from '../../kernel/date.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { compileBundle, type NumberedText } from '../../programmes/compile-bundle.ts'
import { witnessProgrammes } from '../../programmes/difference/witness-programmes.ts'
import { readMembers, textOf, versionSet } from '../../programmes/version-store.ts'
import { versionText } from '../../programmes/version.ts'
import { textsOfSet } from '../../programmes/versions-in-force.ts'
import { openBaseline } from '../baseline.ts'
import type { BothDecided } from '../both-decided.ts'
import type { Laboratory, LaboratoryDeps, Told } from '../laboratory.ts'
import { compareDecisions, type ProgrammeOutcome } from '../simulate.ts'
import { countMissing } from './count-missing.ts'
import type { ImpactOutcome, ProgrammeImpact } from './impact-outcome.ts'
import type { ImpactChange, ImpactQuestion } from './impact-store.ts'
import { parametersOfDay } from './on-the-day.ts'
import { refuseImpact } from './refuse-impact.ts'
import { unmetFilters } from './unmet-filters.ts'

export type Asked = ImpactQuestion & { readonly change: ImpactChange }

/** Throws `impact-refused` where the snapshot cannot tell. */
export async function measureImpact(laboratory: Laboratory, asked: Asked, told: Told): Promise<ImpactOutcome> {
  const { deps } = laboratory
  const { effectiveFrom, base, draft, change } = asked
  const opened = await openBaseline(deps, { run: asked.run })
  const day = dayNumber(effectiveFrom) as number
  const sides = {
    before: await sideOfBase(deps, base, day, opened.asOf),
    after: onTheDay(await textsOfDraft(deps, asked), day, opened.asOf),
  }
  const { before, after } = { before: sides.before.bundle, after: sides.after.bundle }
  refuseImpact(opened, before, after)
  const both = await laboratory.decideBoth({ baseline: { ...opened, ...sides.before }, after: sides.after }, told)
  told.onProgress('measure', 0, 1)
  const outcomes = await compareDecisions(both, both.before, both.after)
  const isTold = (one: ProgrammeOutcome): boolean => change.programmes.includes(one.programme) || isAltered(one)
  const witnesses = new Map(witnessProgrammes(before, after, day).map(({ programme, difference }) => [programme, difference]))
  const programmes = outcomes.filter(isTold).map((outcome): ProgrammeImpact => {
    const { presence, missing } = presenceOf(both, outcome.programme)
    const found = witnesses.get(outcome.programme)
    // Rules that decide alike have none, and rules that are too large to compare so are not called alike.
    const difference = found ?? { asOf: effectiveFrom, equivalent: found === undefined ? true : null, changes: [] }
    return { ...outcome, presence, missing, difference: presence === 'both' ? difference : null }
  })
  const { nation } = both.before
  return {
    format: 1,
    effectiveFrom,
    run: opened.run.id,
    asOf: opened.run.asOf,
    snapshot: opened.snapshot.hash,
    base,
    draft,
    households: nation.householdRefs.length,
    persons: nation.personRefs.length,
    key: both.population.keys.reduce((sum, key) => (sum + key) % 2 ** 32, 0),
    breakdowns: both.population.breakdowns.map(({ codes: _codes, ...shown }) => shown),
    programmes,
    unaltered: outcomes.filter((one) => !isTold(one)).map(({ programme }) => programme),
    unmet: await unmetFilters(both, change.programmes),
  }
}

interface Side {
  readonly bundle: Bundle
  readonly texts: readonly NumberedText[]
}

const onTheDay = (texts: readonly NumberedText[], day: number, asOf: number): Side => {
  const read = parametersOfDay(texts, day, asOf)
  return { bundle: compiled(read), texts: read }
}

const kept = new WeakMap<Bundle, Map<string, Side>>()

/** Compiled once for each day: every draft of a morning is compared with the same versions. */
async function sideOfBase({ database, versions }: LaboratoryDeps, base: string, day: number, asOf: number): Promise<Side> {
  const bundle = await versions.byHash(base)
  const days = kept.get(bundle) ?? new Map<string, Side>()
  kept.set(bundle, days)
  const key = `${Math.max(day, asOf)}/${asOf}`
  const texts = days.has(key) ? [] : await textsOfSet(database, base)
  const side = days.get(key) ?? (parametersOfDay(texts, day, asOf) === texts ? { bundle, texts } : onTheDay(texts, day, asOf))
  days.set(key, side)
  return side
}

/** In the set's order, by which facts stand in a snapshot. */
async function textsOfDraft({ database }: LaboratoryDeps, { draft, change: { members, texts } }: Asked): Promise<NumberedText[]> {
  const own = new Map(texts.map((text) => [nameOf(text), text]))
  const stored = await readMembers(
    database.pool,
    members.filter((one) => !own.has(nameOf(one))),
  )
  const others = new Map(stored.map((row) => [nameOf(row), textOf(row) as NumberedText]))
  const found = members.map((member) => {
    const { kind, id, version, source } = own.get(nameOf(member)) ?? (others.get(nameOf(member)) as NumberedText)
    return { ...versionText(kind, id, source, JSON.parse(source)), version }
  })
  // INVARIANT: what is measured is what was asked for.
  if (versionSet(found).hash !== draft) throw new Error('the versions of an impact are not those that it was asked for')
  return found
}

const nameOf = ({ kind, id, version }: { readonly kind: string; readonly id: string; readonly version: number }): string =>
  `${kind}/${id}/${version}`

function compiled(texts: readonly NumberedText[]): Bundle {
  const { bundle, diagnostics } = compileBundle(texts)
  // INVARIANT: the draft compiled when it was asked about, and no version changes.
  if (!bundle) throw new Error(`the versions of an impact do not compile: ${diagnostics[0]?.pointer}`)
  return bundle
}

/** Whether anything is otherwise: somebody's state, or an amount. */
function isAltered({ before, after, transitions }: ProgrammeOutcome): boolean {
  const totals = (one: ProgrammeOutcome['before']): string => JSON.stringify(one)
  return (
    totals(before) !== totals(after) ||
    transitions.all.some((row, from) => row.some((cell, to) => cell.before !== cell.after || (from !== to && cell.units > 0)))
  )
}

function presenceOf({ before, after, population }: BothDecided, programme: string): Pick<ProgrammeImpact, 'presence' | 'missing'> {
  const [was, is] = [before, after].map(({ lists }) => lists.find((list) => list.programme === programme))
  const householdOf = (was ?? is)?.unit === 'person' ? after.nation.householdOf : null
  return {
    presence: was ? (is ? 'both' : 'gone') : 'new',
    missing: countMissing({ before: was, after: is, householdOf, persons: after.nation.persons, keys: population.keys }),
  }
}
