/** How much each term of a formula weighs in the order that it makes: the population ranked again with one term a tenth heavier, and a tenth lighter. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import type { Words } from '../language/fact-space.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { NumberedText } from '../programmes/compile-bundle.ts'
import { factsRead } from '../programmes/facts-read.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import type { Decision } from './decide.ts'
import type { MeasuringBasis } from './measure-tasks.ts'
import type { MeasuringThreads } from './measuring-threads.ts'
import { inSharedMemory } from './shared-memory.ts'
import { STEP, type TermEffect } from './try-term.ts'

export interface TermSensitivity extends TermEffect {
  readonly term: string
  readonly label: Words
}

export interface Sensitivity {
  /** Of a term's points, on either side. */
  readonly step: number
  readonly formulas: readonly { readonly formula: string; readonly terms: readonly TermSensitivity[] }[]
  /** Ids of facts of the catalogue that no formula, rule, tier, order, quota or benefit reads, nor anything that they follow from. */
  readonly unusedFacts: readonly string[]
}

/** What terms are tried over, and by which threads. */
export interface Trying {
  readonly measuring: MeasuringThreads
  /** Of the decision's population. */
  readonly basis: MeasuringBasis
  /** Of the snapshot. The facts in memory are those that the decision read. */
  readonly resident: ResidentNation
  /** Row of the snapshot by row of the population. */
  readonly rows: Uint32Array
  /** Of the decision's versions. */
  readonly texts: readonly NumberedText[]
}

export interface SensitivityTold {
  /** Terms that are behind us, and all of them. */
  readonly onTerm: (done: number, total: number) => void
  /** Heard between two terms. */
  readonly signal: AbortSignal
}

/** One term is one task, so that this thread goes on hearing others while two national orders are made for each. */
export async function sensitivityOf(decision: Decision, trying: Trying, { onTerm, signal }: SensitivityTold): Promise<Sensitivity> {
  const { measuring, basis } = trying
  const { bundle } = decision
  const tasks = scoredFormulas(bundle).flatMap(({ formula }, place) => formula.terms.map((_, term) => ({ place, term })))
  const number = await measuring.numberOf(basis)
  let done = 0
  signal.throwIfAborted()
  if (tasks.length > 0) onTerm(done, tasks.length)
  await measuring.showTerms(triedColumns(decision, trying))
  try {
    const effects = await measuring.perform(
      tasks.map((task) => ({ kind: 'term' as const, basis: number, ...task })),
      () => {
        signal.throwIfAborted()
        if (++done < tasks.length) onTerm(done, tasks.length)
        signal.throwIfAborted()
      },
    )
    const formulas = scoredFormulas(bundle).map(({ ref, formula }, place) => ({
      formula: ref.id,
      terms: tasks.flatMap((task, at) => {
        if (task.place !== place) return []
        const { id, label } = formula.terms[task.term] as (typeof formula.terms)[number]
        return [{ term: id, label, ...(effects[at] as TermEffect) }]
      }),
    }))
    return { step: STEP, formulas, unusedFacts: unusedFacts(bundle) }
  } finally {
    await measuring.showTerms(null)
  }
}

function triedColumns({ bundle, scores }: Decision, { resident, rows, texts }: Trying) {
  const read = new Set(scoredFormulas(bundle).flatMap(({ formula }) => formula.slots))
  const parts = resident.parts.map(({ firstHousehold, households, household }) => ({
    firstHousehold,
    households,
    household: household.map((column, slot) => (read.has(slot) ? column : undefined)),
  }))
  return { texts, parts, scores: inSharedMemory(scores), rows: inSharedMemory(rows) }
}

function unusedFacts(bundle: Bundle): string[] {
  const read = factsRead(bundle)
  return [...bundle.catalogue.facts.keys()].filter((id) => !read.has(id)).toSorted()
}
