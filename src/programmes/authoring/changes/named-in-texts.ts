/** What texts call themselves and each other: ids stated inside, and rules that no programme names. */
import { quote } from '../../../language/diagnostic-codes.ts'
import type { NumberedText } from '../../compile-bundle.ts'
import type { AuthoredKind } from '../drafts/authored-kinds.ts'

/** The id that a text states of itself, with its place; undefined where the kind states none. */
export function statedId(kind: AuthoredKind, json: unknown): StatedId | undefined {
  const stated = (json ?? {}) as Readonly<Record<string, unknown>>
  const at = (key: string, prefix = ''): StatedId | undefined =>
    Object.hasOwn(stated, key) ? { id: `${prefix}${spoken(stated[key])}`, pointer: `/${key}` } : undefined
  if (kind === 'cases') return at('programme', 'programme/') ?? formulaOfCases(stated['formula'])
  return kind === 'catalogue' || kind === 'codeLists' || kind === 'parameter' ? undefined : at('id')
}

function formulaOfCases(formula: unknown): StatedId | undefined {
  const { id } = (formula ?? {}) as { readonly id?: unknown }
  return id === undefined ? undefined : { id: `formula/${spoken(id)}`, pointer: '/formula/id' }
}

export interface StatedId {
  readonly id: string
  readonly pointer: string
}

const spoken = (id: unknown): string => (typeof id === 'string' ? id : quote(id))

/** New versions of rules that would decide nothing. */
export function unnamedRules(all: readonly NumberedText[], versions: readonly NumberedText[]): NumberedText[] {
  const named = new Set(
    all
      .filter(({ kind }) => kind === 'programme')
      .map(({ json }) => (json as { readonly rule?: { readonly id?: unknown; readonly version?: unknown } }).rule)
      .map((rule) => `${String(rule?.id)}/${String(rule?.version)}`),
  )
  return versions.filter(({ kind, id, version }) => kind === 'rule' && !named.has(`${id}/${version}`))
}

/** The texts as if the programme of each such rule named it, so that what is wrong with the rule is found all the same. */
export function asIfNamed(all: readonly NumberedText[], rules: readonly NumberedText[]): NumberedText[] {
  return all.map((text) => {
    const rule = text.kind === 'programme' ? rules.find(({ id }) => id === text.id) : undefined
    if (!rule) return text
    const json = { ...(text.json as object), rule: { id: rule.id, version: rule.version } }
    return { ...text, json, source: JSON.stringify(json) }
  })
}
