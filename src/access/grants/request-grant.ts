/** Asking for a grant: by the consumer, or offered by somebody of the custodian's; in force only when another person of the custodian's approves. */
import { recordEvent } from '../../audit/audit-event.ts'
import { problem } from '../../kernel/problem.ts'
import type { Principal } from '../principal.ts'
import { actsFor } from './custody.ts'
import type { Grant, NewGrant } from './grant.ts'
import type { Audit, GrantDeps } from './grant-deps.ts'
import { insertGrant, readGrant, readGrantStamp } from './grant-store.ts'
import { operationNamed } from './operations.ts'
import { isList } from './ranked-lists.ts'
import type { RowScope } from './read-rights.ts'

/** Columns of a registry, an operation's columns, or facts. */
export interface GrantWish {
  readonly consumer?: string
  readonly registry?: string
  readonly columns?: readonly string[]
  readonly operation?: string
  readonly facts?: readonly string[]
  readonly decideOnly?: boolean
  readonly rows?: { readonly scope: RowScope['kind']; readonly programmes?: readonly string[] }
  readonly purpose: string
  readonly legalBasis: string
  readonly from?: string
  readonly to?: string
}

export async function requestGrant(deps: GrantDeps, principal: Principal, wish: GrantWish, audit: Audit): Promise<Grant> {
  const { database, timeZone } = deps
  const consumer = wish.consumer ?? principal.entity
  if (!(await deps.isEntity(consumer))) throw invalid('/consumer', 'the id of an entity')
  assertWithoutNumbers(wish)
  const { day } = await readGrantStamp(database.pool, consumer, timeZone)
  const from = wish.from ?? day
  if (wish.to !== undefined && (wish.to <= from || wish.to <= day)) throw invalid('/to', 'a day after `from` and after today')
  const named = await namedIn(deps, consumer, wish)
  if (!actsFor(principal, consumer) && !actsFor(principal, named.custodian))
    throw problem('approver-entity', { expected: `${consumer} or ${named.custodian}` })
  const { purpose, legalBasis, to = null } = wish
  const asked: NewGrant = { consumer, ...named, purpose, legalBasis, illustrative: false, from, to, requestedBy: principal.id }
  return database.transaction(async ({ client }) => {
    const id = await insertGrant(client, asked)
    await recordEvent(
      client,
      audit({ action: 'grant.requested', outcome: 'requested', read: idsOf(asked), objects: [`grant:${id}`, `consumer:${consumer}`] }),
    )
    return (await readGrant(client, id)) as Grant
  })
}

/** Columns as `registry.column`, facts by their names. */
export const idsOf = ({ registry, items }: Pick<NewGrant, 'registry' | 'items'>): string[] =>
  items.map((item) => (registry === null ? item : `${registry}.${item}`))

const invalid = (pointer: string, expected: string): Error => problem('grant-invalid', { pointer, expected })

/** Whoever reads a grant may read these words: no number of a person belongs there. */
function assertWithoutNumbers({ purpose, legalBasis }: GrantWish): void {
  for (const [pointer, text] of [
    ['/purpose', purpose],
    ['/legalBasis', legalBasis],
  ] as const) {
    if (/(?:\p{Nd}[\s.-]?){9}/u.test(text)) throw invalid(pointer, 'words, without a number of a person')
    if (text.trim() === '') throw invalid(pointer, 'words')
  }
}

type Named = Pick<NewGrant, 'custodian' | 'registry' | 'items' | 'rows' | 'decideOnly'>

async function namedIn(deps: GrantDeps, consumer: string, wish: GrantWish): Promise<Named> {
  const ways = [wish.registry, wish.operation, wish.facts].filter((way) => way !== undefined)
  if (ways.length !== 1) throw invalid('', 'one of `registry` with `columns`, `operation`, `facts`')
  if (wish.facts) return factsIn(deps, wish, wish.facts)
  if (wish.decideOnly) throw invalid('/decideOnly', 'with `facts` only')
  const operation = wish.operation === undefined ? undefined : operationNamed(wish.operation)
  if (wish.operation !== undefined && !operation) throw invalid('/operation', 'one of GET /v1/grants/operations')
  if (operation && wish.columns) throw invalid('/columns', 'none: the operation names them')
  const id = operation?.registry ?? wish.registry
  const registry = (await deps.registries()).find((one) => one.id === id)
  if (!registry) throw invalid(operation ? '/operation' : '/registry', 'the id of a registry')
  const items = operation?.columns ?? wish.columns ?? []
  if (items.length === 0) throw invalid('/columns', 'at least one column')
  items.forEach((item, index) => {
    if (!registry.columns.some(({ name }) => name === item)) throw invalid(`/columns/${index}`, 'a column of the registry')
  })
  return {
    custodian: registry.custodian,
    registry: registry.id,
    items,
    rows: isList(registry.id) ? listRows(wish.rows) : await rowsIn(deps, consumer, wish.rows),
    decideOnly: false,
  }
}

async function factsIn(deps: GrantDeps, wish: GrantWish, facts: readonly string[]): Promise<Named> {
  if (wish.columns) throw invalid('/columns', 'with `registry` only')
  if (wish.rows) throw invalid('/rows', 'with `registry` or `operation` only')
  const custodians = await deps.factCustodians()
  const [first] = facts
  const custodian = custodians.get(first ?? '')
  facts.forEach((fact, index) => {
    const own = custodians.get(fact)
    if (own === undefined) throw invalid(`/facts/${index}`, 'a fact of the catalogue')
    if (own !== custodian) throw invalid(`/facts/${index}`, 'facts of one custodian: ask each custodian for its own')
  })
  if (custodian === undefined) throw invalid('/facts', 'at least one fact')
  return { custodian, registry: null, items: facts, rows: null, decideOnly: wish.decideOnly ?? false }
}

/** A list is read as a list. */
function listRows({ scope, programmes }: NonNullable<GrantWish['rows']> = { scope: 'listing' }): RowScope {
  if (programmes || (scope !== 'listing' && scope !== 'none')) throw invalid('/rows/scope', '`listing` or `none` for a ranked list')
  return { kind: scope }
}

/** Of the persons whose number is given unless more or less is asked for; applicants are those of the consumer's own programmes. */
async function rowsIn(deps: GrantDeps, consumer: string, rows: GrantWish['rows'] = { scope: 'person' }): Promise<RowScope> {
  if (rows.scope !== 'applicants') {
    if (rows.programmes) throw invalid('/rows/programmes', 'with the scope `applicants` only')
    return { kind: rows.scope }
  }
  const own = await deps.programmesOf(consumer)
  const programmes = rows.programmes ?? own
  if (programmes.length === 0) throw invalid('/rows/programmes', 'a programme of the consumer: it has none')
  programmes.forEach((programme, index) => {
    if (!own.includes(programme)) throw invalid(`/rows/programmes/${index}`, 'a programme of the consumer')
  })
  return { kind: 'applicants', programmes: [...new Set(programmes)].toSorted() }
}
