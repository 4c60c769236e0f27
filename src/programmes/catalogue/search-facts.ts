/** Facts by words in Arabic or English, over ids, labels, custodians, registries and columns; where nothing fits, by words that are nearly those. */
import type { Catalogue, CatalogueFact } from '../../language/catalogue/catalogue.ts'
import type { Words } from '../../language/fact-space.ts'
import { editDistance } from '../../language/nearest.ts'
import { searchWords } from '../../language/search-words.ts'
import { columnsRead } from './fact-columns-read.ts'

/** Where a word was found, the weightiest first. */
export const searchedFields = ['id', 'label', 'description', 'codes', 'custodian', 'registry', 'column'] as const
export type SearchedField = (typeof searchedFields)[number]

export interface FactFilters {
  readonly entity?: string
  readonly type?: string
  readonly custodian?: string
  readonly registry?: string
  readonly protected?: boolean
  readonly correctable?: boolean
  readonly deprecated?: boolean
}

export interface FoundFact {
  readonly fact: CatalogueFact
  readonly matched: readonly SearchedField[]
}

export interface FactSearch {
  /** Best first, then by id; all of them in order of id where no word is asked for. */
  readonly found: readonly FoundFact[]
  /** No fact has the words themselves: these have nearly the same. */
  readonly near: boolean
}

/** Every word must be found in a fact, each wherever it likes. `names`: of custodians. */
export function searchFacts(catalogue: Catalogue, q: string, filters: FactFilters, names: ReadonlyMap<string, Words>): FactSearch {
  const index = indexOf(catalogue)
  const words = [...new Set(searchWords(q))].slice(0, MOST_WORDS)
  const candidates = [...catalogue.facts.values()]
    .filter((fact) => fits(catalogue, fact, filters))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (words.length === 0) return { found: candidates.map((fact) => ({ fact, matched: [] })), near: false }
  const custodians = new Map([...names].map(([id, { en, ar }]) => [id, searchWords(`${en} ${ar}`)]))
  const ranked = (near: boolean): FoundFact[] => {
    const likeness = rememberedLikeness(near)
    return candidates
      .flatMap((fact) => {
        const fields = { ...index.get(fact.id), custodian: [...searchWords(fact.custodian), ...(custodians.get(fact.custodian) ?? [])] }
        const scored = scoreOf(fields, words, likeness)
        // Whoever types the id wants the fact.
        return scored === null ? [] : [{ fact, ...scored, score: scored.score + (isNamed(fact, q) ? NAMED : 0) }]
      })
      .toSorted((a, b) => b.score - a.score || (a.fact.id < b.fact.id ? -1 : 1))
      .map(({ fact, matched }) => ({ fact, matched }))
  }
  const found = ranked(false)
  return found.length > 0 ? { found, near: false } : { found: ranked(true), near: true }
}

const MOST_WORDS = 12
const NAMED = 1_000
const isNamed = ({ id }: CatalogueFact, q: string): boolean => id.toLowerCase() === q.trim().toLowerCase()

const WEIGHTS: Readonly<Record<SearchedField, number>> = { id: 6, label: 6, description: 3, codes: 2, custodian: 2, registry: 2, column: 1 }

type Fields = Readonly<Partial<Record<SearchedField, readonly string[]>>>

/** Null when a word is nowhere. */
function scoreOf(
  fields: Fields,
  words: readonly string[],
  likeness: Likeness,
): { readonly score: number; readonly matched: SearchedField[] } | null {
  const matched = new Set<SearchedField>()
  let score = 0
  for (const word of words) {
    let best = 0
    for (const field of searchedFields) {
      const fit = Math.max(0, ...(fields[field] ?? []).map((own) => likeness(word, own)))
      if (fit === 0) continue
      matched.add(field)
      best = Math.max(best, fit * WEIGHTS[field])
    }
    if (best === 0) return null
    score += best
  }
  return { score, matched: searchedFields.filter((field) => matched.has(field)) }
}

type Likeness = (word: string, own: string) => number

/** Facts share most of their words: each pair is compared once, whatever somebody searches for. */
function rememberedLikeness(near: boolean): Likeness {
  const known = new Map<string, Map<string, number>>()
  return (word, own) => {
    const of = known.get(word) ?? new Map<string, number>()
    known.set(word, of)
    const found = of.get(own) ?? likenessOf(word, own, near)
    of.set(own, found)
    return found
  }
}

/** The word itself, its beginning, a part of it; or, when asked for, one of nearly the same letters. */
function likenessOf(word: string, own: string, near: boolean): number {
  if (own === word) return 4
  if (own.startsWith(word)) return 3
  if (word.length >= 3 && own.includes(word)) return 2
  if (!near || word.length < 4) return 0
  const slips = word.length < 7 ? 1 : 2
  return Math.abs(own.length - word.length) <= slips && editDistance(word, own) <= slips ? 1 : 0
}

function fits(catalogue: Catalogue, fact: CatalogueFact, filters: FactFilters): boolean {
  const { entity, type, custodian, registry, deprecated } = filters
  return (
    (entity === undefined || fact.entity === entity) &&
    (type === undefined || fact.type === type) &&
    (custodian === undefined || fact.custodian.toUpperCase() === custodian.toUpperCase()) &&
    (registry === undefined || catalogue.sourcesOf(fact.id).includes(registry)) &&
    (filters.protected === undefined || fact.protected === filters.protected) &&
    (filters.correctable === undefined || fact.correctable === filters.correctable) &&
    (deprecated === undefined || (fact.deprecated !== null) === deprecated)
  )
}

const indexes = new WeakMap<Catalogue, ReadonlyMap<string, Fields>>()

function indexOf(catalogue: Catalogue): ReadonlyMap<string, Fields> {
  const found = indexes.get(catalogue) ?? new Map([...catalogue.facts.values()].map((fact) => [fact.id, fieldsOf(catalogue, fact)]))
  indexes.set(catalogue, found)
  return found
}

const ofWords = (words: Words | null): string => (words === null ? '' : `${words.en} ${words.ar}`)

function fieldsOf(catalogue: Catalogue, { id, label, description, codeLabels }: CatalogueFact): Fields {
  const read = columnsRead(catalogue, id)
  const unique = (...texts: readonly string[]): string[] => [...new Set(texts.flatMap(searchWords))]
  return {
    // Also as one word, for whoever types it without capitals.
    id: [...unique(id), id.toLowerCase()],
    label: unique(ofWords(label)),
    description: unique(ofWords(description)),
    codes: unique(...Object.values(codeLabels ?? {}).map(ofWords)),
    registry: unique(...read.flatMap(({ registry }) => [registry.id, ofWords(registry.label)])),
    column: unique(...read.flatMap(({ columns }) => columns.flatMap((column) => [column.name, ofWords(column.label)]))),
  }
}
