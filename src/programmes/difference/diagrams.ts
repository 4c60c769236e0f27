/**
 * Decision diagrams: functions of finitely many choices, reduced and kept once, so that equal functions are the same number.
 * Ends 0 to 2 are truths; pairs of truths are ends 0 to 8 (3 × first + second). Choice 0 of each variable costs nothing.
 */
export type Diagram = number

/** Thrown when a function needs more nodes than were allowed: exact or not at all. */
export class TooLarge extends Error {}

export interface Diagrams {
  /** A function of one variable: its truth by choice. */
  readonly ofVariable: (variable: number, truths: readonly number[]) => Diagram
  readonly smaller: (a: Diagram, b: Diagram) => Diagram
  readonly greater: (a: Diagram, b: Diagram) => Diagram
  readonly not: (a: Diagram) => Diagram
  /** Unknown counts as false. */
  readonly sure: (a: Diagram) => Diagram
  /** Ends become 3 × a + b. */
  readonly pair: (a: Diagram, b: Diagram) => Diagram
  readonly reaches: (a: Diagram, end: number) => boolean
  /** Choices by variable on a cheapest way to `end`, which is reached; variables that do not matter are absent. */
  readonly cheapest: (a: Diagram, end: number) => ReadonlyMap<number, number>
}

const ENDS = 9
/** Of ends: an operation over them is a number of its own in the memory of results. */
const SMALLER = 0
const GREATER = 1
const PAIR = 2

/** `costs[variable][choice]`; variables stand in the order of their numbers. */
export function diagrams(costs: readonly (readonly number[])[], mostNodes: number): Diagrams {
  const variableOf: number[] = Array.from({ length: ENDS }, () => costs.length)
  const childrenOf: (readonly Diagram[])[] = Array.from({ length: ENDS }, () => [])
  const endsOf: number[] = Array.from({ length: ENDS }, (_, end) => 1 << end)
  const unique = new Map<string, Diagram>()
  const results: readonly Map<number, Diagram>[] = [new Map(), new Map(), new Map()]

  function node(variable: number, children: readonly Diagram[]): Diagram {
    const [first] = children as [Diagram]
    if (children.every((child) => child === first)) return first
    const key = `${variable}:${children.join()}`
    const known = unique.get(key)
    if (known !== undefined) return known
    if (variableOf.length >= mostNodes) throw new TooLarge()
    const made = variableOf.length
    variableOf.push(variable)
    childrenOf.push(children)
    endsOf.push(children.reduce((all, child) => all | (endsOf[child] as number), 0))
    unique.set(key, made)
    return made
  }

  function settled(operation: number, a: Diagram, b: Diagram): Diagram | null {
    if (operation === PAIR) return a < ENDS && b < ENDS ? 3 * a + b : null
    if (a === b) return a
    const [wins, yields] = operation === SMALLER ? [0, 2] : [2, 0]
    if (a === wins || b === wins) return wins
    if (a === yields) return b
    return b === yields ? a : null
  }

  function apply(operation: number, a: Diagram, b: Diagram): Diagram {
    const now = settled(operation, a, b)
    if (now !== null) return now
    const [x, y] = operation !== PAIR && a > b ? [b, a] : [a, b]
    const key = x * KEYS + y
    const memory = results[operation] as Map<number, Diagram>
    const known = memory.get(key)
    if (known !== undefined) return known
    if (memory.size >= mostNodes * RESULTS_PER_NODE) throw new TooLarge()
    const variable = Math.min(variableOf[x] as number, variableOf[y] as number)
    const made = node(
      variable,
      (costs[variable] as readonly number[]).map((_, choice) => apply(operation, below(x, variable, choice), below(y, variable, choice))),
    )
    memory.set(key, made)
    return made
  }

  const below = (a: Diagram, variable: number, choice: number): Diagram =>
    variableOf[a] === variable ? ((childrenOf[a] as readonly Diagram[])[choice] as Diagram) : a

  const mapped = (ends: readonly number[]): ((a: Diagram) => Diagram) => {
    const memory = new Map<Diagram, Diagram>()
    const map = (a: Diagram): Diagram => {
      if (a < ENDS) return ends[a] as Diagram
      const known = memory.get(a)
      if (known !== undefined) return known
      const made = node(variableOf[a] as number, (childrenOf[a] as readonly Diagram[]).map(map))
      memory.set(a, made)
      return made
    }
    return map
  }

  const reaches = (a: Diagram, end: number): boolean => (((endsOf[a] as number) >> end) & 1) === 1

  function cheapest(root: Diagram, end: number): ReadonlyMap<number, number> {
    const best = new Map<Diagram, { readonly cost: number; readonly choice: number }>()
    const costOf = (a: Diagram): number => {
      if (!reaches(a, end)) return Infinity
      if (a < ENDS) return 0
      const known = best.get(a)
      if (known) return known.cost
      const ofChoice = (costs[variableOf[a] as number] as readonly number[]).map(
        (cost, choice) => cost + costOf((childrenOf[a] as readonly Diagram[])[choice] as Diagram),
      )
      const cost = Math.min(...ofChoice)
      best.set(a, { cost, choice: ofChoice.indexOf(cost) })
      return cost
    }
    costOf(root)
    const choices = new Map<number, number>()
    for (let a = root; a >= ENDS;) {
      const { choice } = best.get(a) as { readonly choice: number }
      choices.set(variableOf[a] as number, choice)
      a = (childrenOf[a] as readonly Diagram[])[choice] as Diagram
    }
    return choices
  }

  return {
    ofVariable: (variable, truths) => node(variable, truths),
    smaller: (a, b) => apply(SMALLER, a, b),
    greater: (a, b) => apply(GREATER, a, b),
    not: mapped([2, 1, 0]),
    sure: mapped([0, 0, 2]),
    pair: (a, b) => apply(PAIR, a, b),
    reaches,
    cheapest,
  }
}

/** Node numbers stay below, so that two of them make one exact number. */
const KEYS = 2 ** 26
const RESULTS_PER_NODE = 8
