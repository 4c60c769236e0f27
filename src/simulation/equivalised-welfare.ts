/** Reference welfare per equivalent adult: a household's whole welfare over its equivalents, by the ages of its members in the snapshot. */
import type { FactColumn } from '../language/fact-columns.ts'
import { problem } from '../kernel/problem.ts'
import type { ResidentNation } from '../targeting/run/resident-nation.ts'
import { type EquivalenceScale, equivalentsOf, roundedQuotient, WHOLE } from './equivalence-scale.ts'
import type { Needs } from './measures/of-welfare.ts'
import type { WelfareOrder } from './measures/welfare-order.ts'
import { welfareOrder } from './measures/welfare-order.ts'
import type { ReferenceWelfare } from './reference-welfare.ts'
import { inSharedMemory } from './shared-memory.ts'

/** By household row, so that transfers are added before anything is divided. */
export interface Equivalents extends Needs {
  /** Thousandths per person and month. */
  readonly perPerson: Float64Array
}

export interface EquivalisedReference extends ReferenceWelfare {
  readonly order: WelfareOrder
  readonly equivalents: Equivalents
  readonly scale: EquivalenceScale
}

/** Thousandths per equivalent and month, rounded once; NaN where welfare or an age that matters is unknown. Persons are weights as before. */
export function equivalised(
  { kind, welfare: perPerson }: ReferenceWelfare,
  { persons, parts }: Pick<ResidentNation, 'persons' | 'parts'>,
  { scale, ageSlot }: { readonly scale: EquivalenceScale; readonly ageSlot: number },
): EquivalisedReference {
  const units = scale.kind === 'bySize' ? unitsBySize(persons, scale) : unitsByAge({ persons, parts }, scale, ageSlot)
  const equivalents = inSharedMemory({ perPerson, units, scale: WHOLE })
  const welfare = new Float64Array(perPerson.length)
  for (let row = 0; row < welfare.length; row++) welfare[row] = perEquivalent(equivalents, row, persons[row] as number, 0)
  return inSharedMemory({ kind, welfare, order: welfareOrder(welfare, persons), equivalents, scale })
}

/** Of a household that is paid `transfer`; NaN unknown. */
export function perEquivalent({ perPerson, units, scale }: Equivalents, row: number, persons: number, transfer: number): number {
  const [own, equivalents] = [perPerson[row] as number, units[row] as number]
  if (Number.isNaN(own) || Number.isNaN(equivalents)) return NaN
  return roundedQuotient((own * persons + transfer) * scale, equivalents)
}

const unitsBySize = (persons: Uint32Array, scale: EquivalenceScale): Float64Array =>
  Float64Array.from(persons, (size) => equivalentsOf(scale, size, 0))

function unitsByAge(
  { persons, parts }: Pick<ResidentNation, 'persons' | 'parts'>,
  scale: EquivalenceScale & { readonly kind: 'byAge' },
  ageSlot: number,
): Float64Array {
  const [adults, children] = [new Uint16Array(persons.length), new Uint16Array(persons.length)]
  for (const { firstHousehold, persons: people, householdOf, person } of parts) {
    const column = person[ageSlot]
    if (!column) throw problem('request-invalid', { pointer: '/welfare', expected: 'a snapshot that holds the ages of persons' })
    for (let row = 0; row < people; row++) {
      const into = isChild(column, row, scale.childUnder)
      if (into === null) continue
      const household = firstHousehold + (householdOf[row] as number)
      const counts = into ? children : adults
      counts[household] = (counts[household] as number) + 1
    }
  }
  return Float64Array.from(persons, (size, row) => {
    const [grown, young] = [adults[row] as number, children[row] as number]
    return grown + young === size ? equivalentsOf(scale, grown, young) : NaN
  })
}

/** Null where the bounds of the age do not settle it. */
function isChild({ lo, hi, loKnown, hiKnown }: FactColumn, row: number, under: number): boolean | null {
  const has = (bits: Uint8Array | null): boolean => !bits || (((bits[row >> 3] as number) >> (row & 7)) & 1) === 1
  if (has(hiKnown) && (hi[row] as number) < under) return true
  if (has(loKnown) && (lo[row] as number) >= under) return false
  return null
}
