/** Of which programmes an organisation is told who stands where: of its own, and where a grant tells the status of another's. */
import { LIST } from '../../access/grants/ranked-lists.ts'
import type { RowScope } from '../../access/grants/read-rights.ts'
import { statusSlots } from '../../households/enrolled-status.ts'
import type { Words } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { BegunProgramme } from '../../programmes/programmes-begun.ts'
import { eyesOf, type Viewer } from './eyes.ts'

export interface WithheldProgramme {
  readonly programme: string
  readonly names: Words
  readonly agency: string
}

export interface VisibleProgrammes {
  readonly sees: (programme: string) => boolean
  /** Programmes in force of which nothing is told: the same for every household. */
  readonly withheld: WithheldProgramme[]
}

/**
 * An agency knows its own programmes. Of another's, a grant of the status in its list, or of the fact that tells it, is one of where
 * somebody stands; `listed` needs rows that are not asked for one by one, and a grant of a fact has no rows.
 * A programme that left force is its agency's still, as `begun` knows; of others it is told to whoever is withheld none of those in force.
 */
export function visibleProgrammes(
  { catalogue, programmes }: Bundle,
  viewer: Viewer,
  rows: 'asked' | 'listed',
  begun: ReadonlyMap<string, Pick<BegunProgramme, 'agency'>> = new Map(),
): VisibleProgrammes {
  if (viewer === 'citizen') return { sees: () => true, withheld: [] }
  const { entity, columns, rowScope } = viewer
  const isTold = ({ id, programme }: Bundle['programmes'][number]): boolean =>
    programme.source.agency === entity ||
    (columns(LIST + id).has('status') && reaches(rowScope(LIST + id, 'status'), id, rows)) ||
    (rows === 'asked' && statusSlots(catalogue).some((slot) => slot.programme === id && eyesOf(viewer, catalogue, id).sees(slot.type.id)))
  const withheld = programmes.filter((one) => !isTold(one))
  const hidden = new Set(withheld.map(({ id }) => id))
  const inForce = new Set(programmes.map(({ id }) => id))
  return {
    sees: (id) => (inForce.has(id) ? !hidden.has(id) : hidden.size === 0 || begun.get(id)?.agency === entity),
    withheld: withheld.map(({ id, programme: { source } }) => ({ programme: id, names: source.names, agency: source.agency })),
  }
}

function reaches(scope: RowScope, programme: string, rows: 'asked' | 'listed'): boolean {
  if (rows === 'asked') return scope.kind !== 'none'
  return scope.kind === 'listing' || (scope.kind === 'applicants' && scope.programmes.includes(programme))
}
