/** A draft text of the catalogue put beside everything that is in force: which facts it adds or changes, and what they would read that is not read yet. */
import { canonicalJson } from '../../kernel/canonical.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { parseJsonText } from '../../language/json-text.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import type { Bundle } from '../bundle.ts'
import { compileBundle, type NumberedText } from '../compile-bundle.ts'
import { versionText } from '../version.ts'
import { columnsOfFacts, columnsRead, type RegistryColumnsRead } from './fact-columns-read.ts'
import { namesOf } from './columns-alone.ts'

export interface DraftFacts {
  /** Faults and warnings of the draft; pointers begin with its name. */
  readonly diagnostics: readonly Diagnostic[]
  readonly facts: readonly DraftFact[]
  /** Everything in force with the draft put in; absent when that does not compile. */
  readonly bundle?: Bundle
}

export interface DraftFact {
  readonly id: string
  readonly change: 'new' | 'changed'
  readonly read: readonly RegistryColumnsRead[]
  /** Facts that nothing assembles today, beside itself. */
  readonly alsoComputed: readonly string[]
}

/** The name of a draft that takes the place of nothing. */
export const DRAFT_ID = 'draft'

/** `texts`: of everything in force; `replaces`: the id of the catalogue's text that the draft stands for. */
export function draftFacts(
  texts: readonly NumberedText[],
  { source, replaces }: { readonly source: string; readonly replaces: string | null },
  assembled: ReadonlySet<string>,
): DraftFacts {
  const { value, diagnostics: unread } = parseJsonText(source)
  const id = replaces ?? DRAFT_ID
  if (unread.length > 0) return { diagnostics: unread.map((one) => ({ ...one, pointer: `catalogue/${id}#${one.pointer}` })), facts: [] }
  const before = texts.find((text) => text.kind === 'catalogue' && text.id === replaces)
  const draft = { ...versionText('catalogue', id, source, value), version: (before?.version ?? 0) + 1 }
  const { bundle, diagnostics } = compileBundle([...texts.filter((text) => text !== before && text.kind !== 'cases'), draft])
  if (!bundle) return { diagnostics, facts: [] }
  const { catalogue } = bundle
  const known = entriesOf(texts)
  const facts = [...entriesOf([draft])].flatMap(([fact, entry]): DraftFact[] => {
    const old = known.get(fact)
    if (old === entry) return []
    const alsoComputed = [...closureOf(catalogue, [fact])].filter((one) => one !== fact && !assembled.has(one)).toSorted()
    return [{ id: fact, change: old === undefined ? 'new' : 'changed', read: columnsRead(catalogue, fact), alsoComputed }]
  })
  return { diagnostics, facts, bundle }
}

/** Entries of the catalogue's texts as canonical JSON, by fact. */
function entriesOf(texts: readonly NumberedText[]): Map<string, string> {
  return new Map(
    texts
      .filter(({ kind }) => kind === 'catalogue')
      .flatMap(({ json }) =>
        (json as { readonly facts: readonly { readonly id: string }[] }).facts.map((fact) => [fact.id, canonicalJson(fact)]),
      ),
  )
}

/** Columns, as `registry.column`, and registries that what is assembled comes from. */
export function readToday({ catalogue }: Pick<Bundle, 'catalogue'>, assembled: ReadonlySet<string>) {
  const read = columnsOfFacts(catalogue, assembled)
  return { columns: namesOf(read), registries: new Set(read.map(({ registry }) => registry.id)) }
}
