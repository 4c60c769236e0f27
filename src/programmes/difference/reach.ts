/** Of each part of a condition: can it be true, can it be false, and would anything be decided otherwise without it? */
import type { Condition, ConditionNode, GroupNode } from '../../language/condition/condition.ts'
import { diagramsOf, orTooLarge } from './condition-diagram.ts'
import type { ConditionDiagrams, Effort } from './condition-diagram.ts'
import type { Diagram } from './diagrams.ts'
import { PATIENCE } from './difference.ts'
import type { DomainOf } from './domain.ts'
import { openSolver } from './solver.ts'
import { reachBySolver } from './solver-difference.ts'

export interface NodeReach {
  readonly node: ConditionNode
  /** Null where it was not decided in time. A part that can never be true is a contradiction. */
  readonly canBeTrue: boolean | null
  readonly canBeFalse: boolean | null
  readonly canBeUnknown: boolean | null
  /** Whether its group means the same without it and without the superfluous ones after it. */
  readonly isSuperfluous: boolean | null
}

export async function reachOf(condition: Condition, domainOf: DomainOf, patience = PATIENCE): Promise<readonly NodeReach[]> {
  const known = reachByDiagrams(condition, domainOf, patience.effort)
  if (known) return known
  const solver = openSolver(patience.milliseconds)
  try {
    return await reachBySolver(solver, condition, domainOf)
  } finally {
    await solver.close()
  }
}

/** Null where the diagrams outgrow the effort. */
export function reachByDiagrams(condition: Condition, domainOf: DomainOf, effort: Effort): readonly NodeReach[] | null {
  const made = diagramsOf([condition], domainOf, effort)
  if (!made) return null
  const superfluous = orTooLarge(() => new Set(condition.nodes.flatMap((node) => ('children' in node ? superfluousOf(node, made) : []))))
  if (superfluous === null) return null
  return condition.nodes.map((node) => {
    const diagram = made.nodeOf.get(node) as Diagram
    const [canBeFalse, canBeUnknown, canBeTrue] = [0, 1, 2].map((end) => made.of.reaches(diagram, end)) as [boolean, boolean, boolean]
    return { node, canBeTrue, canBeFalse, canBeUnknown, isSuperfluous: superfluous.has(node) }
  })
}

/** From the last child on, so that of two that say the same the later one goes. */
function superfluousOf({ kind, children }: GroupNode, { of, nodeOf }: ConditionDiagrams): ConditionNode[] {
  if (children.length < 2) return []
  const [join, nothing] = kind === 'all' ? [of.smaller, 2] : [of.greater, 0]
  const each = children.map((child) => nodeOf.get(child) as Diagram)
  const before = each.reduce<Diagram[]>((all, one) => [...all, join(all.at(-1) as Diagram, one)], [nothing])
  const whole = before.at(-1) as Diagram
  const gone: ConditionNode[] = []
  let kept: Diagram = nothing
  for (let place = children.length - 1; place >= 0; place--) {
    // Something must stay.
    if (gone.length < children.length - 1 && join(before[place] as Diagram, kept) === whole) gone.push(children[place] as ConditionNode)
    else kept = join(each[place] as Diagram, kept)
  }
  return gone
}
