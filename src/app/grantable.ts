/** What can be granted: columns of registries in force, facts, and the programmes' published lists. */
import type { GrantDeps } from '../access/grants/grant-deps.ts'
import { listRegistry } from '../access/grants/ranked-lists.ts'
import { Problem } from '../kernel/problem.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import type { Registries } from '../warehouse/definitions/registries-in-force.ts'

/** Before anything is in force that is registries alone. */
export function grantable(
  versions: Versions,
  today: () => Promise<number>,
  registries: Pick<Registries, 'all'>,
): Pick<GrantDeps, 'registries' | 'factCustodians' | 'programmesOf'> {
  const now = async (): Promise<Pick<Bundle, 'catalogue' | 'programmes'> | null> =>
    versions.inForce(await today()).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'nothing-in-force') return null
      throw error
    })
  return {
    registries: async () => [
      ...(await registries.all()),
      ...((await now())?.programmes ?? []).map(({ id, programme }) => listRegistry(id, programme.source.agency)),
    ],
    factCustodians: async () => new Map([...((await now())?.catalogue.facts ?? [])].map(([id, { custodian }]) => [id, custodian])),
    programmesOf: async (entity) =>
      ((await now())?.programmes ?? []).flatMap(({ id, programme }) => (programme.source.agency === entity ? [id] : [])),
  }
}
