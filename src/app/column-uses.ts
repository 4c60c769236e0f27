/** Who, besides facts, speaks of a registry's columns: saved queries, and grants that are asked for or approved and not ended. */
import { standing } from '../access/grants/grant.ts'
import { grantsOfRegistry } from '../access/grants/grant-store.ts'
import { isoOfDay } from '../kernel/date.ts'
import { queriesReading } from '../queries/queries-reading.ts'
import type { DefineDeps } from '../warehouse/definitions/define-registry.ts'

export const columnUses =
  (today: () => Promise<number>): DefineDeps['usesOf'] =>
  async (transaction, registry, columns) => {
    const queries = await queriesReading(transaction, registry, columns)
    const grants = (await grantsOfRegistry(transaction, registry, isoOfDay(await today()))).flatMap((grant) => {
      const items = standing(grant)
      return columns.filter((column) => items.includes(column)).map((column) => ({ column, by: `grant ${grant.id}` }))
    })
    return [...queries, ...grants]
  }
