/** What is known of a fact before anybody states it: its range, whether it has bounds, and a parameter's value of the day. */
import { dayNumber } from '../../kernel/date.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { epochAt } from '../../language/catalogue/parameter.ts'
import type { FactType } from '../../language/fact-space.ts'

export interface FactDomain {
  /** The value of a parameter on the day that is asked about; absent for what a household may state. */
  readonly fixed?: number | undefined
  /** Whether it can be unknown and have bounds. */
  readonly bounded: boolean
  readonly nonNegative: boolean
}

export type DomainOf = (type: FactType) => FactDomain

/** As the catalogue knows them; `asOf` is a day number. A parameter without a value on the day is free. */
export function catalogueDomains({ facts }: Catalogue, asOf: number): DomainOf {
  return ({ id }) => {
    const fact = facts.get(id)
    if (!fact) return { bounded: false, nonNegative: false }
    const { bounded, nonNegative, definition } = fact
    const fixed = definition.kind === 'parameter' ? epochAt(definition.parameter, asOf)?.value : null
    return { bounded, nonNegative, ...(fixed === null || fixed === undefined ? {} : { fixed }) }
  }
}

/** Least and greatest exact value. */
export function rangeOf(type: FactType, nonNegative: boolean): readonly [number, number] {
  if (type.type === 'boolean') return [0, 1]
  if (type.type === 'category') return [0, Math.max(0, (type.codes?.length ?? 1) - 1)]
  if (type.type === 'date') return [FIRST_DAY, LAST_DAY]
  return [nonNegative ? 0 : -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
}

const FIRST_DAY = dayNumber('0001-01-01') as number
const LAST_DAY = dayNumber('9999-12-31') as number
