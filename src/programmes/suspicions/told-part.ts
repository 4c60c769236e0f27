/** Parts of a condition as a finding names them: where they stand in the text that was written, and what they say in both languages. */
import { childrenOf } from '../../language/condition/condition.ts'
import type { Condition, ConditionNode } from '../../language/condition/condition.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { Words } from '../../language/fact-space.ts'
import { voice } from '../../language/messages.ts'
import { renderRequirement } from '../../language/rule/requirement.ts'

/** A part inside a shared definition is shown at the reference that brought it in. */
export function placesOf({ root }: Condition): ReadonlyMap<ConditionNode, string> {
  const places = new Map<ConditionNode, string>()
  const walk = (node: ConditionNode, reference: string | null): void => {
    places.set(node, reference ?? node.pointer)
    const below = reference ?? (node.kind === 'definition' ? `${node.pointer}/condition` : null)
    for (const child of childrenOf(node)) walk(child, below)
  }
  walk(root, null)
  return places
}

/** The comparison in words; of a group its name or its kind. */
export function toldPart(node: ConditionNode, condition: Condition): Words {
  const of = node.definition === null ? '' : quote(node.definition)
  const [inEn, inAr] = of === '' ? ['', ''] : [` (in the shared definition ${of})`, ` (في التعريف المشترك ${of})`]
  if (node.kind === 'leaf') {
    const { types } = condition.space
    const values = unknownValues(condition.space)
    const say = (language: 'en' | 'ar'): string =>
      `${types[node.slot]?.label[language]}: ${renderRequirement(node, true, types, values, voice(language))}`
    return { en: `“${say('en')}”${inEn}`, ar: `«${say('ar')}»${inAr}` }
  }
  const name = node.annotations.name ?? (node.kind === 'definition' ? node.refersTo : node.kind)
  return { en: `${quote(name)}${inEn}`, ar: `${quote(name)}${inAr}` }
}
