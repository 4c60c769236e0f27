import { dayNumber } from '../kernel/date.ts'
import { parseDecimal, scaledOfNumber } from '../kernel/decimal.ts'
import type { Catalogue, CatalogueFact, Entity } from '../language/catalogue/catalogue.ts'

/** Answers of one application form, and to which persons its members' answers belong. */
export interface DeclaredAnswers {
  readonly applicationId: string | null
  readonly answers: unknown
  /** Position in the form's `/members` list → person; members that were not found are left out. */
  readonly members: readonly (number | null)[]
}

type Row = Record<string, string | number | boolean>

/** Facts of an entity that the citizen declares. */
export const declaredFacts = (catalogue: Catalogue, entity: Entity): CatalogueFact[] =>
  catalogue.order[entity].filter((fact) => fact.definition.kind === 'declared')

/** The answers as typed rows, numbers scaled; what was not answered, or does not fit its fact, is simply not there. */
export function declaredRows(
  catalogue: Catalogue,
  householdRef: number,
  declared: DeclaredAnswers | null,
): { readonly household: Row[]; readonly person: Row[] } {
  if (!declared) return { household: [], person: [] }
  const members = pointed(declared.answers, '/members')
  const persons = new Map<number, Row>()
  for (const [index, answers] of (Array.isArray(members) ? members : []).entries()) {
    const personRef = declared.members[index]
    if (typeof personRef !== 'number') continue
    const row = answered(declaredFacts(catalogue, 'person'), answers)
    const before = persons.get(personRef)
    persons.set(personRef, before ? agreed(before, row) : row)
  }
  // INVARIANT: one row a person: a second one would count the person twice in every fact of the household.
  const person = [...persons].map(([personRef, row]) => ({ household_ref: householdRef, person_ref: personRef, ...row }))
  return { household: [{ household_ref: householdRef, ...answered(declaredFacts(catalogue, 'household'), declared.answers) }], person }
}

/** Somebody named twice, perhaps by an old and a new number: what both say, or one alone; what they contradict is not known. */
function agreed(a: Row, b: Row): Row {
  const contradicted = new Set(Object.keys(a).filter((id) => Object.hasOwn(b, id) && a[id] !== b[id]))
  return Object.fromEntries(Object.entries({ ...a, ...b }).filter(([id]) => !contradicted.has(id)))
}

function answered(facts: readonly CatalogueFact[], answers: unknown): Row {
  const row: Row = {}
  for (const fact of facts) {
    if (fact.definition.kind !== 'declared') continue
    const value = exactAnswer(fact, pointed(answers, fact.definition.path))
    if (value !== undefined) row[fact.id] = value
  }
  return row
}

function exactAnswer(fact: CatalogueFact, answer: unknown): string | number | boolean | undefined {
  switch (fact.type) {
    case 'boolean':
      return typeof answer === 'boolean' ? answer : undefined
    case 'category':
      return typeof answer === 'string' && fact.codes?.includes(answer) ? answer : undefined
    case 'date':
      // Never a word that a database reads as a date, such as "today".
      return typeof answer === 'string' && dayNumber(answer) !== null ? answer : undefined
    default: {
      // Forms write amounts as text, so that no digit is lost on the way.
      const scaled =
        typeof answer === 'number'
          ? scaledOfNumber(answer, fact.scale)
          : typeof answer === 'string'
            ? parseDecimal(answer, fact.scale)
            : null
      return scaled?.ok ? scaled.value : undefined
    }
  }
}

/** Value at a JSON Pointer; own properties only. */
export function pointed(value: unknown, pointer: string): unknown {
  let at = value
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}
