/** Shapes of the catalogue as it is searched, and of one fact's page. */
import Type from 'typebox'
import { diagnosticSchema } from '../../kernel/diagnostic-schema.ts'
import { FactSchema, nullable, WordsSchema } from '../schema.ts'
import { useStates } from './fact-uses.ts'
import { searchedFields } from './search-facts.ts'

const closed = { additionalProperties: false } as const
const name = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }))
const Day = Type.String({ format: 'date' })

export const SearchQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200, description: 'words in Arabic or English; every one must be found' })),
    entity: Type.Optional(Type.Enum(['household', 'person'])),
    type: Type.Optional(Type.Enum(['integer', 'decimal', 'boolean', 'date', 'category'])),
    custodian: name(64),
    registry: name(64),
    protected: Type.Optional(Type.Boolean()),
    correctable: Type.Optional(Type.Boolean()),
    deprecated: Type.Optional(Type.Boolean()),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  closed,
)

export const SearchAnswer = Type.Object({
  asOf: Day,
  versionSet: Type.String(),
  total: Type.Integer(),
  near: Type.Boolean({ description: 'no fact has the words themselves: these have nearly the same' }),
  facts: Type.Array(Type.Object({ fact: FactSchema, matched: Type.Array(Type.Enum([...searchedFields])) })),
})

export const FactParams = Type.Object({ fact: Type.String({ minLength: 1, maxLength: 64 }) }, closed)

const Column = Type.Object({ id: Type.String({ description: '`registry.column`' }), label: WordsSchema, protected: Type.Boolean() })
const State = Type.Enum(['fresh', 'grace', 'stale', 'missing'])

const Source = Type.Object({
  registry: Type.String(),
  label: WordsSchema,
  custodian: Type.String(),
  population: Type.Enum(['everyone', 'jordanians', 'nonJordanians']),
  absence: Type.Object({ means: Type.Enum(['none', 'unknown']), en: Type.String(), ar: Type.String() }),
  pulled: Type.Boolean({ description: 'asked live, person by person' }),
  state: State,
  asOf: nullable(Day),
  columns: Type.Array(Column),
})

const Use = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  version: nullable(Type.Integer()),
  state: Type.Enum([...useStates], { description: 'proposed: in a change set that is not decided or not yet scheduled; draft: your own' }),
  from: nullable(Day),
  programmes: Type.Array(Type.String()),
  inFact: nullable(Type.String({ description: 'the fact that is computed from it' })),
  pointer: Type.String(),
  changeSet: nullable(Type.String()),
})

const Share = { units: nullable(Type.Integer()), share: nullable(Type.Number()) }
const Cell = Type.Object(Share)
const Value = Type.Union([Type.String(), Type.Number()])

export const distributionStates = ['told', 'withheld', 'not-held', 'no-snapshot', 'counting'] as const

/** Null in a cell: fewer than ten. */
const Distribution = Type.Object({
  state: Type.Enum([...distributionStates], {
    description:
      'withheld: not granted to your entity, and protected or without distributions:read; not-held: no programme in force reads it; counting: ask again',
  }),
  run: nullable(Type.String()),
  asOf: nullable(Day),
  snapshot: nullable(Type.String()),
  sources: Type.Array(Type.Object({ registry: Type.String(), state: State, asOf: nullable(Day) }), {
    description: 'its registries when the snapshot was made; values of a registry in grace are flagged stale',
  }),
  told: nullable(
    Type.Object({
      unit: Type.Enum(['household', 'person']),
      units: nullable(Type.Integer()),
      known: Cell,
      flaggedStale: Cell,
      bounded: Cell,
      unknown: Cell,
      codes: nullable(Type.Array(Type.Object({ code: Type.String(), label: WordsSchema, ...Share }))),
      quantiles: nullable(Type.Array(Type.Object({ percent: Type.Integer(), value: nullable(Value) }))),
      histogram: nullable(Type.Array(Type.Object({ from: nullable(Value), below: nullable(Value), ...Share }))),
    }),
  ),
})

export const FactAnswer = Type.Object({
  asOf: Day,
  versionSet: Type.String(),
  fact: FactSchema,
  definition: Type.Unknown({ description: 'as it is written' }),
  catalogueText: Type.Object({ id: Type.String(), version: Type.Integer(), pointer: Type.String() }),
  sources: Type.Array(Source),
  legalBases: Type.Array(Type.Object({ by: Type.String(), basis: WordsSchema })),
  uses: Type.Array(Use, { description: 'at most 500' }),
  usesFound: Type.Integer(),
  reaches: Type.Object({
    programmes: Type.Array(Type.String()),
    formulas: Type.Array(Type.Object({ id: Type.String(), version: Type.Integer() })),
    facts: Type.Array(Type.String()),
  }),
  savedQueries: nullable(
    Type.Array(Type.Object({ id: Type.String(), name: WordsSchema, shared: Type.Boolean(), columns: Type.Array(Type.String()) }), {
      description: 'that you may see and that read the same columns; null without queries:read',
    }),
  ),
  distribution: Distribution,
  cost: Type.Object({
    assembled: Type.Boolean({ description: 'computed for every household that is determined' }),
    columnsAlone: Type.Array(Type.String(), { description: 'columns that nothing else reads of what rules and formulas come from' }),
    bytesPerHousehold: nullable(Type.Number({ description: 'of the latest snapshot; null where its distribution is not told' })),
  }),
})

export const CostBody = Type.Object(
  {
    source: Type.String({ maxLength: 65_536, description: 'a text of the catalogue: `{"entity", "facts": [...]}`' }),
    replaces: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'id of the text of the catalogue that it takes the place of' }),
    ),
  },
  closed,
)

const Time = Type.Object({
  households: Type.Integer({ description: 'assembled in turn with and without the facts' }),
  microsecondsPerHousehold: Type.Number({ description: 'of CPU in the service; the database’s own is not in it' }),
  microsecondsToday: Type.Number(),
})

export const CostAnswer = Type.Object({
  asOf: Day,
  diagnostics: Type.Array(diagnosticSchema),
  facts: Type.Array(
    Type.Object({
      id: Type.String(),
      change: Type.Enum(['new', 'changed']),
      sources: Type.Array(
        Type.Object({
          registry: Type.String(),
          label: WordsSchema,
          custodian: Type.String(),
          pulled: Type.Boolean(),
          state: State,
          isReadToday: Type.Boolean(),
          columns: Type.Array(
            Type.Object({
              id: Type.String(),
              label: WordsSchema,
              protected: Type.Boolean(),
              isReadToday: Type.Boolean(),
              isGranted: Type.Boolean({ description: 'to your entity' }),
            }),
          ),
        }),
      ),
      facts: Type.Array(Type.String(), { description: 'facts that would be computed for its sake, beside itself' }),
    }),
  ),
  mustGrant: Type.Array(Type.Object({ custodian: Type.String(), columns: Type.Array(Type.String()) }), {
    description: 'what your entity would have to be granted first',
  }),
  bytesPerHousehold: nullable(
    Type.Number({
      description: 'of a snapshot, by the declared types; null without a snapshot, which says how many persons a household has',
    }),
  ),
  measured: nullable(Time),
  notMeasured: nullable(
    Type.Enum(['no-facts', 'no-snapshot', 'not-granted'], {
      description: 'why nothing was timed: households are read only by what your entity is granted',
    }),
  ),
})
