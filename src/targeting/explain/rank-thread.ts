/** A thread that ranks a run's population again from its snapshot, for those whom no list names: the service answers others meanwhile. */
import { parentPort, workerData } from 'node:worker_threads'
import { scoredFormulas } from '../../determinations/bulk/bulk-bundle.ts'
import { scoreNation } from '../../determinations/bulk/judge-nation.ts'
import { newScores } from '../../determinations/bulk/nation.ts'
import { type ColumnFile, readColumnFile } from '../../households/nation/column-file.ts'
import { readBlock } from '../../language/fact-columns.ts'
import { compileBundle, type NumberedText } from '../../programmes/compile-bundle.ts'
import { rank } from '../rank.ts'
import type { ScoreDirection } from '../order-rows.ts'
import { isAmong } from './population.ts'
import type { PartFile } from '../run/tasks.ts'

export interface RankStart {
  readonly texts: readonly NumberedText[]
  readonly parts: readonly PartFile[]
  /** Ascending; null for everybody. */
  readonly only: Float64Array | null
  /** Indexes of codes; null for all. */
  readonly governorates: ReadonlySet<number> | null
}

export interface RankedPopulation {
  readonly householdRefs: Float64Array
  /** By formula, in the order of `scoredFormulas`; by row. */
  readonly formulas: readonly { readonly rank: Uint32Array; readonly percentile: Uint8Array }[]
}

const { texts, parts, only, governorates } = workerData as RankStart
const { bundle } = compileBundle(texts)
// INVARIANT: whoever began the thread compiled the same texts.
if (!bundle) throw new Error('the versions of the run do not compile')
const { household } = bundle.catalogue
const governorate = household.slot('governorate') ?? -1

const wanted = {
  household: new Set([...scoredFormulas(bundle).flatMap(({ formula }) => formula.slots), governorate]),
  person: new Set<number>(),
}

const refs: number[] = []
const points: number[][] = scoredFormulas(bundle).map(() => [])
parentPort?.postMessage((await takeParts()) ? ranked() : null)

/** False where a part is not as it was written. */
async function takeParts(): Promise<boolean> {
  for (const { path, hash } of parts) {
    const part = await readColumnFile(path, hash, wanted).catch(() => null)
    if (!part) return false
    takePart(part)
  }
  return true
}

function takePart(part: ColumnFile): void {
  if (!bundle) return
  const scores = newScores(bundle, part.households)
  scoreNation(bundle, part.household, { from: 0, to: part.households }, scores)
  const [area, most] = [new Float64Array(part.households), new Float64Array(part.households)]
  readBlock(part.household[governorate], false, 0, part.households, area, most)
  part.householdRefs.forEach((ref, row) => {
    if ((only !== null && !isAmong(only, ref)) || (governorates !== null && !governorates.has(area[row] as number))) return
    refs.push(ref)
    scores.forEach(({ point }, formula) => points[formula]?.push(point[row] as number))
  })
}

function ranked(): RankedPopulation {
  const householdRefs = Float64Array.from(refs)
  const [persons, area] = [new Uint8Array(refs.length).fill(1), new Uint8Array(refs.length)]
  const formulas = points.map((own, place) => {
    const direction = scoredFormulas(bundle as NonNullable<typeof bundle>)[place]?.formula.direction as ScoreDirection
    const { nation } = rank({ score: Float64Array.from(own), direction, persons, area })
    return { rank: nation.rank, percentile: nation.percentile }
  })
  return { householdRefs, formulas }
}
