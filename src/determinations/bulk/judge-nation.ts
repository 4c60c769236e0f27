/** Scores and judges a range of the nation's households, and their members, with the meaning of the online `judge`, block by block. */
import { FALSE, TRUE } from '../../kernel/truth.ts'
import type { FactColumns } from '../../language/fact-columns.ts'
import { readBlock, readRows } from '../../language/fact-columns.ts'
import type { ScoreColumns } from '../../language/formula/compile-bulk.ts'
import { compileRescoreBulk } from '../../language/formula/compile-rescore.ts'
import type { Formula } from '../../language/formula/formula.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { BLOCK_ROWS, bulkOf } from './bulk-bundle.ts'
import type { Block, BulkBundle, BulkProgramme, Gate } from './bulk-bundle.ts'
import { fillComputed } from './computed-columns.ts'
import { blanked, NO_AREA, NO_TIER } from './nation.ts'
import type { Nation, NationColumns, NationRanks, NationScores, ProgrammeColumns, RowRange } from './nation.ts'

/** First step: the score of each formula that a programme uses, over the assembled facts; of some only where places are named. */
export function scoreNation(
  bundle: Bundle,
  households: FactColumns,
  { from, to }: RowRange,
  into: NationScores,
  only: readonly number[] | null = null,
  rescores: readonly Rescore[] = [],
): void {
  bulkOf(bundle).formulas.forEach(({ score, compiled }, index) => {
    if (only && !only.includes(index)) return
    const columns = into[index]
    if (!columns) throw new Error(`no columns for the scores of formula ${index}`)
    const known = rescores.find(({ place }) => place === index)
    const rescore = known && compileRescoreBulk(known.before, compiled.formula)
    if (known && rescore) rescore(households, from, to, known.scores, columns)
    else score(households, from, to, columns)
  })
}

/** Scores of the same rows by another formula, over the same values: where only a few terms differ, only these are computed. */
export interface Rescore {
  readonly place: number
  readonly before: Formula
  readonly scores: ScoreColumns
}

/**
 * Second step: every programme in the bundle's order. Without `ranks` a rank is what the columns say, unknown where they are absent.
 * A tier that reads the status of a later programme reads the columns too, as everything online does.
 * Where places are named in `only`, the other programmes' columns in `into` are taken as they stand. With `observe` all are judged
 * already: nothing is judged or written, and each block's facts are shown.
 */
export function judgeNation(
  bundle: Bundle,
  nation: Nation,
  { scores, ranks }: { readonly scores: NationScores; readonly ranks: NationRanks | null },
  { from, to }: RowRange,
  into: NationColumns,
  only: readonly number[] | null = null,
  observe: Observe | null = null,
): void {
  const bulk = bulkOf(bundle)
  const { household, person } = bundle.catalogue
  const judged = bulk.programmes.filter((_, index) => !only || only.includes(index))
  const loaded = only ? bulk.loaded.filter((slot) => judged.some(({ householdSlots }) => householdSlots.includes(slot))) : bulk.loaded
  for (let base = from; base < to; base += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, to - base)
    readSlots(household, nation.households, loaded, base, rows, bulk.household)
    bulk.programmes.forEach((programme, index) => {
      const columns = into[index] as ProgrammeColumns
      const status = bulk.statuses[index] as Uint8Array
      if (only && !only.includes(index)) return statusOf(columns, nation.firstMember, base, rows, status)
      fillComputed(programme.computed, bulk.household, {
        base,
        rows,
        columns: nation.households,
        score: scores[programme.formula] ?? null,
        ranks: ranks?.[programme.formula] ?? null,
        statuses: bulk.statuses,
      })
      const seen: ObserveBlock | null = observe && ((...block) => observe(index, ...block))
      if (columns.unit === 'household') judgeBlock(programme, bulk.household, bulk.truths, { base, rows }, columns, seen)
      else judgeMembers(bulk, programme, person, nation, { base, rows }, columns, seen)
      statusOf(columns, nation.firstMember, base, rows, status)
    })
  }
}

function statusOf({ unit, truth }: ProgrammeColumns, firstMember: Uint32Array, base: number, rows: number, status: Uint8Array): void {
  if (unit === 'household') status.set(truth.subarray(base, base + rows))
  else summarise(truth, firstMember, base, rows, status)
}

/** Hears of each block of a programme, with its facts in place; of persons where persons are judged. */
export type Observe = (programme: number, ...block: Parameters<ObserveBlock>) => void
type ObserveBlock = (block: Block, base: number, rows: number) => void

interface BlockRows {
  readonly base: number
  readonly rows: number
}

/** The members of a block of households, a block of persons at a time. */
function judgeMembers(
  { household, person: block, truths }: BulkBundle,
  programme: BulkProgramme,
  person: FactSpace,
  nation: Nation,
  { base: firstHousehold, rows: households }: BlockRows,
  columns: ProgrammeColumns,
  seen: ObserveBlock | null,
): void {
  const { firstMember, householdOf, persons } = nation
  const end = firstMember[firstHousehold + households] as number
  const { gate } = programme
  for (let base = firstMember[firstHousehold] as number; base < end; base += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, end - base)
    // Who counts what each condition keeps out wants to hear of everybody.
    if (gate && !seen) {
      judgeBehind(gate, { household, block, truths, programme, person, nation, firstHousehold }, { base, rows }, columns)
      continue
    }
    readSlots(person, persons, programme.personSlots, base, rows, block)
    for (const slot of programme.householdSlots) {
      const at = slot + person.types.length
      const fromLo = household.lo[slot] as Float64Array
      const fromHi = household.hi[slot] as Float64Array
      const lo = block.lo[at] as Float64Array
      const hi = block.hi[at] as Float64Array
      for (let r = 0; r < rows; r++) {
        const h = (householdOf[base + r] as number) - firstHousehold
        lo[r] = fromLo[h] as number
        hi[r] = fromHi[h] as number
      }
    }
    judgeBlock(programme, block, truths, { base, rows }, columns, seen)
  }
}

interface Members extends Pick<BulkBundle, 'household' | 'truths'> {
  readonly block: Block
  readonly programme: BulkProgramme
  readonly person: FactSpace
  readonly nation: Nation
  readonly firstHousehold: number
}

/** Of a nation's persons a rule is about few: facts are read, and the rest judged, of those only who are not out by the gate. */
function judgeBehind(gate: Gate, members: Members, { base, rows }: BlockRows, columns: ProgrammeColumns): void {
  const { household, block, truths, programme, person, nation, firstHousehold } = members
  const { lo, hi } = block
  readSlots(person, nation.persons, gate.slots, base, rows, block)
  gate.evaluate(lo, hi, 0, rows, truths)
  let count = 0
  for (let r = 0; r < rows; r++) if (truths[r] !== FALSE) gate.rows[count++] = r
  blanked(columns, base, base + rows).truth.fill(FALSE, base, base + rows)
  if (programme.area !== null && columns.area) fillAreas(programme.area, members, { base, rows }, columns.area)
  if (count === 0) return
  for (const slot of programme.personSlots) {
    const isBoolean = person.types[slot]?.type === 'boolean'
    readRows(nation.persons[slot], isBoolean, base, gate.rows, count, lo[slot] as Float64Array, hi[slot] as Float64Array)
  }
  for (const slot of programme.householdSlots) {
    const at = slot + person.types.length
    for (let i = 0; i < count; i++) {
      const h = (nation.householdOf[base + (gate.rows[i] as number)] as number) - firstHousehold
      ;(lo[at] as Float64Array)[i] = household.lo[slot]?.[h] as number
      ;(hi[at] as Float64Array)[i] = household.hi[slot]?.[h] as number
    }
  }
  judgeBlock(programme, block, truths, { base: 0, rows: count }, gate.columns, null)
  for (let i = 0; i < count; i++) {
    const row = base + (gate.rows[i] as number)
    columns.truth[row] = gate.columns.truth[i] as number
    // The same is said of everybody who is out, by whichever condition.
    if (columns.truth[row] === FALSE) continue
    columns.tier[row] = gate.columns.tier[i] as number
    columns.benefit[row] = gate.columns.benefit[i] as number
    columns.orderFacts.forEach((values, key) => (values[row] = gate.columns.orderFacts[key]?.[i] as number))
  }
}

/** `slot`: of the persons' space, in which the household's facts stand behind. */
function fillAreas(
  slot: number,
  { household, block, person, nation, firstHousehold }: Members,
  { base, rows }: BlockRows,
  area: Uint8Array,
): void {
  const ofHousehold = slot - person.types.length
  if (ofHousehold < 0) {
    readSlots(person, nation.persons, [slot], base, rows, block)
    copyKnown(block.lo[slot] as Float64Array, block.hi[slot] as Float64Array, rows, area, base, NO_AREA)
    return
  }
  const [lo, hi] = [household.lo[ofHousehold] as Float64Array, household.hi[ofHousehold] as Float64Array]
  for (let r = 0; r < rows; r++) {
    const h = (nation.householdOf[base + r] as number) - firstHousehold
    area[base + r] = lo[h] === hi[h] ? (lo[h] as number) : NO_AREA
  }
}

/** A household's status where persons are judged: the most that is true of a member, false where there is none. */
function summarise(truth: Uint8Array, firstMember: Uint32Array, base: number, rows: number, status: Uint8Array): void {
  for (let r = 0; r < rows; r++) {
    let most = 0
    const end = firstMember[base + r + 1] as number
    for (let p = firstMember[base + r] as number; p < end; p++) if ((truth[p] as number) > most) most = truth[p] as number
    status[r] = most
  }
}

/** One programme over a block whose facts are in place: judged, or shown to whoever looks on. */
function judgeBlock(
  programme: BulkProgramme,
  block: Block,
  truths: Uint8Array,
  { base, rows }: BlockRows,
  columns: ProgrammeColumns,
  seen: ObserveBlock | null,
): void {
  if (seen) return seen(block, base, rows)
  const { lo, hi } = block
  programme.evaluate(lo, hi, 0, rows, truths)
  columns.truth.set(truths.subarray(0, rows), base)
  columns.tier.fill(NO_TIER, base, base + rows)
  // The last tier first, so that the first one that holds is what remains.
  for (let tier = programme.tiers.length - 1; tier >= 0; tier--) {
    programme.tiers[tier]?.(lo, hi, 0, rows, truths)
    for (let r = 0; r < rows; r++) if (truths[r] === TRUE) columns.tier[base + r] = tier
  }
  const known = (slot: number, into: Float64Array | Uint8Array, unknown: number): void =>
    copyKnown(lo[slot] as Float64Array, hi[slot] as Float64Array, rows, into, base, unknown)
  known(programme.benefit, columns.benefit, NaN)
  if (programme.area !== null && columns.area) known(programme.area, columns.area, NO_AREA)
  programme.orderFacts.forEach((slot, key) => known(slot, columns.orderFacts[key] as Float64Array, NaN))
}

function copyKnown(lo: Float64Array, hi: Float64Array, rows: number, into: Float64Array | Uint8Array, base: number, unknown: number): void {
  for (let r = 0; r < rows; r++) into[base + r] = lo[r] === hi[r] ? (lo[r] as number) : unknown
}

function readSlots(space: FactSpace, columns: FactColumns, slots: readonly number[], base: number, rows: number, { lo, hi }: Block): void {
  for (const slot of slots)
    readBlock(columns[slot], space.types[slot]?.type === 'boolean', base, rows, lo[slot] as Float64Array, hi[slot] as Float64Array)
}
