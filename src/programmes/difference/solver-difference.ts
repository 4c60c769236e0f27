/** The difference of two rules by the solver: every kind is decided first, then each witness made smaller while time lasts. */
import type { Condition } from '../../language/condition/condition.ts'
import type { FactValues } from '../../language/fact-space.ts'
import type { Outcome } from '../../language/rule/outcome.ts'
import type { BothApply } from './difference.ts'
import type { DomainOf } from './domain.ts'
import { and, encodeFacts, encodeTruth } from './encode.ts'
import type { Encoded, TruthText } from './encode.ts'
import { confirmed, differenceFrom, KINDS_OF_CHANGE } from './outcome-change.ts'
import type { Difference, OutcomeChange, Witness } from './outcome-change.ts'
import type { Links } from './links.ts'
import type { NodeReach } from './reach.ts'
import type { Solver } from './solver.ts'
import { tidyWitness } from './witness.ts'

type Pair = readonly [Condition, Condition]
/** Values, false where there are none, null where it was not decided. */
type Ask = (formula: string) => Promise<FactValues | false | null>

/** What is asked about: two conditions over one fact space, and what binds their facts. */
export interface Ground {
  readonly pair: Pair
  readonly domainOf: DomainOf
  readonly links: Links | null
}

type Kind = Pick<OutcomeChange, 'from' | 'to'>

export async function differenceBySolver(
  solver: Solver,
  before: Condition,
  after: Condition,
  domainOf: DomainOf,
  links: Links | null = null,
): Promise<Difference> {
  const question = questionOf(solver, { pair: [before, after], domainOf, links })
  const found: (FactValues | false | null)[] = []
  for (const kind of KINDS_OF_CHANGE) found.push(await question.ask(question.formulaOf(kind)))
  const changes: OutcomeChange[] = []
  for (const [index, kind] of KINDS_OF_CHANGE.entries())
    changes.push(changeOf(kind, await shrunk(question, kind, found[index] as FactValues | false | null)))
  return differenceFrom(changes)
}

/** Witnesses that were found without regard to definitions: each kept where a household can be so, else another or the proof of none. */
export async function heldDifference(solver: Solver, { changes }: Difference, ground: Ground): Promise<Difference> {
  const question = questionOf(solver, ground)
  const held: OutcomeChange[] = []
  for (const change of changes) held.push(change.witness ? changeOf(change, await heldWitness(question, change, change.witness)) : change)
  return differenceFrom(held)
}

export async function heldBoth(solver: Solver, witness: Witness, ground: Ground): Promise<BothApply> {
  return bothApply(await heldWitness(questionOf(solver, ground), BOTH, witness))
}

export async function bothBySolver(solver: Solver, ground: Ground): Promise<BothApply> {
  const question = questionOf(solver, ground)
  return bothApply(await shrunk(question, BOTH, await question.ask(question.formulaOf(BOTH))))
}

const BOTH: Kind = { from: 'eligible', to: 'eligible' }

/** A witness, false where none can be, null where it was not decided. */
type Held = Witness | false | null

const bothApply = (held: Held): BothApply =>
  held === null || held === false ? { possible: held, witness: null } : { possible: true, witness: held }

const changeOf = ({ from, to }: Kind, held: Held): OutcomeChange =>
  held === null || held === false
    ? { from, to, verdict: held === null ? 'not-decided' : 'none', witness: null }
    : { from, to, verdict: 'witness', witness: held }

interface Question extends Ground {
  readonly facts: Encoded
  readonly ask: Ask
  readonly formulaOf: (kind: Kind) => string
}

function questionOf(solver: Solver, ground: Ground): Question {
  const { pair, domainOf, links } = ground
  const facts = encodeFacts(pair[0].space, pair, domainOf, links)
  const [old, young] = pair.map(({ root, space }) => encodeTruth(root, space.types)) as [TruthText, TruthText]
  return { ...ground, facts, ask: askOf(solver, facts), formulaOf: ({ from, to }) => and([isOutcome(old, from), isOutcome(young, to)]) }
}

const askOf =
  (solver: Solver, { declarations, booleans, integers, read }: Encoded): Ask =>
  async (formula) => {
    const answer = await solver.ask({ text: `${declarations}(assert ${formula})`, booleans, integers })
    if (!answer || answer.verdict === null) return null
    return answer.verdict ? read(answer.values) : false
  }

/** Nothing with fewer facts can be, so where this one cannot the search begins above it. */
async function heldWitness(question: Question, kind: Kind, witness: Witness): Promise<Held> {
  const can = await question.ask(question.facts.is(witness.values))
  if (can === null) return witness
  if (can !== false) return { ...witness, isHeld: true }
  return shrunk(question, kind, await question.ask(question.formulaOf(kind)), witness.stated - 1)
}

/** Halves the number of stated facts between what is proven too few and what was found. */
async function shrunk(question: Question, kind: Kind, first: FactValues | false | null, tooFew = -1): Promise<Held> {
  if (first === null || first === false) return first
  const { ask, facts, formulaOf } = question
  let best = await shown(question, kind, first)
  while (tooFew + 1 < best.stated) {
    const middle = Math.floor((tooFew + best.stated) / 2)
    const next = await ask(and([formulaOf(kind), facts.atMost(middle)]))
    if (next === null) return { ...best, isSmallest: false }
    if (next === false) tooFew = middle
    else best = await shown(question, kind, next)
  }
  return best
}

/** With values next to the thresholds, where definitions allow that. */
async function shown({ ask, facts, pair, domainOf, links }: Question, kind: Kind, found: FactValues): Promise<Witness> {
  const tidy = tidyWitness(found, facts.slots, pair, domainOf)
  const isAllowed = links === null || links.slots.length === 0 || Boolean(await ask(facts.is(tidy)))
  return { ...confirmed(isAllowed ? tidy : found, pair, kind, domainOf, true), isHeld: links !== null }
}

const isOutcome = ({ isTrue, isFalse }: TruthText, outcome: Outcome): string =>
  outcome === 'eligible' ? isTrue : outcome === 'ineligible' ? isFalse : and([`(not ${isTrue})`, `(not ${isFalse})`])

/** Whether some household makes a part true, false, unknown; null where it was not decided. */
export async function reachBySolver(solver: Solver, condition: Condition, domainOf: DomainOf): Promise<readonly NodeReach[]> {
  const ask = askOf(solver, encodeFacts(condition.space, [condition], domainOf))
  const can = async (formula: string): Promise<boolean | null> => {
    const found = await ask(formula)
    return found === null ? null : found !== false
  }
  const reached: NodeReach[] = []
  for (const node of condition.nodes) {
    const { isTrue, isFalse } = encodeTruth(node, condition.space.types)
    const [canBeTrue, canBeFalse] = [await can(isTrue), await can(isFalse)]
    reached.push({ node, canBeTrue, canBeFalse, canBeUnknown: await can(`(not (or ${isTrue} ${isFalse}))`), isSuperfluous: null })
  }
  return reached
}
