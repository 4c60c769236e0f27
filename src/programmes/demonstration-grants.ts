/** Grants to try the service with on invented data: what the operator sees, and what the shipped programmes use. Labelled as illustrative. */
import type { NewGrant } from '../access/grants/grant.ts'
import { insertApproved } from '../access/grants/grant-store.ts'
import type { Grants } from '../access/grants/open-grants.ts'
import { listRegistry } from '../access/grants/ranked-lists.ts'
import { OPERATOR } from '../access/operator.ts'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import type { RegistryDefinition } from '../warehouse/registry-definition.ts'
import type { Bundle } from './bundle.ts'
import { factsUsed } from './facts-granted.ts'

const ILLUSTRATIVE = {
  illustrative: true,
  legalBasis: 'Illustrative: invented data, no law is needed. بيانات مصطنعة للتوضيح لا تحتاج إلى سند قانوني.',
  to: null,
  requestedBy: 'system: demonstration',
} as const
const seen = { ...ILLUSTRATIVE, consumer: OPERATOR, decideOnly: false, purpose: 'trying the service out on invented data' } as const

/** The operator sees of each registry the columns that are not protected, of a person whose number it gives, and every fact and list; agencies use what their rules use, and see their lists. */
export function demonstrationGrants(bundle: Bundle, definitions: readonly RegistryDefinition[], from: string): NewGrant[] {
  const columns = definitions.map(({ id, custodian, columns }): NewGrant => ({
    ...seen,
    custodian,
    registry: id,
    items: columns.flatMap((column) => (column.protected ? [] : [column.name])),
    rows: { kind: 'person' },
    from,
  }))
  const custodianOf = (fact: string): string => bundle.catalogue.facts.get(fact)?.custodian ?? ''
  const ofFacts = (grant: Omit<NewGrant, 'custodian' | 'registry' | 'items' | 'rows' | 'from'>, facts: readonly string[]): NewGrant[] =>
    [...new Set(facts.map(custodianOf))].map((custodian) => ({
      ...grant,
      custodian,
      registry: null,
      rows: null,
      items: facts.filter((fact) => custodianOf(fact) === custodian),
      from,
    }))
  const used = bundle.programmes.flatMap((compiled) => {
    const { id, agency } = compiled.programme.source
    const purpose = `Determining who may be eligible for ${id}. تحديد من قد يستحق ${id}.`
    return ofFacts({ ...ILLUSTRATIVE, consumer: agency, decideOnly: true, purpose }, [...factsUsed(compiled)])
  })
  const lists = bundle.programmes.flatMap(({ id, programme: { source } }) =>
    [...new Set([source.agency, OPERATOR])].map((consumer): NewGrant => {
      const { id: registry, custodian, columns } = listRegistry(id, source.agency)
      return { ...seen, consumer, custodian, registry, items: columns.map(({ name }) => name), rows: { kind: 'listing' }, from }
    }),
  )
  return [...columns.filter(({ items }) => items.length > 0), ...ofFacts(seen, [...bundle.catalogue.facts.keys()]), ...used, ...lists]
}

/** Only while there are invented data and no others, and before anybody made a grant; false when there was nothing to do. */
export async function giveDemonstrationGrants(
  database: Database,
  grants: Pick<Grants, 'reconcile'>,
  made: () => Promise<readonly NewGrant[]>,
): Promise<boolean> {
  if (!(await isDue(database.pool))) return false
  const wanted = await made()
  return database.transaction(async ({ client }) => {
    await client.query('lock table data_grant in share row exclusive mode')
    if (!(await isDue(client))) return false
    await insertApproved(client, wanted, 'system: demonstration data')
    for (const consumer of [...new Set(wanted.map((grant) => grant.consumer))].toSorted()) {
      await grants.reconcile(client, consumer)
      await recordEvent(client, {
        action: 'grant.demonstration',
        actor: 'system',
        entity: OPERATOR,
        purpose: 'trying the service out on invented data',
        requestId: 'first start',
        outcome: `approved: ${wanted.filter((grant) => grant.consumer === consumer).length} illustrative grants`,
        objects: [`consumer:${consumer}`],
      })
    }
    return true
  })
}

async function isDue(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ due: boolean }>(
    `select exists (select from warehouse.load where loaded_at is not null) and not exists (select from warehouse.load where kind <> 'synthetic')
       and not exists (select from data_grant) as due`,
  )
  return rows[0]?.due === true
}
