/** How long a table keeps its rows, in words. */
import type { Words } from '../../language/fact-space.ts'
import { KEPT, retention } from './retention.ts'

const YEAR = 365

/** A table that is not declared is a registry's: a test demands all others. */
export function keptFor(table: string): Words {
  const kept = retention[table] ?? 'registry'
  if (typeof kept === 'string') return KEPT[kept]
  const { days, since } = kept
  const years = days % YEAR === 0 ? days / YEAR : null
  return {
    en: `${years === null ? `${days} days` : years === 1 ? 'one year' : `${years} years`} since ${since.en}`,
    ar: `${years === null ? `${days} يومًا` : years === 1 ? 'سنة' : `${years} سنوات`} من ${since.ar}`,
  }
}
