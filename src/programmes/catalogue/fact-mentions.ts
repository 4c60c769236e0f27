/** Where a policy text names facts: read from the text itself, so that drafts and versions of later days are searched like those in force. */
import { at } from '../../kernel/diagnostic.ts'

export interface Mention {
  readonly fact: string
  /** Into the text. */
  readonly pointer: string
  /** Of a catalogue's text, the fact whose definition names it; null elsewhere. */
  readonly inFact: string | null
}

/** A text as it was parsed; `known` says which words are ids of facts. A broken text names what can be read of it. */
export function factMentions(kind: string, json: unknown, known: (id: string) => boolean): Mention[] {
  if (kind === 'catalogue') return inDefinitions(json, known)
  if (!['rule', 'programme', 'formula', 'definition'].includes(kind)) return []
  return named(json, '', known).map((mention) => ({ ...mention, inFact: null }))
}

/** Under these a word is a name, a value or a law and never a fact that is read. */
const NOT_READ = new Set([
  'id',
  'name',
  'en',
  'ar',
  'legalBasis',
  'citation',
  'sources',
  'operator',
  'points',
  'codes',
  'parameter',
  'table',
  'registry',
  'column',
  'declared',
  'computed',
  'bands',
  'otherwise',
  'condition',
  'over',
  'function',
  'window',
  'date',
])

function inDefinitions(json: unknown, known: (id: string) => boolean): Mention[] {
  const facts: unknown = isObject(json) ? json['facts'] : undefined
  if (!Array.isArray(facts)) return []
  return facts.flatMap((fact: unknown, index) => {
    if (!isObject(fact)) return []
    const inFact = typeof fact['id'] === 'string' ? fact['id'] : null
    return named(fact['definition'], `/facts/${index}/definition`, known, true).map((mention) => ({ ...mention, inFact }))
  })
}

type Named = Pick<Mention, 'fact' | 'pointer'>

/** In rules a fact stands under `fact` or `by`; in definitions of facts any word may be one. */
function named(json: unknown, pointer: string, known: (id: string) => boolean, anywhere = false): Named[] {
  if (Array.isArray(json)) return json.flatMap((one: unknown, index) => entry(one, at(pointer, index), known, anywhere))
  if (!isObject(json)) return []
  return Object.entries(json).flatMap(([key, value]) => {
    if (NOT_READ.has(key)) return []
    // Within an aggregate of a registry's rows the words are the registry's columns.
    if (key === 'aggregate' && isObject(value) && isObject(value['over']) && 'registry' in value['over']) return []
    if (key === 'value' && !isObject(value)) return []
    return entry(value, at(pointer, key), known, anywhere || key === 'fact' || key === 'by')
  })
}

const entry = (value: unknown, pointer: string, known: (id: string) => boolean, isFact: boolean): Named[] =>
  typeof value === 'string' ? (isFact && known(value) ? [{ fact: value, pointer }] : []) : named(value, pointer, known, isFact)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
