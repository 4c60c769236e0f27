/** Facts that stand in membership or in the form's answers: no registry is read and nothing is computed for them. */
import { dayNumber } from '../../../kernel/date.ts'
import type { Catalogue, CatalogueFact } from '../catalogue.ts'
import type { Answer, Ends, PersonRow } from './rows.ts'

export type Answers = Readonly<Record<string, Answer>> | undefined

export interface HouseholdFrame {
  readonly members: number
  readonly basis: string
  /** The head's values; undefined in a household without one. */
  readonly headLo: Float64Array | undefined
  readonly headHi: Float64Array | undefined
}

export interface FirstValues {
  readonly person: (person: PersonRow, answers: Answers, into: Ends) => void
  readonly household: (frame: HouseholdFrame, answers: Answers, into: Ends) => void
}

export function firstValues(facts: readonly CatalogueFact[], catalogue: Catalogue): FirstValues {
  const own = facts.flatMap((fact) => {
    const slot = catalogue[fact.entity].slot(fact.id)
    return slot === undefined ? [] : [{ fact, slot, definition: fact.definition }]
  })
  const write = (slot: number, value: number, { lo, hi }: Ends): void => {
    lo[slot] = hi[slot] = value
  }
  return {
    person(person, answers, into) {
      for (const { fact, slot, definition } of own) {
        if (definition.kind === 'declared') write(slot, answered(fact, answers?.[fact.id]), into)
        if (definition.kind !== 'identity') continue
        const { column } = definition
        if (column === 'relationship') write(slot, codeOf(fact, person.relationship), into)
        else write(slot, column === 'isHead' ? Number(person.isHead) : person.isJordanian, into)
      }
    },
    household({ members, basis, headLo, headHi }, answers, into) {
      for (const { fact, slot, definition } of own) {
        if (definition.kind === 'declared') write(slot, answered(fact, answers?.[fact.id]), into)
        else if (definition.kind === 'household') write(slot, definition.column === 'memberCount' ? members : codeOf(fact, basis), into)
        else if (definition.kind === 'head') {
          const from = catalogue.person.slot(definition.fact) ?? -1
          const [lo, hi] = [headLo?.[from] ?? NaN, headHi?.[from] ?? NaN]
          const codes = catalogue.facts.get(definition.fact)?.codes ?? null
          const place = codes === null || lo !== lo ? lo : codeOf(fact, codes[lo] ?? '')
          if (fact.bounded) {
            into.lo[slot] = lo
            into.hi[slot] = hi
          } else write(slot, lo === hi ? place : NaN, into)
        }
      }
    },
  }
}

/** Position of a code; past the end for one that the fact does not have: it is none of those that a condition can name. */
export function codeOf({ codes }: CatalogueFact, code: string): number {
  const place = codes?.indexOf(code) ?? -1
  return place < 0 ? (codes?.length ?? 0) : place
}

/** An answer as assembly computes with it. */
export function answered(fact: CatalogueFact, answer: Answer | undefined): number {
  if (answer === undefined) return NaN
  if (fact.type === 'date') return dayNumber(String(answer)) ?? NaN
  return fact.type === 'category' ? codeOf(fact, String(answer)) : Number(answer)
}
