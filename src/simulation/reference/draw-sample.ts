/** A reference sample of the synthetic population: facts of a run's snapshot beside true welfare, drawn by governorate; invented, and stamped so. */
import { createHash } from 'node:crypto'
import { readColumnFile } from '../../households/nation/column-file.ts'
import { problem } from '../../kernel/problem.ts'
import { factJson } from '../../language/fact-json.ts'
import { type FactColumn, readBlock } from '../../language/fact-columns.ts'
import type { FactSpace, FactType } from '../../language/fact-space.ts'
import { rawCell } from '../../kernel/csv-cell.ts'
import { partFiles } from '../../targeting/run/snapshot.ts'
import { type BaselineDeps, openBaseline } from '../baseline.ts'
import { ASSUMED_FACTS, assumedAnswer } from './assumed-answers.ts'
import { SYNTHETIC_COLUMN } from './read-upload.ts'
import type { SampleDeclaration } from './schema.ts'
import { syntheticRefs, trueWelfareOf } from './true-welfare.ts'

export interface Drawing {
  readonly households: number
  /** Facts of households, by id. */
  readonly facts: readonly string[]
  /** Id of a completed run whose snapshot is kept, or `latest`. */
  readonly run: string
  readonly seed: string
  /** Whether questions that only applicants are asked are answered from the synthetic truth: assumed, and said in the sample's source. */
  readonly assume: boolean
}

export interface DrawnSample {
  /** CSV with its header; neither references nor anything else that leads to a household. */
  readonly lines: readonly string[]
  readonly declaration: SampleDeclaration
  readonly run: string
  /** Of the population, those with a known governorate and sub-district: the frame. */
  readonly frame: number
}

const STRATUM = 'governorate'
const CLUSTER = 'kada'
const SIZE = 'householdSize'
/** Kinds of facts that follow from a ranking, which comes after the snapshot. */
const COMPUTED = new Set(['computed', 'programmeStatus'])

/** The same for the same seed, run and facts. As many households of each governorate as of any other, while it has them. */
export async function drawSample(deps: BaselineDeps, drawing: Drawing): Promise<DrawnSample> {
  const { run, snapshot, assembledBy, facts } = await openBaseline(deps, { run: drawing.run })
  const held = new Set([...facts].filter((id) => !COMPUTED.has(assembledBy.catalogue.facts.get(id)?.definition.kind ?? '')))
  const space = assembledBy.catalogue.household
  const assumed = new Set(drawing.assume ? drawing.facts.filter((id) => ASSUMED_FACTS.includes(id)) : [])
  const wanted = [STRATUM, CLUSTER, ...(assumed.size > 0 ? [SIZE] : []), ...drawing.facts.filter((id) => !assumed.has(id))]
  const types = wanted.map((id) => typeOf(id, space, held, drawing.facts.indexOf(id)))
  const synthetic = await syntheticRefs(deps.database.pool)
  if (synthetic.size === 0) throw problem('population-not-synthetic')
  const frame: Framed[] = []
  const slots = { household: new Set(wanted.map((id) => space.slot(id) as number)), person: new Set<number>() }
  for (const { path, hash } of partFiles(snapshot)) {
    const { households, householdRefs, household } = await readColumnFile(path, hash, slots)
    const columns = types.map((type) => values(household[space.slot(type.id) as number], type, households))
    householdRefs.forEach((ref, row) => {
      if (!synthetic.has(ref)) return
      const cells = columns.map((column) => column(row))
      const [stratum = '', cluster = ''] = cells
      if (stratum === '' || cluster === '') return
      const known = new Map(wanted.map((id, place) => [id, cells[place] as string]))
      frame.push({ ref, order: orderOf(drawing.seed, ref), stratum, cluster, size: known.get(SIZE) ?? '', known })
    })
  }
  const drawn = drawByStratum(frame, drawing.households)
  const welfare = await trueWelfareOf(
    deps.database.pool,
    drawn.map(({ ref }) => ref),
  )
  const header = [SYNTHETIC_COLUMN, 'welfare', 'weight', 'stratum', 'cluster', ...drawing.facts]
  const lines = drawn.map(({ ref, weight, stratum, cluster, size, known }) => {
    const truth = welfare.get(ref)
    const asked = truth && size !== '' ? { seed: drawing.seed, household: ref, percentile: truth.percentile, size: Number(size) } : null
    const facts = drawing.facts.map((id) => (assumed.has(id) ? (asked ? assumedAnswer(id, asked) : '') : (known.get(id) as string)))
    return ['true', truth?.welfare ?? '', String(weight), stratum, cluster, ...facts]
  })
  return {
    lines: [header, ...lines].map((cells) => cells.map(rawCell).join(',')),
    declaration: declarationOf(drawing, run.id, run.asOf, [...assumed]),
    run: run.id,
    frame: frame.length,
  }
}

function typeOf(id: string, space: FactSpace, held: ReadonlySet<string>, place: number): FactType {
  const type = space.types[space.slot(id) ?? -1]
  if (type && held.has(id)) return type
  const pointer = place < 0 ? '' : `/facts/${place}`
  const known = space.types.filter((other) => held.has(other.id)).map((other) => other.id)
  throw problem('request-invalid', { pointer, detail: id, expected: `facts that the snapshot of the run holds: ${known.join(', ')}` })
}

interface Framed {
  readonly ref: number
  /** Follows from the seed and the household, and tells neither. */
  readonly order: string
  readonly stratum: string
  readonly cluster: string
  /** '' where it is unknown, or not asked for. */
  readonly size: string
  /** By fact, as a cell. */
  readonly known: ReadonlyMap<string, string>
}

const orderOf = (seed: string, ref: number): string => createHash('sha256').update(`${seed} ${ref}`).digest('base64')

const byOrder = (a: Framed, b: Framed): number => (a.order < b.order ? -1 : 1)

/** Text by row; '' where the value is not known. */
function values(column: FactColumn | undefined, type: FactType, rows: number): (row: number) => string {
  const [lo, hi] = [new Float64Array(rows), new Float64Array(rows)]
  readBlock(column, type.type === 'boolean', 0, rows, lo, hi)
  return (row) => {
    const [low, high] = [lo[row] as number, hi[row] as number]
    return low === high ? String(factJson(type, low, high) as string | number | boolean) : ''
  }
}

type Drawn = Framed & { readonly weight: number }

/** Fewer of a stratum say nothing of how its households differ. */
const PER_STRATUM_MIN = 2

/** Simple random draws within strata; a weight is how many households of the stratum one stands for. */
function drawByStratum(frame: readonly Framed[], wanted: number): Drawn[] {
  const strata = new Map<string, Framed[]>()
  for (const household of frame) {
    const others = strata.get(household.stratum)
    if (others) others.push(household)
    else strata.set(household.stratum, [household])
  }
  const least = strata.size * PER_STRATUM_MIN
  if (wanted < least) throw problem('request-invalid', { pointer: '/households', expected: `at least ${least}` })
  const places = shares(new Map([...strata].map(([stratum, { length }]) => [stratum, length])), wanted)
  const drawn = [...strata].flatMap(([stratum, households]) => {
    const count = places.get(stratum) as number
    const chosen = households.toSorted(byOrder).slice(0, count)
    return chosen.map((household) => ({ ...household, weight: households.length / count }))
  })
  return drawn.toSorted(byOrder)
}

/** Equal parts; what a small stratum cannot give the others give. */
export function shares(sizes: ReadonlyMap<string, number>, wanted: number): Map<string, number> {
  const given = new Map<string, number>()
  let left = wanted
  const ascending = [...sizes].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  ascending.forEach(([stratum, size], index) => {
    const part = Math.min(size, Math.floor(left / (ascending.length - index)))
    given.set(stratum, part)
    left -= part
  })
  return given
}

const declarationOf = ({ households, facts, seed }: Drawing, run: string, asOf: string, assumed: readonly string[]): SampleDeclaration => ({
  name: `Synthetic sample of ${households} households`,
  source: `Mizan: drawn from the synthetic population as of ${asOf} (run ${run}, seed ${seed}); true expenditure per person and month, JOD${assumed.length === 0 ? '' : `; answers assumed from the synthetic truth: ${assumed.join(', ')}`}`,
  synthetic: true,
  columns: {
    welfare: 'welfare',
    weight: 'weight',
    stratum: 'stratum',
    cluster: 'cluster',
    facts: Object.fromEntries(facts.map((id) => [id, id])),
  },
})
