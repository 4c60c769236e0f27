/** Facts that are on their way out, told wherever a text that is asked about reads them. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import { factMentions } from '../catalogue/fact-mentions.ts'
import { suspicion } from './suspicion-codes.ts'

/** Pointers are into the text. What a deprecated fact is itself computed from goes with it. */
export function suspiciousDeprecated({ facts }: Catalogue, kind: string, json: unknown): Diagnostic[] {
  const deprecated = (id: string) => facts.get(id)?.deprecated ?? null
  return factMentions(kind, json, (id) => deprecated(id) !== null).flatMap(({ fact, pointer, inFact }) => {
    const stated = deprecated(fact)
    if (stated === null || (inFact !== null && deprecated(inFact) !== null)) return []
    const { since, instead, because } = stated
    const words = {
      en: `${quote(fact)} is deprecated since ${since}: ${because.en}`,
      ar: `${quote(fact)} متوقف عن الاستعمال منذ ${since}: ${because.ar}`,
    }
    return suspicion('fact-deprecated', pointer, words, instead === null ? undefined : `use ${quote(instead)} instead`)
  })
}
