/** Facts that a change takes out of the catalogue while something still reads them: refused, with the users named. */
import type { Diagnostic } from '../../../kernel/diagnostic.ts'
import { finding, quote } from '../../../language/diagnostic-codes.ts'
import { factMentions } from '../../catalogue/fact-mentions.ts'

interface Text {
  readonly kind: string
  readonly id: string
  readonly version: number
  readonly json: unknown
}

const USERS_NAMED = 20

/** `before` and `after`: everything in force on the day without the change and with it. */
export function retiredInUse(before: readonly Text[], after: readonly Text[]): Diagnostic[] {
  const kept = new Set(after.flatMap(factsOf))
  return before.flatMap((text) => {
    const gone = factsOf(text).filter((id) => !kept.has(id))
    const now = after.find(({ kind, id }) => kind === 'catalogue' && id === text.id)
    const place = now ? `catalogue/${now.id}/${now.version}#/facts` : `catalogue/${text.id}#`
    return gone.flatMap((id) => {
      const users = after.flatMap(({ kind, id: of, version, json }) =>
        factMentions(kind, json, (word) => word === id).map(({ inFact }) => inFact ?? `${kind}/${of}/${version}`),
      )
      const named = [...new Set(users)]
      if (named.length === 0) return []
      const more = named.length > USERS_NAMED ? ` and ${named.length - USERS_NAMED} more` : ''
      const message = `${quote(id)} is taken out, and read by ${named.slice(0, USERS_NAMED).join(', ')}${more}`
      return finding('fact-in-use', place, message, { hint: 'state it as deprecated, and take it out once nothing reads it' })
    })
  })
}

/** Ids that a catalogue's text states; none of any other. */
function factsOf({ kind, json }: Pick<Text, 'kind' | 'json'>): string[] {
  const { facts } = (kind === 'catalogue' ? (json ?? {}) : {}) as { readonly facts?: unknown }
  if (!Array.isArray(facts)) return []
  return facts.flatMap((fact: unknown) => {
    const { id } = (fact ?? {}) as { readonly id?: unknown }
    return typeof id === 'string' ? [id] : []
  })
}
