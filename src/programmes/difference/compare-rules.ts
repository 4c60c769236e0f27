/** Two rules compared, whether stored or sent, by the facts and definitions of a set of versions. */
import { problem } from '../../kernel/problem.ts'
import { parseRule } from '../../language/rule/check.ts'
import type { Rule } from '../../language/rule/check.ts'
import type { Bundle } from '../bundle.ts'
import { programmeOf } from '../bundle.ts'
import { compareFormulas } from './compare-formulas.ts'
import { compareTiersOf } from './compare-tiers.ts'
import { differenceOf, PATIENCE } from './difference.ts'
import { inSameSpace } from './same-space.ts'
import type { Side } from './same-space.ts'
import { toldDifference } from './told-difference.ts'

export type Unit = 'household' | 'person'

/** Throws `rule-not-comparable` with every fault of the text; `pointer` is where it stands in the request. */
export function ruleOf(bundle: Bundle, source: string, unit: Unit, pointer: string): Rule {
  const { rule, diagnostics } = parseRule(source, ruleContext(bundle, unit))
  if (rule) return rule
  const errors = diagnostics.filter(({ severity }) => severity === 'error').slice(0, ERRORS_SHOWN)
  throw problem('rule-not-comparable', { pointer, errors })
}

const ERRORS_SHOWN = 100

export const ruleContext = ({ catalogue, definitions }: Bundle, unit: Unit) => ({
  space: unit === 'person' ? catalogue.personWithHousehold : catalogue.household,
  definitions,
})

/** Of the programme that uses the rule; a rule that none uses speaks of households. */
export const unitOf = ({ programmes }: Bundle, rule: string): Unit =>
  programmes.find(({ ruleRef }) => ruleRef.id === rule)?.programme.source.unit ?? 'household'

export interface Compared {
  readonly bundle: Bundle
  readonly before: Rule
  readonly after: Rule
  /** Day number. */
  readonly asOf: number
}

export async function compareRules({ bundle, before, after, asOf }: Compared, patience = PATIENCE) {
  const { catalogue } = bundle
  return compareSides({ condition: before.condition, catalogue }, { condition: after.condition, catalogue }, { bundle, asOf }, patience)
}

interface Ground {
  /** Whose definitions and labels are told. */
  readonly bundle: Bundle
  readonly asOf: number
}

async function compareSides(before: Side, after: Side, { bundle, asOf }: Ground, patience = PATIENCE) {
  const { catalogue, definitions } = bundle
  const same = inSameSpace(before, after, [asOf, asOf])
  const difference = await differenceOf(same.before, same.after, same.domainOf, patience, same.links)
  return toldDifference(difference, { ...same, catalogue, definitions, asOf })
}

/** Of each programme in both bundles: what its outcomes, scores and priorities differ in, by everything that changes together. */
export async function compareBundles(
  before: Bundle | null,
  after: Bundle,
  programmes: readonly string[],
  asOf: number,
  patience = PATIENCE,
) {
  const told = []
  for (const id of programmes) {
    const [old, young] = [before && programmeOf(before, id), programmeOf(after, id)]
    if (!before || !old || !young) {
      told.push({ programme: id, difference: null, scores: null, tiers: null })
      continue
    }
    const [was, is] = [before.catalogue, after.catalogue]
    const rules = [
      { condition: old.rule.condition, catalogue: was },
      { condition: young.rule.condition, catalogue: is },
    ] as const
    const scores =
      old.formula && young.formula
        ? await compareFormulas({ formula: old.formula.formula, catalogue: was }, { formula: young.formula.formula, catalogue: is }, asOf)
        : null
    const tiers = compareTiersOf({ tiers: old.programme.tiers, catalogue: was }, { tiers: young.programme.tiers, catalogue: is }, asOf)
    told.push({ programme: id, difference: await compareSides(...rules, { bundle: after, asOf }, patience), scores, tiers })
  }
  return told
}
