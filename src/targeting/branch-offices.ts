/** Offices of the National Aid Fund and the liwas that each serves. No registry holds them: the table is illustrative until the Fund gives its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../kernel/project-root.ts'
import type { Words } from '../language/fact-space.ts'

export interface BranchOffice {
  readonly code: string
  readonly name: Words
  readonly liwas: readonly string[]
}

export const branchOffices: readonly BranchOffice[] = (
  JSON.parse(readFileSync(join(projectRoot, 'src/targeting/branch-offices.json'), 'utf8')) as { readonly offices: readonly BranchOffice[] }
).offices

const officeByLiwa = new Map(branchOffices.flatMap(({ code, liwas }) => liwas.map((liwa) => [liwa, code] as const)))

/** Null where no office serves the liwa, and where the liwa is unknown. */
export const officeOfLiwa = (liwa: string | undefined): string | null => (liwa === undefined ? null : (officeByLiwa.get(liwa) ?? null))
