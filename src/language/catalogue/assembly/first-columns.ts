/** Facts that stand in membership or in answers, for many households at once; columns are unknown where nothing is written. */
import type { Catalogue, CatalogueFact } from '../catalogue.ts'
import type { ChunkRows, ValueColumn, ValueColumns } from './chunk.ts'
import { answered, type Answers, codeOf } from './first-values.ts'

/** What is known of persons before any registry is read. */
export interface PersonFrame {
  readonly persons: number
  readonly isJordanian: ChunkRows['isJordanian']
  readonly isHead: (person: number) => boolean
  readonly relationship: (person: number) => string
  readonly declared: ((person: number) => Answers) | null
}

export interface HouseholdsFrame {
  readonly households: number
  readonly firstMember: ChunkRows['firstMember']
  readonly basis: ChunkRows['basis']
  /** Row of each household's head among the members, -1 where there is none. */
  readonly head: Int32Array
  readonly members: ValueColumns
  readonly declared: ((household: number) => Answers) | null
}

export function firstPersonColumns(facts: readonly CatalogueFact[], catalogue: Catalogue, frame: PersonFrame, into: ValueColumns): void {
  for (const fact of facts) {
    const { definition } = fact
    const { lo } = columnOf(catalogue, fact, into)
    if (definition.kind === 'declared') writeAnswers(fact, frame.persons, frame.declared, lo)
    if (definition.kind !== 'identity') continue
    const { column } = definition
    const place = codePlaces(fact)
    for (let p = 0; p < frame.persons; p++)
      lo[p] =
        column === 'relationship'
          ? place(frame.relationship(p))
          : column === 'isHead'
            ? Number(frame.isHead(p))
            : (frame.isJordanian[p] as number)
  }
}

export function firstHouseholdColumns(
  facts: readonly CatalogueFact[],
  catalogue: Catalogue,
  frame: HouseholdsFrame,
  into: ValueColumns,
): void {
  const { households, firstMember } = frame
  for (const fact of facts) {
    const { definition } = fact
    const column = columnOf(catalogue, fact, into)
    const { lo } = column
    if (definition.kind === 'declared') writeAnswers(fact, households, frame.declared, lo)
    else if (definition.kind === 'household') {
      const place = codePlaces(fact)
      for (let h = 0; h < households; h++)
        lo[h] = definition.column === 'memberCount' ? (firstMember[h + 1] as number) - (firstMember[h] as number) : place(frame.basis(h))
    } else if (definition.kind === 'head') ofHead(fact, catalogue, definition.fact, frame, column)
  }
}

function ofHead(
  fact: CatalogueFact,
  catalogue: Catalogue,
  of: string,
  { households, head, members }: HouseholdsFrame,
  { lo, hi }: ValueColumn,
): void {
  const from = members[catalogue.person.slot(of) ?? -1]
  const codes = catalogue.facts.get(of)?.codes ?? null
  const places = codes?.map((code) => codeOf(fact, code)) ?? null
  if (!from) return
  for (let h = 0; h < households; h++) {
    const p = head[h] as number
    if (p < 0) continue
    const [a, b] = [from.lo[p] as number, from.hi[p] as number]
    if (fact.bounded) {
      lo[h] = a
      hi[h] = b
      // A code outside the list of the head's fact is outside that of the household's.
    } else if (a === b) lo[h] = places === null ? a : (places[a] ?? fact.codes?.length ?? NaN)
  }
}

function columnOf(catalogue: Catalogue, fact: CatalogueFact, into: ValueColumns): ValueColumn {
  const column = into[catalogue[fact.entity].slot(fact.id) ?? -1]
  // INVARIANT: whoever asks for a fact brings its column.
  if (!column) throw new Error(`no column for ${fact.id}`)
  return column
}

function writeAnswers(fact: CatalogueFact, rows: number, declared: ((row: number) => Answers) | null, lo: ValueColumn['lo']): void {
  if (!declared) return
  for (let row = 0; row < rows; row++) {
    const answers = declared(row)
    if (answers) lo[row] = answered(fact, answers[fact.id])
  }
}

/** Places of codes, each looked for once. */
function codePlaces(fact: CatalogueFact): (code: string) => number {
  const places = new Map<string, number>()
  return (code) => {
    const known = places.get(code)
    if (known !== undefined) return known
    const place = codeOf(fact, code)
    places.set(code, place)
    return place
  }
}
