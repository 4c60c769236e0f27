/** Who is told how a fact is spread: an organisation that was granted what it is computed from, for rows or aggregates; of facts that are not protected, also whoever writes rules. */
import type { ReadRights } from '../../access/grants/read-rights.ts'
import type { Principal } from '../../access/principal.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { columnsOfFacts } from '../../programmes/catalogue/fact-columns-read.ts'

export function maySeeDistribution(
  catalogue: Catalogue,
  fact: string,
  rights: ReadRights,
  { permissions }: Pick<Principal, 'permissions'>,
): boolean {
  const found = catalogue.facts.get(fact)
  if (!found) return false
  return (permissions.has('distributions:read') && !found.protected) || isGranted(catalogue, fact, rights)
}

/**
 * The fact itself, or every column and every fact that it is computed from. What has no registry is granted as a fact.
 * `drafted`: facts that a draft computes, which a grant of their name says nothing about.
 */
export function isGranted(catalogue: Catalogue, fact: string, rights: ReadRights, drafted?: ReadonlySet<string>): boolean {
  const found = catalogue.facts.get(fact)
  if (!found) return false
  if ((rights.facts.has(fact) && drafted?.has(fact) !== true) || found.definition.kind === 'parameter') return true
  const read = columnsOfFacts(catalogue, new Set([fact]))
  if (read.length + found.inputs.length === 0) return false
  return (
    read.every(({ registry, columns }) => {
      const granted = rights.columns(registry.id)
      return columns.length === 0 ? granted.size > 0 : columns.every(({ name }) => granted.has(name))
    }) && found.inputs.every((input) => isGranted(catalogue, input, rights, drafted))
  )
}
