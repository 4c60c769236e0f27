/** Turns a trace into an explanation: the rule's tree with values, sources and distances, and sentences in English or Arabic. */
import { not, truthName, UNKNOWN } from '../../kernel/truth.ts'
import type { Truth } from '../../kernel/truth.ts'
import { childrenOf } from '../condition/condition.ts'
import type { Condition, ConditionNode, LeafNode } from '../condition/condition.ts'
import { noDefinitions } from '../condition/definition.ts'
import type { Definitions } from '../condition/definition.ts'
import type { FactType, FactValues } from '../fact-space.ts'
import { say, voice } from '../messages.ts'
import type { Digits, Language, Voice } from '../messages.ts'
import { renderInterval, renderList } from '../render-value.ts'
import { couldChange } from './could-change.ts'
import type { Change } from './could-change.ts'
import { missingFacts } from './missing.ts'
import { outcomeOf } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { renderDistance, renderRequirement, renderSources } from './requirement.ts'
import type { Provenance } from './requirement.ts'
import { decidingLeaves } from './trace.ts'

export interface ExplainInput {
  readonly condition: Condition
  readonly trace: Uint8Array
  readonly values: FactValues
  readonly provenance?: (factId: string) => readonly Provenance[]
  readonly definitions?: Definitions
  /** Facts that the family can have corrected; protected facts are never among them. */
  readonly isCorrectable?: (factId: string) => boolean
  readonly unknownInputs?: (factId: string) => readonly string[]
  readonly labelOf?: (factId: string) => string | undefined
  /** False for values that the reader may not see; the outcome is still shown. */
  readonly isVisible?: (factId: string) => boolean
  /** True for facts that the asking organisation is not granted: `trace` and `values` are then masked, so that nothing told depends on them. */
  readonly isWithheld?: (factId: string) => boolean
  /** What came out, where the masked trace leaves it open. */
  readonly outcome?: Outcome
}

/** `withheld`: it rests on facts that are not open to the organisation. */
export type ToldTruth = 'false' | 'unknown' | 'true' | 'withheld'

export interface LeafExplanation {
  readonly kind: 'leaf'
  readonly id: number
  readonly fact: string
  readonly label: string
  readonly value: string
  readonly source: string | null
  readonly requirement: string
  readonly truth: ToldTruth
  readonly distance: string | null
  readonly decided: boolean
  readonly because: string | null
  readonly citation: string | null
  readonly sentence: string
}

export interface GroupExplanation {
  readonly kind: 'all' | 'any'
  readonly id: number
  readonly name: string | null
  readonly label: string
  readonly truth: ToldTruth
  readonly because: string | null
  readonly citation: string | null
  readonly children: readonly ExplanationNode[]
}

export type ExplanationNode = LeafExplanation | GroupExplanation

export interface Explanation {
  readonly language: Language
  readonly outcome: Outcome
  readonly headline: string
  /** Headline, what decided it, what is missing and what could change it, ready to be read out. */
  readonly sentences: readonly string[]
  readonly tree: ExplanationNode
  readonly missing: readonly { readonly fact: string; readonly label: string }[]
  readonly couldChange: readonly { readonly fact: string; readonly sentence: string }[]
}

interface Teller extends ExplainInput {
  readonly how: Voice
  readonly deciding: ReadonlySet<number>
}

/** Explains one rule over one set of facts. Nodes under a `not` are told turned round, so that each line reads by itself. */
export function explain(input: ExplainInput, language: Language, digits?: Digits): Explanation {
  const how = voice(language, digits)
  const { condition, trace, values } = input
  const outcome = input.outcome ?? outcomeOf(trace[condition.root.id] as Truth)
  const rests = restsOnWithheld(input)
  const teller: Teller = { ...input, how, deciding: new Set(rests ? [] : decidingLeaves(condition, trace)) }
  const tree = tellNode(condition.root, true, teller)
  const decided = leavesOf(tree).filter((leaf) => leaf.decided)
  const missing =
    outcome !== 'undetermined'
      ? []
      : missingFacts(condition, trace, values, input.unknownInputs)
          .filter((fact) => input.isWithheld?.(fact) !== true)
          .map((fact) => ({ fact, label: labelOf(fact, teller) }))
  // Whether a correction would help tells of the facts beside it.
  const changes = condition.leaves.some((leaf) => isWithheldLeaf(leaf, teller)) ? [] : changesOf(teller)
  const headline = say(how, `headline.${outcome}`)
  const settle =
    missing.length === 0
      ? []
      : [
          say(how, 'missing.facts', {
            count: missing.length,
            facts: renderList(
              missing.map(({ label }) => label),
              how,
              'conjunction',
            ),
          }),
        ]
  const sentences = [
    headline,
    rests ? say(how, 'decided.withheld') : say(how, `decided.${outcome}`, { count: decided.length }),
    ...decided.map((leaf) => leaf.sentence),
    ...settle,
    ...changes.map((change) => change.sentence),
  ]
  return { language, outcome, headline, sentences, tree, missing, couldChange: changes }
}

/** Sentences of the first `most` leaves that decided, in the rule's order: a short answer that costs a fraction of the whole. */
export function tellDecided(input: ExplainInput, language: Language, most: number): string[] {
  if (restsOnWithheld(input)) return [say(voice(language), 'decided.withheld')]
  const teller: Teller = { ...input, how: voice(language), deciding: new Set(decidingLeaves(input.condition, input.trace)) }
  const told: string[] = []
  const visit = (node: ConditionNode, positive: boolean): void => {
    if (told.length === most) return
    if (node.kind === 'leaf') {
      if (teller.deciding.has(node.id)) told.push(sentenceOf(node, positive, teller))
    } else for (const child of childrenOf(node)) visit(child, node.kind === 'not' ? !positive : positive)
  }
  visit(input.condition.root, true)
  return told
}

/** Whether the outcome is known and what the organisation may see does not settle it. */
const restsOnWithheld = ({ condition, trace, outcome }: ExplainInput): boolean =>
  outcome !== undefined && outcome !== outcomeOf(trace[condition.root.id] as Truth)

/** Sentences without a source by leaf: most households share most of them. */
const sentences = new WeakMap<LeafNode, Map<string, string>>()
const MAX_SENTENCES_PER_LEAF = 1_000

function sentenceOf(leaf: LeafNode, positive: boolean, teller: Teller): string {
  const { values, trace, how, condition, isVisible, provenance } = teller
  const sources = provenance?.(condition.space.types[leaf.slot]?.id ?? '') ?? []
  if (sources.length > 0) return tellLeaf(leaf, positive, teller).sentence
  const right = leaf.operand.kind === 'fact' ? leaf.operand.slot : leaf.slot
  const ends = [leaf.slot, right].map(
    (slot) => `${isVisible?.(condition.space.types[slot]?.id ?? '')} ${values.lo[slot]} ${values.hi[slot]}`,
  )
  const key = `${how.locale} ${positive} ${isWithheldLeaf(leaf, teller)} ${trace[leaf.id]} ${ends.join(' ')}`
  const known = sentences.get(leaf) ?? new Map<string, string>()
  sentences.set(leaf, known)
  const sentence = known.get(key) ?? tellLeaf(leaf, positive, teller).sentence
  if (known.size >= MAX_SENTENCES_PER_LEAF) known.clear()
  known.set(key, sentence)
  return sentence
}

function tellNode(node: ConditionNode, positive: boolean, teller: Teller): ExplanationNode {
  if (node.kind === 'leaf') return tellLeaf(node, positive, teller)
  if (node.kind === 'not' && Object.keys(node.annotations).length === 0) return tellNode(node.child, !positive, teller)
  const { how, definitions = noDefinitions } = teller
  const isPair = node.kind === 'all' || node.kind === 'any'
  const kind = !isPair ? 'all' : (node.kind === 'all') === positive ? 'all' : 'any'
  const shared = node.kind === 'definition' ? definitions.get(node.refersTo)?.label[how.language] : undefined
  const label = shared === undefined ? say(how, `group.${kind}`) : positive ? shared : say(how, 'group.negated', { label: shared })
  return {
    kind,
    id: node.id,
    name: node.annotations.name ?? (node.kind === 'definition' ? node.refersTo : null),
    label,
    truth: toldTruth(node, positive, teller),
    ...reasonsOf(node, how),
    children: childrenOf(node).map((child) => tellNode(child, node.kind === 'not' ? !positive : positive, teller)),
  }
}

function tellLeaf(leaf: LeafNode, positive: boolean, teller: Teller): LeafExplanation {
  const { condition, values, how } = teller
  const type = condition.space.types[leaf.slot] as FactType
  const isVisible = teller.isVisible ?? (() => true)
  const rightSlot = leaf.operand.kind === 'fact' ? leaf.operand.slot : null
  const isWithheld = isWithheldLeaf(leaf, teller)
  const shown = !isWithheld && isVisible(type.id) && (rightSlot === null || isVisible((condition.space.types[rightSlot] as FactType).id))
  const truth = toldTruth(leaf, positive, teller)
  const unseen = say(how, isWithheld ? 'value.withheld' : 'value.hidden')
  const value = shown ? renderInterval(type, values.lo[leaf.slot] as number, values.hi[leaf.slot] as number, how) : unseen
  const distance = shown ? renderDistance(leaf, condition.space.types, values, how) : null
  const source = shown ? renderSources(teller.provenance?.(type.id) ?? [], how) : null
  const requirement = shown ? renderRequirement(leaf, positive, condition.space.types, values, how) : unseen
  const plain = say(how, `outcome.${truth}`)
  const outcome = distance === null ? plain : say(how, 'leaf.outcomeWithDistance', { outcome: plain, distance })
  const label = type.label[how.language]
  const words = { label, value, requirement, outcome }
  const sentence = source === null ? say(how, 'leaf.sentence', words) : say(how, 'leaf.sentenceWithSource', { ...words, source })
  const decided = teller.deciding.has(leaf.id)
  return {
    kind: 'leaf',
    id: leaf.id,
    fact: type.id,
    label,
    value,
    source,
    requirement,
    truth,
    distance,
    decided,
    ...reasonsOf(leaf, how),
    sentence,
  }
}

function changesOf(teller: Teller): readonly { readonly fact: string; readonly sentence: string }[] {
  const { condition, trace, values, isCorrectable = () => false, isVisible = () => true } = teller
  const told = couldChange({ condition, trace, values, isCorrectable })
    .filter(({ slot }) => isVisible((condition.space.types[slot] as FactType).id))
    .map((change) => ({ ...tellChange(change, teller), oneOf: change.oneOf }))
  const once = told.filter(({ sentence }, index) => told.findIndex((other) => other.sentence === sentence) === index)
  return once.map(({ fact, sentence, oneOf }) => {
    const isAlternative = oneOf !== null && once.filter((other) => other.oneOf === oneOf).length > 1
    return { fact, sentence: isAlternative ? say(teller.how, 'change.alternative', { sentence }) : sentence }
  })
}

function tellChange({ leaf, slot, positive, act }: Change, teller: Teller): { readonly fact: string; readonly sentence: string } {
  const { condition, values, how } = teller
  const type = condition.space.types[slot] as FactType
  const sources = teller.provenance?.(type.id) ?? []
  const words = {
    label: type.label[how.language],
    value: renderInterval(type, values.lo[slot] as number, values.hi[slot] as number, how),
    requirement: renderRequirement(leaf, positive, condition.space.types, values, how),
    custodian: sources.find((source) => source.custodian)?.custodian?.[how.language] ?? say(how, 'change.anyCustodian'),
  }
  const isDeclared = sources.length > 0 && sources.every((source) => source.declared === true)
  const id = act === 'provide' ? 'change.provide' : isDeclared ? 'change.declared' : 'change.correct'
  return { fact: type.id, sentence: say(how, id, words) }
}

/** Whether one of the facts that a leaf compares is withheld. */
function isWithheldLeaf({ slot, operand }: LeafNode, { condition, isWithheld }: Pick<ExplainInput, 'condition' | 'isWithheld'>): boolean {
  if (!isWithheld) return false
  const { types } = condition.space
  return [slot, ...(operand.kind === 'fact' ? [operand.slot] : [])].some((one) => isWithheld((types[one] as FactType).id))
}

/** What is open only because something below is withheld is said to be so. */
function toldTruth(node: ConditionNode, positive: boolean, teller: Teller): ToldTruth {
  const truth = turned(node, positive, teller)
  return truth === UNKNOWN && leavesBelow(node).some((leaf) => isWithheldLeaf(leaf, teller)) ? 'withheld' : truthName(truth)
}

const leavesBelow = (node: ConditionNode): readonly LeafNode[] => (node.kind === 'leaf' ? [node] : childrenOf(node).flatMap(leavesBelow))

const turned = (node: ConditionNode, positive: boolean, { trace }: Teller): Truth => {
  const truth = trace[node.id] as Truth
  return positive ? truth : not(truth)
}

const reasonsOf = (node: ConditionNode, how: Voice): { readonly because: string | null; readonly citation: string | null } => ({
  because: node.annotations.because?.[how.language] ?? null,
  citation: node.annotations.citation ?? null,
})

function labelOf(fact: string, { condition, how, labelOf: name }: Teller): string {
  const slot = condition.space.slot(fact)
  return name?.(fact) ?? (slot === undefined ? fact : (condition.space.types[slot] as FactType).label[how.language])
}

const leavesOf = (node: ExplanationNode): readonly LeafExplanation[] => (node.kind === 'leaf' ? [node] : node.children.flatMap(leavesOf))
