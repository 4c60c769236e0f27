/** Fact sets of a request as households: what is left out is unknown, but for parameters, whose value in force is known. */
import { problem } from '../../kernel/problem.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { AssembledHousehold } from '../../households/assembled.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { epochAt } from '../../language/catalogue/parameter.ts'
import { readFactValues } from '../../language/fact-json.ts'
import { unknownValues } from '../../language/fact-space.ts'
import type { FactSpace, FactValues } from '../../language/fact-space.ts'
import type { EvaluateBody } from './schema.ts'

type FactSets = NonNullable<EvaluateBody['facts']>

/** Throws `facts-refused` with every finding. */
export function givenFacts(catalogue: Catalogue, sets: FactSets, asOf: number): AssembledHousehold[] {
  const found: Diagnostic[] = []
  const read = (space: FactSpace, json: Record<string, unknown>, pointer: string): FactValues => {
    const { values, diagnostics } = readFactValues(space, json, pointer, withParameters(catalogue, space, asOf))
    found.push(...diagnostics)
    return values
  }
  const households = sets.map(({ household = {}, members = [] }, index): AssembledHousehold => ({
    householdRef: index,
    asOf,
    household: read(catalogue.household, household, `/facts/${index}/household`),
    members: members.map((facts, place) => ({
      personRef: place,
      isHead: place === 0,
      relationship: place === 0 ? 'head' : 'other',
      facts: read(catalogue.person, facts, `/facts/${index}/members/${place}`),
    })),
    sources: [],
    applicationId: null,
  }))
  if (found.length > 0) throw problem('facts-refused', { errors: found, pointer: found[0]?.pointer ?? '' })
  return households
}

function withParameters(catalogue: Catalogue, space: FactSpace, asOf: number): FactValues {
  const values = unknownValues(space)
  space.types.forEach(({ id }, slot) => {
    const definition = catalogue.facts.get(id)?.definition
    const value = definition?.kind === 'parameter' ? epochAt(definition.parameter, asOf)?.value : null
    if (value !== null && value !== undefined) values.lo[slot] = values.hi[slot] = value
  })
  return values
}
