/**
 * What every condition, formula and explanation knows of facts: their types, and values as intervals.
 *
 * A value is a pair (lo, hi) of exact integers: scaled decimals, day numbers, 0/1 for booleans, the index of a code for
 * categories. It is known when lo === hi. Unknown numbers without bounds are (-Infinity, +Infinity), unknown booleans
 * (0, 1), unknown dates and categories (-Infinity, +Infinity). So bounds, truth and knowledge are one thing, and a
 * comparison that the bounds settle is settled by the same test that compares known values.
 */
export type ValueType = 'integer' | 'decimal' | 'boolean' | 'date' | 'category'

export interface Words {
  readonly en: string
  readonly ar: string
}

export interface FactType {
  readonly id: string
  readonly type: ValueType
  /** Decimal places; 0 for everything but decimals. */
  readonly scale: number
  /** Unit with its period, such as `JOD/month`; null for booleans, dates, categories. */
  readonly unit: string | null
  /** Closed list of a category, in the catalogue's order; null otherwise. */
  readonly codes: readonly string[] | null
  readonly codeLabels: Readonly<Record<string, Words>> | null
  readonly label: Words
  readonly protected: boolean
}

/** The names a condition may use in one place (household facts, person facts with the household's, a registry's columns). */
export interface FactSpace {
  readonly name: string
  readonly types: readonly FactType[]
  /** Position of a fact's value in FactValues, undefined for a name that this space does not have. */
  readonly slot: (id: string) => number | undefined
}

export interface FactValues {
  readonly lo: Float64Array
  readonly hi: Float64Array
}

export function factSpace(name: string, types: readonly FactType[]): FactSpace {
  const slots = new Map(types.map((type, index) => [type.id, index]))
  return { name, types, slot: (id) => slots.get(id) }
}

/** Values of a space with nothing known. */
export function unknownValues(space: FactSpace): FactValues {
  const lo = new Float64Array(space.types.length).fill(-Infinity)
  const hi = new Float64Array(space.types.length).fill(Infinity)
  space.types.forEach((type, slot) => {
    if (type.type === 'boolean') {
      lo[slot] = 0
      hi[slot] = 1
    }
  })
  return { lo, hi }
}

export const isKnownAt = (values: FactValues, slot: number): boolean => values.lo[slot] === values.hi[slot]
