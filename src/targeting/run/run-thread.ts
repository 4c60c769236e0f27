/** A thread of a run or a laboratory: assembles ranges of homes, scores and judges parts of a snapshot, and selects for programmes. */
import { workerData } from 'node:worker_threads'
import { checkSample } from '../../determinations/bulk/check-sample.ts'
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { countFilters, type FilterCounts } from '../../determinations/bulk/filters.ts'
import { judgeNation, type Rescore, scoreNation } from '../../determinations/bulk/judge-nation.ts'
import { blanked, type Nation } from '../../determinations/bulk/nation.ts'
import { sampleUnits } from '../../determinations/bulk/sample-units.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { assembleRange } from '../../households/nation/assemble-range.ts'
import { readColumnFile } from '../../households/nation/column-file.ts'
import { columnsFrom, elsewhereColumns } from '../../households/nation/elsewhere-columns.ts'
import { readElsewhere } from '../../households/nation/read-chunk.ts'
import { renewParts } from '../../households/nation/renew-parts.ts'
import { type ChunkAssembly, compileChunk } from '../../language/catalogue/assembly/compile-chunk.ts'
import { compileRederivation, type Rederived } from '../../language/catalogue/assembly/rederive.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { serveTasks } from '../../jobs/serve-tasks.ts'
import { compileBundle } from '../../programmes/compile-bundle.ts'
import { openReplica } from '../../warehouse/replica/open-replica.ts'
import type { ColumnRoom } from '../../warehouse/replica/read-columns.ts'
import { rowsByTieBreak } from '../order-rows.ts'
import { rankUnits } from '../rank.ts'
import { tieBreakOfCycle } from '../tie-break.ts'
import { missingFactsOf } from './missing-facts.ts'
import { openedPart, overlaid, partOfColumns, partOfRanks, partOfScores, shared, slotsResident } from './resident-nation.ts'
import { selectProgramme } from './select-programme.ts'
import type { NationPart, RenewedAndOpened, Task, ThreadStart, Told } from './tasks.ts'

const start = workerData as ThreadStart
const { asOf } = start
/** More than the simulations of one laboratory take at a time. */
const BUNDLES_KEPT = 32

const bundles = new Map<string, Bundle>()
const overlays = new Map<string, readonly Rederived[]>()
let parts: readonly NationPart[] = []
const { catalogue, wanted } = ofAssembly(learn(start.bundle, start.texts))
const assembler = start.assembly && (await openAssembler(start.assembly))

serveTasks(perform)

async function perform(task: Task | Told): Promise<unknown> {
  switch (task.kind) {
    case 'elsewhere': {
      const { replica, assemblyOf, elsewhere, room } = assembling()
      const assembly = assemblyOf(wanted)
      const { rows, from } = await readElsewhere(replica.connection, { reads: assembly.reads, asOf, range: task.range, room })
      assembly.elsewhere(rows, columnsFrom(elsewhere, from, rows.persons))
      return null
    }
    case 'assemble': {
      const { replica, assemblyOf, elsewhere, served } = assembling()
      return assembleRange(replica.connection, assemblyOf(wanted), { ...task, catalogue, asOf, wanted, elsewhere, served })
    }
    case 'renew': {
      const { replica, assemblyOf, served } = assembling()
      const { facts } = task
      const few = facts && { facts, checked: slotsResident(bundleOf(start.bundle)) }
      const computed = facts
        ? closureOf(
            catalogue,
            [...wanted].filter((id) => facts.has(id)),
          )
        : wanted
      const renewed = await renewParts(replica.connection, assemblyOf(computed), { ...task, catalogue, asOf, wanted, served, few })
      return renewed.map(({ checked, ...range }): RenewedAndOpened => ({ ...range, opened: checked && openedPart(checked) }))
    }
    case 'open': {
      return openedPart(await readColumnFile(task.part.path, task.part.hash, task.wanted))
    }
    case 'score':
      return scorePart(task)
    case 'tieOrder':
      return rowsByTieBreak(task.references.length, tieBreakOfCycle(task.cycle, task.references))
    case 'rank':
      return rankUnits(task, task.tieOrder)
    case 'sample':
      return sampleUnits(task.cycle, task.references, task.count)
    case 'judge':
      return judgePart(task)
    case 'check':
      return checkParts(task)
    case 'select':
      return selectProgramme(bundleOf(task.bundle), task.programme, task.selection)
    case 'filters':
      return countPart(task)
    case 'rederive':
      return rederivePart(task)
    case 'missing':
      return task.asked.map((asked) => missingFactsOf(bundleOf(task.bundle), partAt(task.part, task.bundle), asked))
    case 'hold':
      parts = task.parts
      return null
    case 'overlay':
      overlays.set(task.bundle, task.parts)
      return null
    case 'release':
      assembler?.replica.close()
      return null
    case 'learn':
      learn(task.bundle, task.texts)
      return null
  }
}

function learn(hash: string, texts: ThreadStart['texts']): Bundle {
  const bundle = usedLast(hash, bundles.get(hash) ?? compiled(texts))
  const [oldest] = bundles.keys()
  if (bundles.size > BUNDLES_KEPT && oldest !== undefined) {
    bundles.delete(oldest)
    overlays.delete(oldest)
  }
  return bundle
}

/** The set that was asked for last goes last. */
function usedLast(hash: string, bundle: Bundle): Bundle {
  bundles.delete(hash)
  bundles.set(hash, bundle)
  return bundle
}

function ofAssembly(bundle: Bundle) {
  return { catalogue: bundle.catalogue, wanted: factsAssembled(bundle) }
}

async function openAssembler({ usable, elsewhere, replica, served }: NonNullable<ThreadStart['assembly']>) {
  let last: { readonly key: string; readonly assembly: ChunkAssembly } | null = null
  /** Compiled when it is asked for: a run asks for all facts, or a few. */
  const assemblyOf = (computed: ReadonlySet<string>): ChunkAssembly => {
    const key = [...computed].join()
    if (last?.key !== key) last = { key, assembly: compileChunk(catalogue, { wanted: computed, usable: new Set(usable), asOfDay: asOf }) }
    return last.assembly
  }
  return {
    served,
    assemblyOf,
    elsewhere: elsewhereColumns(catalogue, elsewhere),
    replica: await openReplica(replica, 'read'),
    room: new Map() satisfies ColumnRoom,
  }
}

function assembling(): NonNullable<typeof assembler> {
  // INVARIANT: whoever has a snapshot assembled told its threads what that takes.
  if (!assembler) throw new Error('this thread was started to judge a finished snapshot')
  return assembler
}

function scorePart({ bundle: hash, part: index, scores, only, rescores }: Extract<Task, { readonly kind: 'score' }>): null {
  const part = partAt(index, hash)
  const known = rescores.flatMap(({ place, bundle: other, placeBefore, scores: old }): Rescore[] => {
    const before = scoredFormulas(bundleOf(other))[placeBefore]?.formula
    const [own] = partOfScores([old], part)
    return before && own ? [{ place, before, scores: own }] : []
  })
  scoreNation(bundleOf(hash), part.household, { from: 0, to: part.households }, partOfScores(scores, part), only, known)
  return null
}

function judgePart(task: Extract<Task, { readonly kind: 'judge' }>): null {
  const part = partAt(task.part, task.bundle)
  const columns = partOfColumns(task.columns, part)
  const known = { scores: partOfScores(task.scores, part), ranks: partOfRanks(task.ranks, part) }
  judgeNation(bundleOf(task.bundle), nationOf(part), known, { from: 0, to: part.households }, columns, task.only)
  // Persons of no household stand behind all members, and nobody judges them.
  const members = part.firstMember[part.households] as number
  for (const place of task.only) {
    const own = columns[place]
    if (own?.unit === 'person') blanked(own, members, part.persons)
  }
  return null
}

/** References, never values: a disagreement is looked into by whoever may read the household. */
async function checkParts({ bundle: hash, scores, ranks, columns, sample }: Extract<Task, { readonly kind: 'check' }>): Promise<string[]> {
  const wrong: string[] = []
  for (const { part: index, rows } of sample) {
    const part = partAt(index, hash)
    const judged = { scores: partOfScores(scores, part), ranks: partOfRanks(ranks, part), columns: partOfColumns(columns, part) }
    for (const { programme, householdRow, about } of await checkSample(bundleOf(hash), nationOf(part), judged, rows, asOf))
      wrong.push(`${programme}: household ${part.householdRefs[householdRow]}, ${about}`)
  }
  return wrong
}

function rederivePart({ bundle: hash, part: index, facts }: Extract<Task, { readonly kind: 'rederive' }>): Rederived {
  const { catalogue: own } = bundleOf(hash)
  const found = compileRederivation(
    own,
    facts.flatMap((id) => own.facts.get(id) ?? []),
    asOf,
  ).compute(partAt(index))
  return { household: found.household.map(shared), person: found.person.map(shared) }
}

function countPart(task: Extract<Task, { readonly kind: 'filters' }>): FilterCounts[] {
  const part = partAt(task.part, task.bundle)
  const counted = {
    nation: nationOf(part),
    scores: partOfScores(task.scores, part),
    ranks: partOfRanks(task.ranks, part),
    columns: partOfColumns(task.columns, part),
    standing: task.standing.subarray(part.firstHousehold, part.firstHousehold + part.households),
    keys: task.keys && task.keys.subarray(part.firstHousehold, part.firstHousehold + part.households),
  }
  return countFilters(bundleOf(task.bundle), counted, task.only)
}

const nationOf = ({ household, person, householdOf, firstMember }: NationPart): Nation => ({
  households: household,
  persons: person,
  householdOf,
  firstMember,
})

/** With the columns that stand in the place of its own under these versions. */
function partAt(index: number, bundle = ''): NationPart {
  const part = parts[index]
  // INVARIANT: whoever names a part showed it to every thread before.
  if (!part) throw new Error(`this thread was not shown part ${index}`)
  const overlay = overlays.get(bundle)?.[index]
  return overlay ? { ...part, household: overlaid(part.household, overlay.household), person: overlaid(part.person, overlay.person) } : part
}

function bundleOf(hash: string): Bundle {
  const bundle = bundles.get(hash)
  // INVARIANT: whoever names a set of versions told every thread its texts before.
  if (!bundle) throw new Error(`this thread was not told the versions ${hash}`)
  return usedLast(hash, bundle)
}

function compiled(texts: ThreadStart['texts']): Bundle {
  const { bundle: found } = compileBundle(texts)
  // INVARIANT: the run compiled the same texts before it told its threads.
  if (!found) throw new Error('the versions of the run do not compile')
  return found
}
