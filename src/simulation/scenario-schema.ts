/** What a simulation is asked: a baseline, and scenarios that each change some texts of it. */
import Type, { type Static } from 'typebox'

import { WelfareAskedSchema } from './equivalence-scale.ts'
import { SampleAskedSchema } from './on-sample/sample-asked.ts'

const closed = { additionalProperties: false } as const

export const CHANGED_KINDS = ['formula', 'rule', 'programme', 'parameter', 'definition'] as const

/** JOD a month: lines are whole thousandths, and one of less is nought, below which nobody is. */
const LINE_MIN = 0.001
const LINE_MAX = 1_000_000

/** One text changed: written anew, at some places, or the value of a parameter on the baseline's day. */
export const ChangeSchema = Type.Object(
  {
    object: Type.Enum([...CHANGED_KINDS]),
    id: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9-]+$' }),
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'of a formula or rule; the newest of the baseline unless named' })),
    source: Type.Optional(Type.Unknown({ description: 'the whole text, as its file would be' })),
    set: Type.Optional(
      Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), {
        maxProperties: 200,
        description: 'values by JSON Pointer into the text; null removes an optional part',
      }),
    ),
    value: Type.Optional(Type.Number({ description: 'of a parameter without keys' })),
  },
  closed,
)

export const ScenarioSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    changes: Type.Array(ChangeSchema, {
      maxItems: 50,
      description: 'an empty list is the baseline again, in which nothing may differ; a change has to change something',
    }),
  },
  closed,
)

export const SimulationSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    baseline: Type.Object(
      {
        run: Type.Optional(
          Type.String({
            maxLength: 36,
            description: 'id of a completed run whose snapshot is kept, or `latest`: the latest of the whole country',
          }),
        ),
        snapshot: Type.Optional(
          Type.String({
            pattern: '^[0-9a-f]{64}$',
            description:
              'hash of a kept snapshot: the newest completed run that read it, with its inputs; beside `run`, the one that the run has to have read',
          }),
        ),
        versions: Type.Optional(
          Type.Enum(['ofRun', 'inForce'], {
            description:
              'those that the run pinned (unless named), or those in force on its day; `inForce` alone is the latest run with the versions in force',
          }),
        ),
      },
      { ...closed, description: 'at least one of them, `ofRun` only beside a run or a snapshot' },
    ),
    scenarios: Type.Array(ScenarioSchema, { minItems: 1, maxItems: 10 }),
    governorates: Type.Optional(
      Type.Array(Type.String({ maxLength: 10 }), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'codes, of those of the run; all of them unless named',
      }),
    ),
    population: Type.Optional(
      Type.Enum(['applicants', 'registrants', 'residents'], {
        description:
          'of the run that it starts from: all of its population unless named, or those of them who had applied when it was run; registrants or residents only where the run was about these',
      }),
    ),
    registeredBy: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'id of the entity whose registrants the run was about; of another there is nothing to start from',
      }),
    ),
    line: Type.Optional(
      Type.Number({
        minimum: LINE_MIN,
        maximum: LINE_MAX,
        description:
          'poverty line, JOD per person (or, with `welfare`, per adult equivalent) and month, of at most three decimal places, for measures of reference welfare; the parameter povertyLine unless named',
      }),
    ),
    lines: Type.Optional(
      Type.Array(Type.Number({ minimum: LINE_MIN, maximum: LINE_MAX }), {
        minItems: 1,
        maxItems: 5,
        uniqueItems: true,
        description: 'lines at which poverty before and after transfers is told, in the unit and places of `line`; that one unless named',
      }),
    ),
    welfare: Type.Optional(WelfareAskedSchema),
    withinPoints: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1_000_000,
        description:
          'how near a cut-off units are counted, in points of the score to at most six decimal places; 0.05 unless named, and 0 for those on it alone',
      }),
    ),
    reference: Type.Optional(SampleAskedSchema),
    sensitivity: Type.Optional(
      Type.Boolean({
        description:
          'also how far the baseline orders otherwise with each term a tenth lighter or heavier, and which facts nothing reads; takes a while',
      }),
    ),
    witnesses: Type.Optional(
      Type.Boolean({
        description:
          'where a rule decides otherwise, or a changed formula moves scores over a cut-off, also made households for each kind of change, with both explanations; never a real family',
      }),
    ),
  },
  closed,
)

export type Change = Static<typeof ChangeSchema>
export type Scenario = Static<typeof ScenarioSchema>
export type SimulationRequest = Static<typeof SimulationSchema>
