/** The versions that a list was made with. */
import { Problem } from '../../kernel/problem.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'

/** Null where they cannot be had again, which is no reason not to answer about the list. */
export const versionsOfList = (versions: Versions, versionSet: string): Promise<Bundle | null> =>
  versions.byHash(versionSet).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'replay-not-possible') return null
    throw error
  })
