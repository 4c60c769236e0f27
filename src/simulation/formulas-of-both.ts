/** Formulas that two sets of versions both rank by, under the same id. */
import { scoredFormulas } from '../determinations/bulk/bulk-bundle.ts'
import type { Bundle } from '../programmes/bundle.ts'

/** Their places among the formulas of each. */
export const formulasOfBoth = (before: Bundle, after: Bundle): { readonly id: string; readonly before: number; readonly after: number }[] =>
  scoredFormulas(after).flatMap(({ ref }, place) => {
    const other = scoredFormulas(before).findIndex((one) => one.ref.id === ref.id)
    return other < 0 ? [] : [{ id: ref.id, before: other, after: place }]
  })
