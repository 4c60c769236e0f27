/** A thread of a run: assembles ranges of homes, and scores and judges parts of the snapshot. */
import { parentPort, workerData } from 'node:worker_threads'
import { slotsRead } from '../../determinations/bulk/bulk-bundle.ts'
import { checkSample } from '../../determinations/bulk/check-sample.ts'
import { judgeNation, scoreNation } from '../../determinations/bulk/judge-nation.ts'
import { newColumns, newScores, NO_AREA, type Nation, type NationScores } from '../../determinations/bulk/nation.ts'
import { factsAssembled } from '../../determinations/facts-assembled.ts'
import { assembleRange } from '../../households/nation/assemble-range.ts'
import { type ColumnFile, readColumnFile } from '../../households/nation/column-file.ts'
import { columnsFrom, elsewhereColumns } from '../../households/nation/elsewhere-columns.ts'
import { readElsewhere } from '../../households/nation/read-chunk.ts'
import { compileChunk } from '../../language/catalogue/assembly/compile-chunk.ts'
import type { FactColumn } from '../../language/fact-columns.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { compileBundle } from '../../programmes/compile-bundle.ts'
import { openReplica } from '../../warehouse/replica/open-replica.ts'
import { missingFactsOf } from './missing-facts.ts'
import { PLACE_FACTS, placesOf } from './unit-places.ts'
import type { JudgedPart, PartFile, ScoredPart, Task, ThreadStart } from './tasks.ts'

const start = workerData as ThreadStart
const { asOf } = start
const bundle = compiled(start.texts)
const { catalogue } = bundle
const wanted = factsAssembled(bundle)
const assembler = start.assembly && (await openAssembler(start.assembly))
const read = slotsRead(bundle)
const governorateSlot = catalogue.household.slot('governorate') ?? -1
/** What scoring and judging read of a part: a small share of its facts. */
const READ = {
  ...read,
  household: new Set([...read.household, ...['governorate', ...PLACE_FACTS].flatMap((id) => catalogue.household.slot(id) ?? [])]),
}

parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: Task }) => {
  perform(task).then(
    (answer) => parentPort?.postMessage({ id, answer }, arraysIn(answer)),
    (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  )
})
parentPort?.postMessage({ ready: true })

/** Columns of an answer are handed over, not copied; the thread has no more use for them. */
function arraysIn(answer: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength) found.add(value.buffer)
    } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) look(part)
  }
  look(answer)
  return [...found]
}

async function perform(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'elsewhere': {
      const { replica, assembly, elsewhere } = assembling()
      const { rows, from } = await readElsewhere(replica.connection, { reads: assembly.reads, asOf, range: task.range })
      assembly.elsewhere(rows, columnsFrom(elsewhere, from, rows.persons))
      return null
    }
    case 'assemble': {
      const { replica, assembly, elsewhere, served } = assembling()
      return assembleRange(replica.connection, assembly, { ...task, catalogue, asOf, wanted, elsewhere, served })
    }
    case 'score':
      return scorePart(task.part)
    case 'judge':
      return judgePart(task)
    case 'missing': {
      const part = await readColumnFile(task.part.path, task.part.hash, READ)
      return task.asked.map((asked) => missingFactsOf(bundle, part, asked))
    }
  }
}

async function openAssembler({ usable, elsewhere, replica, served }: NonNullable<ThreadStart['assembly']>) {
  return {
    served,
    assembly: compileChunk(catalogue, { wanted, usable: new Set(usable), asOfDay: asOf }),
    elsewhere: elsewhereColumns(catalogue, elsewhere),
    replica: await openReplica(replica, 'read'),
  }
}

function assembling(): NonNullable<typeof assembler> {
  // INVARIANT: whoever has a snapshot assembled told its threads what that takes.
  if (!assembler) throw new Error('this thread was started to judge a finished snapshot')
  return assembler
}

async function scorePart({ path, hash }: PartFile): Promise<ScoredPart> {
  const part = await readColumnFile(path, hash, READ)
  return {
    householdRefs: part.householdRefs,
    persons: Uint32Array.from({ length: part.households }, (_, h) => (part.firstMember[h + 1] as number) - (part.firstMember[h] as number)),
    governorate: codesOf(part.household[governorateSlot], part.households),
    places: placesOf(catalogue, part),
    scores: scoresOf(part),
  }
}

function scoresOf({ household, households }: ColumnFile): NationScores {
  const scores = newScores(bundle, households)
  scoreNation(bundle, household, { from: 0, to: households }, scores)
  return scores
}

async function judgePart({ part: { path, hash }, scores, ranks, sample }: Extract<Task, { readonly kind: 'judge' }>): Promise<JudgedPart> {
  const part = await readColumnFile(path, hash, READ)
  const nation = nationOf(part)
  const columns = newColumns(bundle, nation)
  judgeNation(bundle, nation, { scores, ranks }, { from: 0, to: part.households }, columns)
  const found = await checkSample(bundle, nation, { scores, ranks, columns }, sample, asOf)
  return {
    personRefs: part.personRefs,
    programmes: columns,
    sampled: sample.length,
    // References, never values: a disagreement is looked into by whoever may read the household.
    disagreements: found.map(
      ({ programme, householdRow, about }) => `${programme}: household ${part.householdRefs[householdRow]}, ${about}`,
    ),
  }
}

function compiled(texts: ThreadStart['texts']): Bundle {
  const { bundle: found } = compileBundle(texts)
  // INVARIANT: the run compiled the same texts before it started its threads.
  if (!found) throw new Error('the versions of the run do not compile')
  return found
}

function nationOf({ household, person, firstMember, households, persons }: ColumnFile): Nation {
  const householdOf = new Uint32Array(persons)
  for (let h = 0; h < households; h++) householdOf.fill(h, firstMember[h], firstMember[h + 1])
  return { households: household, persons: person, householdOf, firstMember }
}

/** NO_AREA where the code is unknown. */
function codesOf(column: FactColumn | undefined, rows: number): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) => {
    if (!column) return NO_AREA
    const { lo, loKnown } = column
    return loKnown && ((loKnown[row >> 3] as number) >> (row & 7)) % 2 === 0 ? NO_AREA : (lo[row] as number)
  })
}
