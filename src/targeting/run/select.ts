/** From judged households to each programme's list: programmes are selected in the threads, each as soon as it is judged and those are selected that it excludes by. */
import { problem } from '../../kernel/problem.ts'
import type { Bundle, CompiledProgramme } from '../../programmes/bundle.ts'
import type { EnrolledExceed } from '../allocate.ts'
import { statusCode } from '../outcome.ts'
import type { Ranking } from '../rank.ts'
import type { JudgingNation } from './judge-resident.ts'
import type { UnjudgedNation } from './judged-nation.ts'
import { type Enrolled, type Excluding, formulaPlace, type SelectedList, type SelectionSource } from './select-programme.ts'
import type { PopulationRanking } from './rank-population.ts'
import type { ThreadPool } from './thread-pool.ts'

export type { Enrolled } from './select-programme.ts'

export interface SelectionRequest {
  readonly asOf: number
  readonly cycle: string
  /** Day number of the first application, by household. */
  readonly applicationDates: ReadonlyMap<number, number>
  /** By programme. */
  readonly enrolled: ReadonlyMap<string, readonly Enrolled[]>
}

/** A programme's list, with the ranking of the population that it orders by. */
export interface ProgrammeList extends SelectedList {
  readonly ranking: Ranking | null
  /** Ids of the facts to verify first, by row of the units that depend on missing ones; left out until somebody looked. */
  readonly missingFacts?: MissingByUnit
}

/** Undefined for a unit that does not depend on missing facts. */
export type MissingByUnit = Pick<ReadonlyMap<number, readonly string[]>, 'get'>

/** What is selected from: the threads know the bundle. */
export interface Selecting {
  readonly bundle: Bundle
  readonly population: UnjudgedNation
  readonly judging: Pick<JudgingNation, 'columns' | 'judged'>
  readonly rankings: Promise<readonly PopulationRanking[]>
  readonly request: SelectionRequest
  /** Lists by programme that are not made again. */
  readonly kept?: ReadonlyMap<string, ProgrammeList>
}

/** Programmes in ascending precedence, so that one can exclude whom an earlier one selected: it waits for those only. */
export async function selectUnits(threads: ThreadPool, selecting: Selecting): Promise<ProgrammeList[]> {
  const { bundle, population, request, kept } = selecting
  const applicationDate = applicationDates(request.applicationDates, population.householdRefs)
  const taken = new Map<string, Taken>()
  const inOrder = bundle.programmes.toSorted((a, b) => a.programme.source.targeting.precedence - b.programme.source.targeting.precedence)
  for (const compiled of inOrder) {
    const earlier = new Map(taken)
    const found = kept?.get(compiled.id)
    const list = found ? Promise.resolve(found) : selectFor(threads, selecting, compiled, { applicationDate, earlier })
    let rows: Promise<Uint8Array> | undefined
    taken.set(compiled.id, { list, selected: () => (rows ??= list.then((made) => selectedRows(made, population))) })
  }
  // All are waited for, and what stopped the earliest is told, however the threads went.
  const lists = new Map<string, ProgrammeList>()
  await Promise.allSettled(Array.from(taken.values(), ({ list }) => list))
  for (const [id, { list }] of taken) lists.set(id, await list)
  return bundle.programmes.map(({ id }) => lists.get(id) as ProgrammeList)
}

/** A programme that is taken: its list in the making, and 1 by row of its selected. */
interface Taken {
  readonly list: Promise<ProgrammeList>
  readonly selected: () => Promise<Uint8Array>
}

interface Beside {
  readonly applicationDate: Float64Array | null
  readonly earlier: ReadonlyMap<string, Taken>
}

async function selectFor(
  threads: ThreadPool,
  { bundle, population, judging, rankings, request }: Selecting,
  compiled: CompiledProgramme,
  { applicationDate, earlier }: Beside,
): Promise<ProgrammeList> {
  const { id, targeting } = compiled.programme.source
  const place = bundle.programmes.indexOf(compiled)
  const formula = formulaPlace(bundle, compiled)
  const { householdRefs, personRefs, householdOf, persons, scores } = population
  await judging.judged(place)
  const columns = population.columnsOf(judging.columns[place] as SelectionSource['columns'])
  const ranking = (await rankings)[formula] ?? null
  const ofHouseholds = { scores: scores[formula] ?? null, settled: ranking?.settled ?? null, applicationDate }
  const source = { householdRefs, personRefs, householdOf, persons, columns, ...ofHouseholds }
  const excluding = await Promise.all(
    (targeting.exclusions ?? []).map(async ({ programme, when }): Promise<Excluding | null> => {
      const other = bundle.programmes.find((one) => one.id === programme)
      const by = other?.programme.source.unit
      if (!by) return null
      const rows =
        when === 'selected' ? await earlier.get(programme)?.selected() : enrolledRows(request.enrolled.get(programme) ?? [], by, population)
      return rows ? { by, rows } : null
    }),
  )
  const { asOf, cycle, enrolled } = request
  const selection = { asOf, cycle, source, enrolled: enrolled.get(id) ?? [], excluding: excluding.flatMap((one) => one ?? []) }
  const isWaitedFor = bundle.programmes.some(({ programme }) =>
    programme.source.targeting.exclusions?.some((exclusion) => exclusion.programme === id && exclusion.when === 'selected'),
  )
  const task = { kind: 'select' as const, bundle: bundle.hash, programme: place, selection }
  const [answer] = await threads.perform([task], undefined, isWaitedFor ? 'next' : 'last')
  // INVARIANT: the pool answers what it was asked.
  if (!answer) throw new Error(`${id} was not selected`)
  if (!answer.ok) throw exceeds(id, answer.exceeded)
  return { ...answer.list, ranking }
}

function exceeds(programme: string, { limit, allowed, enrolledUnits, enrolledSpend }: EnrolledExceed): Error {
  const places = `${enrolledUnits} enrolled units, ${allowed} places`
  const budget = `the enrolled cost ${enrolledSpend}, the budget is ${allowed}`
  return problem('run-enrolled-exceed', { detail: `${programme}: ${limit === 'places' ? places : budget}` })
}

type References = Pick<UnjudgedNation, 'householdRefs' | 'personRefs'>

/** 1 by row of the selected: person rows where persons are judged, else household rows. */
function selectedRows({ allocation, household, person }: ProgrammeList, { householdRefs, personRefs }: References): Uint8Array {
  const found = bytes(person ? personRefs.length : householdRefs.length)
  const selected = statusCode('selected')
  const rows = person ?? household
  for (let unit = 0; unit < rows.length; unit++) if (allocation.status[unit] === selected) found[rows[unit] as number] = 1
  return found
}

/** 1 by row of those that another programme reports as its own; undefined where it reports nobody. */
function enrolledRows(
  enrolled: readonly Enrolled[],
  by: Excluding['by'],
  { householdRefs, personRefs }: References,
): Uint8Array | undefined {
  if (enrolled.length === 0) return undefined
  const references = by === 'person' ? personRefs : householdRefs
  const held = new Set(enrolled.map((one) => (by === 'person' ? one.personRef : one.householdRef)))
  const found = bytes(references.length)
  for (let row = 0; row < found.length; row++) if (held.has(references[row] as number)) found[row] = 1
  return found
}

/** Day of the first application by household row, NaN for one that did not apply; null where nobody did. */
function applicationDates(dates: ReadonlyMap<number, number>, householdRefs: Float64Array): Float64Array | null {
  if (dates.size === 0) return null
  const found = new Float64Array(new SharedArrayBuffer(householdRefs.length * Float64Array.BYTES_PER_ELEMENT))
  for (let row = 0; row < found.length; row++) found[row] = dates.get(householdRefs[row] as number) ?? NaN
  return found
}

/** In memory that threads share. */
const bytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))
