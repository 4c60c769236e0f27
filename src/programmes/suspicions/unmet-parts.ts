/** Conditions that nobody in a snapshot fails, as warnings at their place. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import type { Words } from '../../language/fact-space.ts'
import { suspicion } from './suspicion-codes.ts'

export interface UnmetPart {
  /** Begins with the name of the rule's text. */
  readonly pointer: string
  readonly definition: string | null
  readonly because: Words | null
}

/** `asOf`: the snapshot's day, ISO. */
export const unmetParts = (parts: readonly UnmetPart[], asOf: string): Diagnostic[] =>
  parts.map(({ pointer, definition, because }) => {
    const [en, ar] = definition
      ? [quote(definition), quote(definition)]
      : [because ? quote(because.en) : 'this condition', because ? quote(because.ar) : 'هذا الشرط']
    return suspicion('excludes-nobody', pointer, {
      en: `nobody in the snapshot of ${asOf} fails ${en}: it keeps nobody out`,
      ar: `لا أحد في بيانات ${asOf} يُخفق في ${ar}: فهو لا يستبعد أحدًا`,
    })
  })
