/** Which facts an organisation's people may see: granted as facts, or worked out from columns and facts that they may see anyway. */
import type { ReadRights } from '../../access/grants/read-rights.ts'
import { type Reads, readsOf } from '../../language/catalogue/assembly/reads.ts'
import type { Catalogue, CatalogueFact } from '../../language/catalogue/catalogue.ts'

/** `citizen`: the person whose household it is, of whom no organisation's grants withhold anything. */
export type Viewer = ReadRights | 'citizen'

/** Today's rights of an organisation, read at each request. */
export interface Viewing {
  readonly rights: (entity: string) => Promise<ReadRights>
}

export interface Eyes {
  readonly sees: (factId: string) => boolean
  /** Facts of the catalogue that are not seen; empty when everything is. */
  readonly withheld: ReadonlySet<string>
}

const everything: Eyes = { sees: () => true, withheld: new Set() }

/** Rights never change in place, nor do catalogues: what follows from both is worked out once. */
const known = new WeakMap<ReadRights, WeakMap<Catalogue, Map<string, Eyes>>>()

/**
 * For an answer about a programme. `asked`: of somebody who was asked for by number or by what was made of such a question; `listed`: of
 * whoever stands in a list, which needs a grant of rows that are not asked for one by one: the programme's applicants, or any.
 */
export function eyesOf(viewer: Viewer, catalogue: Catalogue, programme: string, rows: 'asked' | 'listed' = 'asked'): Eyes {
  if (viewer === 'citizen') return everything
  const catalogues = known.get(viewer) ?? new WeakMap<Catalogue, Map<string, Eyes>>()
  known.set(viewer, catalogues)
  const programmes = catalogues.get(catalogue) ?? new Map<string, Eyes>()
  catalogues.set(catalogue, programmes)
  const key = rows === 'asked' ? rows : `${rows} ${programme}`
  const eyes = programmes.get(key) ?? oneOf([...programmes.values()], look(viewer, catalogue, rows === 'asked' ? null : programme))
  programmes.set(key, eyes)
  return eyes
}

/** Where the same is withheld the eyes are the same, so that a household is masked once. */
const oneOf = (before: readonly Eyes[], eyes: Eyes): Eyes =>
  before.find(({ withheld }) => withheld.size === eyes.withheld.size && [...withheld].every((id) => eyes.withheld.has(id))) ?? eyes

/** `listedIn`: the programme whose list it is; null for somebody who was asked for. */
function look(rights: ReadRights, catalogue: Catalogue, listedIn: string | null): Eyes {
  const seen = new Map<string, boolean>()
  const sees = (id: string): boolean => {
    const before = seen.get(id)
    if (before !== undefined) return before
    const fact = catalogue.facts.get(id)
    const is = fact !== undefined && (rights.facts.has(id) || followsFrom(fact, { rights, catalogue, listedIn, sees }))
    seen.set(id, is)
    return is
  }
  return { sees, withheld: new Set([...catalogue.facts.keys()].filter((id) => !sees(id))) }
}

interface Sight {
  readonly rights: ReadRights
  readonly catalogue: Catalogue
  readonly listedIn: string | null
  readonly sees: (factId: string) => boolean
}

/** Whether somebody who may see what a fact is computed from knows it. What has no registry, answers of the form among them, is granted as a fact. */
function followsFrom({ id, definition, inputs }: CatalogueFact, sight: Sight): boolean {
  if (definition.kind === 'parameter') return true
  const { registries, foundBy } = readsOfFact(sight.catalogue, id)
  if (registries.length + foundBy.length + inputs.length === 0) return false
  const isRead = registries.every(({ registry, columns }) =>
    isGranted(
      sight,
      registry.id,
      columns.map(({ name }) => name),
    ),
  )
  // Who somebody's relatives are is told by the columns that name persons.
  const areFound = foundBy.every((registry) => {
    const columns = sight.catalogue.registries.get(registry)?.columns ?? []
    return isGranted(
      sight,
      registry,
      columns.filter(({ type }) => type === 'person').map(({ name }) => name),
    )
  })
  return isRead && areFound && inputs.every(sight.sees)
}

type FactReads = Pick<Reads, 'registries' | 'foundBy'>
const reads = new WeakMap<Catalogue, Map<string, FactReads>>()

/** The columns that a fact reads itself, once per catalogue: grants change more often. */
function readsOfFact(catalogue: Catalogue, id: string): FactReads {
  const facts = reads.get(catalogue) ?? new Map<string, FactReads>()
  reads.set(catalogue, facts)
  const found = facts.get(id) ?? readsOf(catalogue, new Set([id]))
  facts.set(id, found)
  return found
}

/** A count of rows names no column: whoever may read one column of a registry may count its rows. */
function isGranted({ rights, listedIn }: Sight, registry: string, columns: readonly string[]): boolean {
  const granted = rights.columns(registry)
  const read = columns.length === 0 ? [...granted].slice(0, 1) : columns
  if (read.length === 0 || !read.every((column) => granted.has(column))) return false
  return read.every((column) => {
    const scope = rights.rowScope(registry, column)
    if (scope.kind === 'applicants') return listedIn === null || scope.programmes.includes(listedIn)
    return scope.kind === 'listing' || (scope.kind === 'person' && listedIn === null)
  })
}
