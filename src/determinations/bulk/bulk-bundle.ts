/** A bundle compiled to loops over blocks of rows, once: its formulas, rules and tiers, and the slots that each programme reads. */
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { compileBulk } from '../../language/condition/compile.ts'
import type { EvaluateBulk } from '../../language/condition/compile.ts'
import { slotsOf } from '../../language/condition/condition.ts'
import { compileFormulaBulk } from '../../language/formula/compile-bulk.ts'
import type { BulkScoreFunction } from '../../language/formula/compile-bulk.ts'
import type { FactSpace } from '../../language/fact-space.ts'
import { factsNamed } from '../../programmes/facts-read.ts'
import type { Bundle, CompiledFormula, CompiledProgramme } from '../../programmes/bundle.ts'
import { below, conjuncts } from './conjuncts.ts'
import { computedReads } from './computed-columns.ts'
import type { ComputedRead } from './computed-columns.ts'
import { type ProgrammeColumns, roomFor } from './programme-columns.ts'

/** Rows that are worked on together: the ends of the facts of a block stay in the caches. */
export const BLOCK_ROWS = 1024

/** Ends by slot for one block of rows; empty arrays for slots that nobody reads. */
export interface Block {
  readonly lo: readonly Float64Array[]
  readonly hi: readonly Float64Array[]
}

export interface BulkProgramme {
  readonly compiled: CompiledProgramme
  /** Place of its formula among the bundle's; -1 for none. */
  readonly formula: number
  readonly evaluate: EvaluateBulk
  /** Where persons are judged: their first condition of their own facts only; null without one. */
  readonly gate: Gate | null
  readonly tiers: readonly EvaluateBulk[]
  /** Slots of catalogue.household and of catalogue.person that rule, tiers and targeting read. */
  readonly householdSlots: readonly number[]
  readonly personSlots: readonly number[]
  /** Those of the household's that are set for this programme. */
  readonly computed: readonly ComputedRead[]
  /** Slots of the programme's own space. */
  readonly benefit: number
  readonly area: number | null
  readonly orderFacts: readonly number[]
}

/** A condition that must hold: of whom it is false nothing else is looked at but the area, whose persons quotas may count. */
export interface Gate {
  readonly evaluate: EvaluateBulk
  readonly slots: readonly number[]
  /** For those of a block who are looked at further, and which rows these are. */
  readonly columns: ProgrammeColumns
  readonly rows: Uint16Array
}

export interface BulkFormula {
  readonly compiled: CompiledFormula
  readonly score: BulkScoreFunction
}

export interface BulkBundle {
  readonly formulas: readonly BulkFormula[]
  readonly programmes: readonly BulkProgramme[]
  /** Household slots that a block is filled with once; computed facts are filled for each programme. */
  readonly loaded: readonly number[]
  /** Judging a block is synchronous; so the next block may have these arrays. */
  readonly household: Block
  readonly person: Block
  readonly truths: Uint8Array
  /** By programme: what a household's status follows from, for the block at hand. */
  readonly statuses: readonly Uint8Array[]
}

const kept = new WeakMap<Bundle, BulkBundle>()

export function bulkOf(bundle: Bundle): BulkBundle {
  const found = kept.get(bundle) ?? compileBundleBulk(bundle)
  kept.set(bundle, found)
  return found
}

/** Formulas of the programmes, each once, in the order of first use: scores and ranks come in this order. */
export const scoredFormulas = (bundle: Bundle): readonly CompiledFormula[] => bulkOf(bundle).formulas.map(({ compiled }) => compiled)

/**
 * Places of the programmes of which a rule, a tier or an order reads a rank or percentile, or hears the status of one that does:
 * judging these needs the ranking first.
 */
export function readersOfRanks(bundle: Bundle): ReadonlySet<number> {
  const readers = new Set<number>()
  // Programmes hear the statuses of earlier ones only.
  bulkOf(bundle).programmes.forEach(({ computed }, place) => {
    const reads = computed.some(
      (read) => read.kind === 'rank' || read.kind === 'percentile' || (read.kind === 'status' && readers.has(read.programme)),
    )
    if (reads) readers.add(place)
  })
  return readers
}

/** Slots of the facts that scoring and judging read. */
export function slotsRead(bundle: Bundle): { readonly household: ReadonlySet<number>; readonly person: ReadonlySet<number> } {
  const read = [...factsNamed(bundle)]
  const slots = ({ slot }: FactSpace): ReadonlySet<number> => new Set(read.flatMap((id) => slot(id) ?? []))
  return { household: slots(bundle.catalogue.household), person: slots(bundle.catalogue.person) }
}

function compileBundleBulk({ catalogue, programmes: compiled }: Bundle): BulkBundle {
  const formulas = [...new Set(compiled.flatMap(({ formula }) => formula ?? []))]
  const ids = compiled.map(({ id }) => id)
  const programmes = compiled.map((one, index) => bulkProgramme(catalogue, one, formulas, ids.slice(0, index)))
  const computed = new Set(programmes.flatMap((one) => one.computed.map(({ slot }) => slot)))
  const read = new Set(programmes.flatMap(({ householdSlots }) => householdSlots))
  const persons = catalogue.person.types.length
  const readPerPerson = new Set(
    programmes.flatMap(({ compiled: one, personSlots, householdSlots }) =>
      one.programme.source.unit === 'person' ? [...personSlots, ...householdSlots.map((slot) => slot + persons)] : [],
    ),
  )
  return {
    formulas: formulas.map((formula) => ({ compiled: formula, score: compileFormulaBulk(formula.formula) })),
    programmes,
    loaded: [...read].filter((slot) => !computed.has(slot)),
    household: newBlock(catalogue.household.types.length, read),
    person: newBlock(catalogue.personWithHousehold.types.length, readPerPerson),
    truths: new Uint8Array(BLOCK_ROWS),
    statuses: programmes.map(() => new Uint8Array(BLOCK_ROWS)),
  }
}

function bulkProgramme(
  catalogue: Catalogue,
  compiled: CompiledProgramme,
  formulas: readonly CompiledFormula[],
  earlier: readonly string[],
): BulkProgramme {
  const { programme, rule } = compiled
  const { space, tiers, source } = programme
  const slotOf = (fact: string): number => {
    const slot = space.slot(fact)
    if (slot === undefined) throw new Error(`${compiled.id} reads ${fact}, which is not among the facts of ${space.name}`)
    return slot
  }
  const { quotas, order } = source.targeting
  const benefit = slotOf(source.benefit.fact)
  const area = quotas ? slotOf(quotas.by) : null
  if (area !== null && (space.types[area]?.codes?.length ?? 0) > MOST_AREAS)
    throw new Error(`${compiled.id}: more than ${MOST_AREAS} areas`)
  const orderFacts = order.flatMap((key) => (key.by === 'fact' ? [slotOf(key.fact)] : []))
  const conditions = [rule.condition, ...tiers.map(({ condition }) => condition)]
  const slots = [...new Set([...conditions.flatMap(slotsOf), benefit, ...(area === null ? [] : [area]), ...orderFacts])]
  // A person's facts stand before the household's.
  const persons = source.unit === 'person' ? catalogue.person.types.length : 0
  const householdSlots = slots.filter((slot) => slot >= persons).map((slot) => slot - persons)
  return {
    compiled,
    formula: compiled.formula ? formulas.indexOf(compiled.formula) : -1,
    evaluate: compileBulk(rule.condition),
    gate: source.unit === 'person' ? gateOf(compiled, persons) : null,
    tiers: tiers.map(({ condition }) => compileBulk(condition)),
    householdSlots,
    personSlots: slots.filter((slot) => slot < persons),
    computed: computedReads(catalogue, householdSlots, earlier),
    benefit,
    area,
    orderFacts,
  }
}

function gateOf({ rule: { condition }, programme }: CompiledProgramme, persons: number): Gate | null {
  const own = conjuncts(condition.root)
    .map((node) => below(condition, node))
    .find((one) => slotsOf(one).every((slot) => slot < persons))
  if (!own || own.root === condition.root) return null
  const columns = roomFor(programme.source, { households: 0, persons: BLOCK_ROWS })
  return { evaluate: compileBulk(own), slots: slotsOf(own), columns, rows: new Uint16Array(BLOCK_ROWS) }
}

/** One byte holds an area, and 255 says that it is unknown. */
const MOST_AREAS = 255

function newBlock(slots: number, read: ReadonlySet<number>): Block {
  const ends = (): Float64Array[] => Array.from({ length: slots }, (_, slot) => new Float64Array(read.has(slot) ? BLOCK_ROWS : 0))
  return { lo: ends(), hi: ends() }
}
