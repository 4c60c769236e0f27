/** Parts of a condition that contradict, hold always, repeat or add nothing: proven, not guessed. */
import { canonicalJson } from '../../kernel/canonical.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { childrenOf } from '../../language/condition/condition.ts'
import type { Condition, ConditionNode } from '../../language/condition/condition.ts'
import type { Words } from '../../language/fact-space.ts'
import { diagramsOf, orTooLarge, SMALL_EFFORT } from '../difference/condition-diagram.ts'
import type { Effort } from '../difference/condition-diagram.ts'
import type { DomainOf } from '../difference/domain.ts'
import { reachByDiagrams } from '../difference/reach.ts'
import type { NodeReach } from '../difference/reach.ts'
import { meaningOfNode } from '../difference/term-meaning.ts'
import { suspicion } from './suspicion-codes.ts'
import { placesOf, toldPart } from './told-part.ts'

/** Pointers are into the text that holds the condition. */
export function suspiciousParts(condition: Condition, domainOf: DomainOf, effort: Effort = SMALL_EFFORT): Diagnostic[] {
  const repeated = repeatedParts(condition.root)
  const places = placesOf(condition)
  const place = (node: ConditionNode): string => places.get(node) as string
  const found = [...repeated].map((node) => {
    const { en, ar } = toldPart(node, condition)
    return suspicion('part-repeated', place(node), { en: `${en} stands here a second time`, ar: `ورد ${ar} هنا مرة ثانية` }, 'remove it')
  })
  const reached = reachByDiagrams(condition, domainOf, effort)
  if (reached === null) return [...found, notDecided(condition.root.pointer)]
  const of = new Map(reached.map((one) => [one.node, one]))
  const parents = new Map(condition.nodes.flatMap((parent) => childrenOf(parent).map((child) => [child, parent] as const)))
  for (const node of condition.nodes) {
    const one = of.get(node) as NodeReach
    const { en, ar } = toldPart(node, condition)
    if (isConstant(one) && !isAnyCode(one) && !childrenOf(node).some((child) => holdsConstant(child, of))) {
      found.push(one.canBeTrue ? neverFalse(one, place(node), { en, ar }) : neverTrue(place(node), { en, ar }))
    }
    if (one.isSuperfluous && !repeated.has(node) && !isBesideConstant(node, parents, of)) {
      const words = { en: `nothing is decided otherwise without ${en}`, ar: `لا تتغير أي نتيجة دون ${ar}` }
      found.push(suspicion('part-superfluous', place(node), words, 'remove it, or mend what makes it superfluous'))
    }
  }
  return unique(found)
}

/** Of priority tiers in their order, those that nobody reaches. */
export function unreachedTiers(tiers: readonly { readonly condition: Condition }[], domainOf: DomainOf, effort = SMALL_EFFORT): number[] {
  if (tiers.length < 2) return []
  const made = diagramsOf(
    tiers.map(({ condition }) => condition),
    domainOf,
    effort,
  )
  const { of, roots } = made ?? { of: null, roots: [] }
  const unreached =
    of &&
    orTooLarge(() => {
      const [first, ...rest] = roots as [number, ...number[]]
      let earlier = first
      return rest.flatMap((own, index) => {
        const both = of.pair(earlier, own)
        earlier = of.greater(earlier, own)
        const isReached = of.reaches(both, 2) || of.reaches(both, 5)
        return of.reaches(own, 2) && !isReached ? [index + 1] : []
      })
    })
  return unreached ?? []
}

const neverTrue = (pointer: string, { en, ar }: Words): Diagnostic =>
  suspicion('part-never-true', pointer, { en: `${en} is never true`, ar: `لا يُستوفى ${ar} أبدًا` })

/** A condition that nobody fails may still be meant: it leaves undetermined whoever's value is not known. */
const neverFalse = ({ canBeUnknown }: NodeReach, pointer: string, { en, ar }: Words): Diagnostic =>
  suspicion('part-never-false', pointer, {
    en: `${en} is never false${canBeUnknown ? ', only true or unknown' : ''}`,
    ar: `لا يمكن ألا يُستوفى ${ar}${canBeUnknown ? '، فهو إما مستوفى وإما غير معلوم' : ''}`,
  })

const notDecided = (pointer: string): Diagnostic =>
  suspicion('parts-not-decided', pointer, {
    en: 'this condition is too large to look for contradictory and superfluous parts',
    ar: 'هذا الشرط أكبر من أن تُفحص تناقضاته وأجزاؤه الزائدة',
  })

/** A list of every code is how a rule says "wherever, as long as it is known". */
const isAnyCode = ({ node, canBeTrue }: NodeReach): boolean => node.kind === 'leaf' && node.operator === 'in' && canBeTrue === true

const isConstant = ({ canBeTrue, canBeFalse }: NodeReach): boolean => canBeTrue === false || canBeFalse === false

function holdsConstant(node: ConditionNode, of: ReadonlyMap<ConditionNode, NodeReach>): boolean {
  return isConstant(of.get(node) as NodeReach) || childrenOf(node).some((child) => holdsConstant(child, of))
}

/** A contradiction makes all beside it superfluous: then it is told and they are not. */
function isBesideConstant(
  node: ConditionNode,
  parents: ReadonlyMap<ConditionNode, ConditionNode>,
  of: ReadonlyMap<ConditionNode, NodeReach>,
): boolean {
  const parent = parents.get(node)
  return parent === undefined || holdsConstant(parent, of)
}

/** Conditions that mean the same by their text, whatever they are called; each but the first. */
function repeatedParts(node: ConditionNode): Set<ConditionNode> {
  const children = childrenOf(node)
  const seen = new Set<string>()
  const repeated = new Set<ConditionNode>()
  for (const child of children) {
    const text = canonicalJson(meaningOfNode(child))
    if (seen.has(text)) repeated.add(child)
    else for (const one of repeatedParts(child)) repeated.add(one)
    seen.add(text)
  }
  return repeated
}

/** One finding of a code at one place: a definition may hold several. */
function unique(found: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return found.filter(({ code, pointer }) => !seen.has(at(code, pointer)) && seen.add(at(code, pointer)))
}
