/** What a person's access history needs of the rooms above the audit log. */
import { entityNames } from '../access/entities/entity-store.ts'
import type { HistoryDeps } from '../audit/history/routes.ts'
import type { AuditDeps } from '../audit/routes.ts'
import { subjectOfPerson } from '../data-protection/person-export/subject.ts'
import { processingRegister } from '../data-protection/processing/processing-records.ts'
import { factsAssembled } from '../determinations/facts-assembled.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import { personOf } from '../warehouse/identity-vault.ts'

/** A person is known by references of the vault, past ones too, and by households: what the rooms above the audit log know. */
export function historyDeps(audit: AuditDeps, versions: Versions): HistoryDeps {
  const { pool } = audit.database
  return {
    ...audit,
    subjectOf: async (nationalId) => {
      const personRef = await personOf(pool, nationalId)
      return personRef === null ? null : subjectOfPerson(pool, personRef)
    },
    entityNames: (ids) => entityNames(pool, ids),
    purposeWords: (stated) =>
      processingRegister.records.find(({ purpose }) => purpose.en === stated)?.purpose ?? { en: stated, ar: stated },
    factsOf: async (versionSet) => {
      // What was determined with versions that are not kept any more is told without its facts.
      const bundle = await versions.byHash(versionSet).catch(() => null)
      const { facts } = bundle?.catalogue ?? { facts: new Map<string, never>() }
      return [...(bundle ? factsAssembled(bundle) : [])].map((id) => ({ id, label: facts.get(id)?.label ?? { en: id, ar: id } }))
    },
  }
}
