/** Where two rules decide otherwise, exactly: by decision diagrams, and by the solver in a thread where those grow too large. */
import type { Condition } from '../../language/condition/condition.ts'
import type { Outcome } from '../../language/rule/outcome.ts'
import { diagramsOf, orTooLarge, SMALL_EFFORT } from './condition-diagram.ts'
import type { Effort } from './condition-diagram.ts'
import type { DomainOf } from './domain.ts'
import { confirmed, differenceFrom, KINDS_OF_CHANGE } from './outcome-change.ts'
import type { Difference } from './outcome-change.ts'
import type { Links } from './links.ts'
import { openSolver } from './solver.ts'
import type { Solver } from './solver.ts'
import { bothBySolver, differenceBySolver, heldBoth, heldDifference } from './solver-difference.ts'

export interface Patience {
  readonly effort: Effort
  /** Of the solver; what is not decided by then is called so. */
  readonly milliseconds: number
  /** Whether a household that diagrams find is put to the solver with the definitions that bind its facts, which takes about a second. */
  readonly isHeld?: boolean
}

export const PATIENCE: Patience = { effort: SMALL_EFFORT, milliseconds: 10_000 }

/**
 * Both conditions are over one fact space. What diagrams prove holds whatever definitions bind the facts; a household that they find
 * is held against the definitions, and where these rule it out the solver looks for another.
 */
export async function differenceOf(
  before: Condition,
  after: Condition,
  domainOf: DomainOf,
  patience = PATIENCE,
  linksOf: () => Links | null = () => null,
): Promise<Difference> {
  const known = differenceByDiagrams(before, after, domainOf, patience.effort)
  if (known && (known.equivalent === true || patience.isHeld === false)) return known
  const links = linksOf()
  if (known && !binds(links)) return known
  return withSolver(patience, (solver) =>
    known
      ? heldDifference(solver, known, { pair: [before, after], domainOf, links })
      : differenceBySolver(solver, before, after, domainOf, links),
  )
}

const binds = (links: Links | null): links is Links => links !== null && links.slots.length > 0

async function withSolver<T>({ milliseconds }: Patience, work: (solver: Solver) => Promise<T>): Promise<T> {
  const solver = openSolver(milliseconds)
  try {
    return await work(solver)
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
export async function canBothApply(
  a: Condition,
  b: Condition,
  domainOf: DomainOf,
  patience = PATIENCE,
  linksOf: () => Links | null = () => null,
): Promise<BothApply> {
  const made = diagramsOf([a, b], domainOf, patience.effort)
  const both = made && orTooLarge(() => made.of.smaller(made.roots[0] as number, made.roots[1] as number))
  const pair = [a, b] as const
  if (!made || both === null) return withSolver(patience, (solver) => bothBySolver(solver, { pair, domainOf, links: linksOf() }))
  if (!made.of.reaches(both, TRUTH.eligible)) return { possible: false, witness: null }
  const kind = { from: 'eligible', to: 'eligible' } as const
  const witness = confirmed(made.smallest(both, TRUTH.eligible).values, pair, kind, domainOf, true)
  const links = linksOf()
  if (!binds(links)) return { possible: true, witness }
  return withSolver(patience, (solver) => heldBoth(solver, witness, { pair, domainOf, links }))
}
