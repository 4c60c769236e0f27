/** A random catalogue from a seed: registries of every population and absence, parameters with epochs, facts that pass the check. */
import type { Catalogue } from '../../src/language/catalogue/catalogue.ts'
import { checkCatalogue, type CatalogueText } from '../../src/language/catalogue/check.ts'
import type { RegistryColumn, RegistryShape } from '../../src/language/catalogue/registry-shape.ts'
import { codeLists, constants, type RandomFact, randomFact } from './random-definitions.ts'
import type { Draw } from './random-draw.ts'
import { tables } from './random-expressions.ts'
import { column as plainColumn, words } from './small-catalogue.ts'

const labels = (codes: readonly string[]) => Object.fromEntries(codes.map((code) => [code, words]))
const column = (name: string, type: RegistryColumn['type'], rest: Partial<RegistryColumn> = {}): RegistryColumn =>
  plainColumn(name, type, { unit: type === 'integer' || type === 'decimal' ? 'ratio' : null, ...rest })
const category = (name: string, codes: readonly string[]): RegistryColumn => column(name, 'category', { codes, codeLabels: labels(codes) })

const columns = [
  column('month', 'date'),
  column('seen', 'date'),
  column('amount', 'decimal', { scale: 3, nonNegative: true }),
  column('balance', 'decimal', { scale: 2 }),
  column('share', 'decimal', { scale: 6 }),
  column('wage', 'decimal', { scale: 3, unit: 'ratio/month', nonNegative: true }),
  column('yield', 'decimal', { scale: 1, unit: 'ratio/year' }),
  column('change', 'integer'),
  column('pieces', 'integer', { nonNegative: true }),
  category('kind', codeLists[0]),
  category('sort', codeLists[1]),
  column('flag', 'boolean'),
  column('mark', 'boolean'),
  column('note', 'text'),
  column('other', 'person'),
]

/** Registries by what they say: `one_jordanians_unknown` has one row for each Jordanian, and no row tells nothing. */
export const registries: readonly RegistryShape[] = [
  ...(['many', 'one', 'dwelling'] as const).flatMap((kind) =>
    (['everyone', 'jordanians', 'nonJordanians'] as const).flatMap((population) =>
      (['none', 'unknown'] as const).map((absence) =>
        registry(`${kind}_${population.toLowerCase()}_${absence}`, columns, {
          rowsPerPerson: kind === 'many' ? 'many' : 'one',
          population,
          absence,
          dwelling: kind === 'dwelling',
        }),
      ),
    ),
  ),
  // Asked person by person: only whoever answered is covered.
  registry('many_asked_none', columns, { population: 'everyone', answeredBy: 'asked' }),
  registry('one_asked_none', columns, { rowsPerPerson: 'one', answeredBy: 'asked' }),
  registry('many_asked_unknown', columns, { absence: 'unknown', answeredBy: 'asked' }),
  registry('asked', columns, { rowsPerPerson: 'one', population: 'everyone', absence: 'unknown' }),
  registry('cspd_lineage', [column('father_ref', 'person'), column('mother_ref', 'person')], { rowsPerPerson: 'one', absence: 'unknown' }),
  registry('cspd_marriage_info', [column('spouse_ref', 'person'), column('end_date', 'date')]),
]

function registry(id: string, own: readonly RegistryColumn[], rest: Partial<RegistryShape> = {}): RegistryShape {
  return {
    id,
    custodian: 'SSC',
    label: words,
    rowsPerPerson: 'many',
    columns: own,
    population: 'jordanians',
    absence: 'none',
    dwelling: false,
    ...rest,
  }
}

/** Days on which other parameter values begin. */
const EPOCHS = ['2010-01-01', '2026-03-15', '2090-01-01'] as const

function randomParameters(draw: Draw): CatalogueText['parameters'] {
  const values = { integer: () => draw.between(-2, 5), decimal: () => draw.between(-50, 900) / 10, boolean: () => draw.happens(0.5) }
  const ofConstants = constants.map(({ id, type, scale, unit }) => ({
    id,
    label: words,
    type,
    ...(type === 'decimal' && { scale }),
    ...(unit !== null && { unit }),
    values: (id.endsWith('Later') ? EPOCHS.slice(2) : EPOCHS).map((from) => ({ from, value: values[type as keyof typeof values]() })),
  }))
  const keys = { integer: [-1, 0, 1, 2, 7], category: ['a', 'b', 'x', 'q'] }
  const ofTables = Object.entries(tables).map(([id, types]) => ({
    id,
    label: words,
    type: 'decimal',
    scale: 3,
    unit: 'ratio',
    keys: types.map((_, place) => ({ fact: `key${place}` })),
    values: EPOCHS.slice(0, 2).map((from) => {
      const addresses = types.reduce<unknown[][]>((rows, type) => rows.flatMap((row) => keys[type].map((key) => [...row, key])), [[]])
      // Not every key has its row, but the first, which says what kind of keys these are.
      const rows = addresses.filter((_, index) => index === 0 || draw.happens(0.7))
      return { from, rows: rows.map((row) => [...row, values.decimal()]) }
    }),
  }))
  return [...ofConstants, ...ofTables].map((json) => ({ name: `${json.id}.json`, json }))
}

export interface RandomCatalogue {
  readonly catalogue: Catalogue
  /** The facts as they are written. */
  readonly facts: readonly RandomFact[]
  /** How many more were refused by the check. */
  readonly refused: number
}

/** About `count` facts; those that the check refuses are left out. */
export function randomCatalogue(draw: Draw, count: number): RandomCatalogue {
  const parameters = randomParameters(draw)
  let facts: readonly RandomFact[] = []
  let refused = 0
  for (let place = 0; place < count; place++) {
    const fact = randomFact(draw, `f${place}`, facts, registries.slice(0, -2))
    if (fact && checked([...facts, fact], parameters)) facts = [...facts, fact]
    else if (fact) refused++
  }
  const catalogue = checked(facts, parameters)
  if (!catalogue) throw new Error('a catalogue of checked facts is refused')
  return { catalogue, facts, refused }
}

function checked(facts: readonly RandomFact[], parameters: CatalogueText['parameters']): Catalogue | undefined {
  const file = (entity: RandomFact['entity']) => ({
    name: `${entity}.json`,
    json: { entity, facts: facts.filter((fact) => fact.entity === entity).map(written) },
  })
  const files = [file('person'), file('household')]
  return checkCatalogue({ files, parameters, definitions: new Map(), codeLists: new Map(), registries }).catalogue
}

/** A fact as a file of the catalogue has it. */
const written = ({ id, type, scale, unit, codes, min, definition }: RandomFact) => ({
  id,
  type,
  label: words,
  custodian: 'SSC',
  definition,
  ...(type === 'decimal' && { scale }),
  ...(unit !== null && { unit }),
  ...(codes !== null && { codes: labels(codes) }),
  ...(min !== undefined && { min }),
})
