/** Where a household stood in a run by each formula whose ranks decide something for it: from the lists that name it, else computed again. */
import { bulkOf, scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import type { Database } from '../../db/database.ts'
import type { FormulaStanding } from '../../households/assembled.ts'
import { type Bundle, type CompiledFormula, programmeOf } from '../../programmes/bundle.ts'
import type { ExplainedRun } from './explained-run.ts'
import { listedRanks } from './list-places.ts'
import { rankAgain } from './rank-again.ts'

export async function standingsOf(database: Database, explained: ExplainedRun, householdRef: number): Promise<readonly FormulaStanding[]> {
  const { bundle, compiled, run } = explained
  const standings = new Map<CompiledFormula, Pick<FormulaStanding, 'rank' | 'percentile'>>()
  const needed = formulasRanked(bundle, compiled.id)
  if (needed.size === 0) return []
  const listed = await listedRanks(database.pool, run.id, householdRef)
  for (const { programme, rank, percentile } of listed) {
    const formula = programmeOf(bundle, programme)?.formula
    if (formula) standings.set(formula, { rank, percentile })
  }
  for (const formula of needed) {
    if (standings.has(formula)) continue
    const { householdRefs, formulas } = await rankAgain(database, explained)
    const row = householdRefs.indexOf(householdRef)
    const own = formulas[scoredFormulas(bundle).indexOf(formula)]
    standings.set(formula, { rank: own?.rank[row] ?? 0, percentile: own?.percentile[row] ?? 0 })
  }
  const from = { id: run.id, asOf: run.asOf, isProvisional: false }
  return [...standings].map(([{ ref }, { rank, percentile }]) => ({ formula: ref.hash, rank, percentile, run: from }))
}

/** Formulas of the programme, and of those whose status it reads, as far as they read ranks. */
function formulasRanked(bundle: Bundle, programme: string): ReadonlySet<CompiledFormula> {
  const { programmes } = bulkOf(bundle)
  const found = new Set<CompiledFormula>()
  const seen = new Set<number>()
  const visit = (place: number): void => {
    const one = programmes[place]
    if (!one || seen.has(place)) return
    seen.add(place)
    for (const read of one.computed) {
      if (read.kind === 'status') visit(read.programme)
      else if (read.kind !== 'score' && one.compiled.formula) found.add(one.compiled.formula)
    }
  }
  visit(programmes.findIndex(({ compiled }) => compiled.id === programme))
  return found
}
