/** Where two rules decide otherwise, exactly: by decision diagrams, and by the solver in a thread where those grow too large. */
import type { Condition } from '../../language/condition/condition.ts'
import type { Outcome } from '../../language/rule/outcome.ts'
import { diagramsOf, orTooLarge, SMALL_EFFORT } from './condition-diagram.ts'
import type { Effort } from './condition-diagram.ts'
import type { DomainOf } from './domain.ts'
import { confirmed, differenceFrom, KINDS_OF_CHANGE } from './outcome-change.ts'
import type { Difference } from './outcome-change.ts'
import { openSolver } from './solver.ts'
import { bothBySolver, differenceBySolver } from './solver-difference.ts'

export interface Patience {
  readonly effort: Effort
  /** Of the solver; what is not decided by then is called so. */
  readonly milliseconds: number
}

export const PATIENCE: Patience = { effort: SMALL_EFFORT, milliseconds: 10_000 }

/** Both conditions are over one fact space. */
export async function differenceOf(before: Condition, after: Condition, domainOf: DomainOf, patience = PATIENCE): Promise<Difference> {
  const known = differenceByDiagrams(before, after, domainOf, patience.effort)
  if (known) return known
  const solver = openSolver(patience.milliseconds)
  try {
    return await differenceBySolver(solver, before, after, domainOf)
  } finally {
    await solver.close()
  }
}

/** Truths by outcome. */
const TRUTH: Readonly<Record<Outcome, number>> = { ineligible: 0, undetermined: 1, eligible: 2 }

/** Null where the diagrams outgrow the effort. */
export function differenceByDiagrams(before: Condition, after: Condition, domainOf: DomainOf, effort: Effort): Difference | null {
  const made = diagramsOf([before, after], domainOf, effort)
  if (!made) return null
  const { of, roots, smallest } = made
  const [old, young] = roots as [number, number]
  if (old === young) return differenceFrom(KINDS_OF_CHANGE.map((kind) => ({ ...kind, verdict: 'none', witness: null })))
  const both = orTooLarge(() => of.pair(old, young))
  if (both === null) return null
  return differenceFrom(
    KINDS_OF_CHANGE.map((kind) => {
      const end = 3 * TRUTH[kind.from] + TRUTH[kind.to]
      if (!of.reaches(both, end)) return { ...kind, verdict: 'none', witness: null }
      const witness = confirmed(smallest(both, end).values, [before, after], kind, domainOf, true)
      return { ...kind, verdict: 'witness', witness }
    }),
  )
}

export interface BothApply {
  /** Null where it was not decided in time. */
  readonly possible: boolean | null
  /** A household that meets both. */
  readonly witness: Difference['changes'][number]['witness']
}

/** Whether some household meets both conditions. */
export async function canBothApply(a: Condition, b: Condition, domainOf: DomainOf, patience = PATIENCE): Promise<BothApply> {
  const made = diagramsOf([a, b], domainOf, patience.effort)
  const both = made && orTooLarge(() => made.of.smaller(made.roots[0] as number, made.roots[1] as number))
  const kind = { from: 'eligible', to: 'eligible' } as const
  if (made && both !== null) {
    if (!made.of.reaches(both, TRUTH.eligible)) return { possible: false, witness: null }
    return { possible: true, witness: confirmed(made.smallest(both, TRUTH.eligible).values, [a, b], kind, domainOf, true) }
  }
  const solver = openSolver(patience.milliseconds)
  try {
    return await bothBySolver(solver, a, b, domainOf)
  } finally {
    await solver.close()
  }
}
