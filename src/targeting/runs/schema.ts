/** What the routes of runs take and answer. */
import Type from 'typebox'
import { CycleWord } from '../run/cycle-word.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const RunParams = Type.Object({ run: Type.String({ format: 'uuid' }) }, closed)

export const NewRunBody = Type.Object(
  {
    asOf: Type.Optional(Type.String({ format: 'date', description: 'the current day unless named' })),
    cycle: Type.Optional(CycleWord),
    population: Type.Optional(
      Type.Enum(['registrants', 'residents'], {
        description:
          'registrants: those who applied or whom a programme reported about; or all residents, which needs `runs:write-residents`. Registrants unless named',
      }),
    ),
    registeredBy: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 40,
        description:
          'entity: of registrants, those who applied through it or whom it reported about. Their lists are published beside those in force',
      }),
    ),
    governorates: Type.Optional(
      Type.Array(Type.String({ maxLength: 10 }), {
        maxItems: 100,
        uniqueItems: true,
        description: 'codes; all unless named. Lists of some only are published beside those in force',
      }),
    ),
    despiteRegistries: Type.Optional(
      Type.Boolean({
        description: 'go on although a registry that the run needs is missing or past its grace: what comes from it is unknown',
      }),
    ),
    undeterminedPercentMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'greatest share of undetermined units of any programme; 100 unless named' }),
    ),
  },
  closed,
)

export const RunAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  status: Type.Enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  stage: Nullable(Type.String({ description: 'waiting, replica, relatives, facts, open, score, judge, select, publish' })),
  done: Type.Integer(),
  total: Type.Integer(),
  attempt: Type.Integer({ description: 'how often it was begun' }),
  asOf: Type.String({ format: 'date' }),
  cycle: Type.String(),
  request: Type.Unknown({ description: 'what was asked for' }),
  createdAt: Type.String({ format: 'date-time' }),
  finishedAt: Nullable(Type.String({ format: 'date-time' })),
  versionSet: Nullable(Type.String()),
  snapshot: Nullable(Type.String()),
  inputs: Nullable(Type.String({ description: 'hash of what it computes from besides snapshot and versions; kept when it is resumed' })),
  putInForce: Type.Boolean({
    description:
      'whether its lists take the place of those in force; false for a run over some governorates or one entity’s registrants only',
  }),
  manifest: Nullable(Type.Unknown({ description: 'hashes and counts of a completed run; without what `withheld` names' })),
  manifestHash: Nullable(Type.String({ description: "SHA-256 of the whole manifest's canonical JSON" })),
  problem: Nullable(Type.String({ description: 'the code of what stopped it: /errors' })),
  detail: Nullable(Type.String()),
  withheld: Type.Array(Type.String(), {
    description:
      'JSON Pointers into this answer: where counts, money and the hash of a programme are left out, because its list is not open to the asking organisation',
  }),
})

export type RunAnswer = Type.Static<typeof RunAnswer>

export const RunHeader = Type.Omit(RunAnswer, ['manifest', 'manifestHash', 'withheld'], {
  description: 'without the manifest, which is asked of one run; `detail` of problems that count no units',
})
export type RunHeader = Type.Static<typeof RunHeader>
